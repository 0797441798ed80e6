"""Omron, Withings, and tables whose columns somebody names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.clinical import devices
from app.clinical.devices import Column, Columns
from app.clinical.errors import ClinicalInputError
from tests.clinical.devices.files import OMRON_HEADING, opened


def omron(*rows: str) -> str:
    return "\n".join((OMRON_HEADING, *rows, ""))


@pytest.mark.parametrize(
    "day",
    ['"Jan 6 2025"', "Jan 6 2025", "2025/01/06", "2025-01-06", "6 Jan 2025", '"6. Januar 2025"',
     "06.01.2025", '"Jan 6, 2025"'],
)  # fmt: skip
@pytest.mark.parametrize("time", ["08:46", "8:46 AM", "08:46:00", "8:46 a.m."])
def test_omron_days_and_times_are_read(day: str, time: str) -> None:
    found = opened(omron(f"{day},{time},117,76,50,-,-,-,-"))
    assert {reading.taken_at for reading in found.readings} == {
        datetime.fromisoformat("2025-01-06T08:46")
    }
    ((upper, lower),) = devices.blood_pressures(found.readings)
    assert (upper.value, lower.value) == (117, 76)


def test_a_german_omron_report_is_read() -> None:
    heading = "Datum,Zeit,Systolisch (mmHg),Diastolisch (mmHg),Puls (bpm)"
    found = opened(f"{heading}\n13 Juli 2026,07:50,128,82,61\n2 März 2026,21:10,131,84,60\n")
    assert found.summary.imported == 2
    assert [reading.taken_at.month for reading in found.readings] == [7, 7, 7, 3, 3, 3]


def test_a_pulse_without_a_pressure_is_read_alone() -> None:
    found = opened('Date,"Heart rate",Systolic,Diastolic,Comments\n"2026-06-20 08:15:00",58,,,\n')
    assert [(one.measure, one.value) for one in found.readings] == [("heart-rate", 58)]


def test_an_omron_report_without_pulse_still_has_its_pressures() -> None:
    found = opened(omron("Jan 6 2025,08:46,117,76,-,-,-,-,felt well"))
    assert [reading.component for reading in found.readings] == ["systolic", "diastolic"]
    assert {reading.details["notes"] for reading in found.readings} == {"felt well"}


def test_swapped_pressures_are_left_out_and_said() -> None:
    found = opened(
        omron("Jan 6 2025,08:46,76,117,50,-,-,-,-", "Jan 7 2025,08:46,117,76,50,-,-,-,-")
    )
    assert found.summary.imported == 1
    (problem,) = found.problems
    assert problem.row == 2
    assert "76" in str(problem.sentence)


@pytest.mark.parametrize(
    ("text", "measure", "value", "unit"),
    [
        ('Date,"Weight (kg)","Fat mass (kg)",Comments\n"2025-01-12 07:30:00",82.35,18.2,', "weight",
         "82.35", "kg"),
        ('Date,"Weight (lb)","Fat mass (lb)",Comments\n"2025-01-12 07:30:00",181.5,,', "weight",
         "181.5", "[lb_av]"),
        # Heading and rows as public importers of these exports expect them.
        ('Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)"\n2026-07-01 08:12:00,78.4,15.2,3.1',
         "weight", "78.4", "kg"),
        ('Date,"Height (in)",Comments\n"2026-06-01 08:00:00","5\' 10.0\'\'",', "height", "70",
         "[in_i]"),
        ('Date,"Height (m)",Comments\n"2025-01-12 07:30:00",1.78,', "height", "1.78", "m"),
        ('Date,Height,Comments\n"2025-01-12 07:30:00",1.78,', "height", "1.78", "m"),
    ],
)  # fmt: skip
def test_withings_scales_and_heights(text: str, measure: str, value: str, unit: str) -> None:
    found = opened(text)
    (reading,) = found.readings
    assert found.format == "withings"
    assert (reading.measure, reading.value, reading.unit) == (measure, Decimal(value), unit)


PRESSURES = Columns(
    "When",
    (
        Column("SYS", "blood-pressure", "mm[Hg]", "systolic"),
        Column("DIA", "blood-pressure", "mm[Hg]", "diastolic"),
        Column("Sugar", "glucose", "mmol/L"),
    ),
    device="Meter",
    context="Meal",
)


def test_a_table_with_named_columns_is_read() -> None:
    text = (
        "my diary\n\nWhen;Meter;SYS;DIA;Sugar;Meal\n"
        "2025-03-01T08:00:00+01:00;cuff;128;82;;\n2025-03-01 09:00;meter;;;5,6;fasting\n"
    )
    found = opened(text, columns=PRESSURES)
    upper, _, sugar = found.readings
    assert upper.taken_at == datetime(2025, 3, 1, 7, tzinfo=UTC)
    assert not upper.local
    assert sugar.local
    assert (sugar.value, sugar.unit, sugar.context) == (Decimal("5.6"), "mmol/L", "fasting")
    assert sugar.device == "meter"


def test_columns_that_are_not_there_are_said() -> None:
    with pytest.raises(devices.DeviceFileError, match="columns you named"):
        opened("When,SYS\n2025-03-01 08:00,128\n", columns=PRESSURES)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5,6", "5.6"), ("5.6", "5.6"), ("0,123", "0.123"), ("1,234", None), ("1.234,5", None),
     ("12e3", None), ("NaN", None), ("Infinity", None), ("5 6", None),
     ("--", None), ("\N{ARABIC-INDIC DIGIT FIVE}", None)],
)  # fmt: skip
def test_a_number_is_read_or_refused_never_guessed(text: str, value: str | None) -> None:
    columns = Columns("When", (Column("Steps", "steps", "{steps}"),))
    found = opened(f"When;Steps\n2025-03-01 08:00;{text}\n", columns=columns)
    assert [reading.value for reading in found.readings] == ([Decimal(value)] if value else [])
    assert len(found.problems) == (not value)


@pytest.mark.parametrize(
    ("text", "measure", "unit", "value"),
    [
        ("82,350", "weight", "kg", "82.35"),
        ("1,234", "glucose", "mmol/L", "1.234"),
        ("5,123", "steps", "{steps}", None),  # five steps, or five thousand
        ("999,999", "weight", "kg", None),
    ],
)
def test_of_two_meanings_only_a_possible_one_is_taken(
    text: str, measure: str, unit: str, value: str | None
) -> None:
    columns = Columns("When", (Column("Number", measure, unit),))
    found = opened(f"When;Number\n2025-03-01 08:00;{text}\n", columns=columns)
    assert [reading.value for reading in found.readings] == ([Decimal(value)] if value else [])
    assert len(found.problems) == (not value)


@pytest.mark.parametrize(
    "when",
    ["", "yesterday", "2025-02-30 08:00", "2025-01-01 25:00", "13:00 PM", "31/31/2025 08:00",
     "1969-01-01 08:00", "2101-01-01 08:00", "2025-01-01 13:00 PM", "2025-01-01 08:00 +99:00"],
)  # fmt: skip
def test_a_date_that_is_none_costs_its_row(when: str) -> None:
    columns = Columns("When", (Column("Sugar", "glucose", "mmol/L"),))
    found = opened(f"When;Sugar\n{when};5.6\n2025-03-01 08:00;5.7\n", columns=columns)
    assert [reading.value for reading in found.readings] == [Decimal("5.7")]
    assert [problem.row for problem in found.problems] == [2]


@pytest.mark.parametrize(
    ("measure", "unit", "component"),
    [
        ("some-number", "mmol/L", "value"),
        ("glucose", "kg", "value"),
        ("glucose", "sugars", "value"),
        ("blood-pressure", "mm[Hg]", "value"),
        ("weight", "", "value"),
    ],
)
def test_a_column_of_an_unknown_measure_or_unit_is_refused(
    measure: str, unit: str, component: str
) -> None:
    columns = Columns("When", (Column("Number", measure, unit, component),))
    with pytest.raises(ClinicalInputError) as refused:
        opened("When;Number\n2025-03-01 08:00;5.6\n", columns=columns)
    assert refused.value.field == "columns"


@pytest.mark.parametrize(
    ("text", "end"), [(">600", "high"), ("> 33,3", "high"), ("<2", "low"), ("<2.2", "low")]
)
def test_a_bound_is_read_as_beyond_what_the_meter_measures(text: str, end: str) -> None:
    columns = Columns("When", (Column("Sugar", "glucose", "mg/dL"),))
    (reading,) = opened(f"When;Sugar\n2025-03-01 08:00;{text}\n", columns=columns).readings
    assert (reading.censored, reading.value, reading.text) == (end, None, text)


@pytest.mark.parametrize("text", [">", "<>2", ">six", "2<", ">-2"])
def test_what_only_looks_like_a_bound_costs_its_row(text: str) -> None:
    columns = Columns("When", (Column("Sugar", "glucose", "mg/dL"),))
    found = opened(f"When;Sugar\n2025-03-01 08:00;{text}\n", columns=columns)
    assert not list(found.readings)
    assert len(found.problems) == 1
