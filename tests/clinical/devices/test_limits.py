"""Numbers and moments that no device can have measured, in every format."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from app.clinical import devices
from app.clinical.devices import limits
from tests.clinical.devices.files import (
    CLARITY_HEADING,
    LIBRE_HEADING,
    OMRON_HEADING,
    clarity,
    health,
    historic,
    libre,
    opened,
    record,
)


def left_out(found: devices.Import) -> str:
    """The one sentence about the one row that was left out."""
    assert found.collect() == []
    (problem,) = found.problems
    return str(problem.sentence)


@pytest.mark.parametrize("pressure", ["1200,76", "117,5", "117,760"])
def test_impossible_omron_pressure_is_left_out_and_said(pressure: str) -> None:
    said = left_out(opened(f"{OMRON_HEADING}\nJan 6 2025,08:46,{pressure},50,-,-,-,-\n"))
    assert "mmHg cannot be right: it must be between" in said


def test_clarity_number_of_another_unit_is_left_out_and_said() -> None:
    heading = CLARITY_HEADING.replace("Value (mg/dL)", "Value (mmol/L)")
    row = "3,2025-01-06T08:46:00,EGV,,,,iPhone,550,,,,,1,X"
    found = opened(clarity(row, heading=heading))
    assert "550 mmol/L cannot be right" in left_out(found)


@pytest.mark.parametrize("word", ["Low", "High"])
def test_word_beyond_the_sensor_stays_a_reading(word: str) -> None:
    found = opened(clarity(f"3,2025-01-06T08:46:00,EGV,,,,iPhone,{word},,,,,1,X"))
    assert [one.censored for one in found.readings] == [word.lower()]


def test_libre_number_of_another_unit_is_left_out_and_said() -> None:
    heading = LIBRE_HEADING.replace("mg/dL", "mmol/L")
    found = opened(libre(historic("30-11-2025 10:00", "55"), heading=heading))
    assert "55 mmol/L cannot be right" in left_out(found)


def test_reading_long_after_the_file_was_made_is_left_out() -> None:
    rows = (historic("30-11-2025 10:00", "100"), historic("03-12-2025 10:00", "101"))
    found = opened(libre(*rows, made="01-12-2025 10:00 UTC"), dates=devices.DAY_FIRST)
    assert [one.text for one in found.readings] == ["100"]
    (problem,) = found.problems
    assert "on 2025-12-03, after the file was made on 2025-12-01" in str(problem.sentence)


@pytest.mark.parametrize("day", ["Jan 6 2099", "2099-01-06", "06.01.99"])
def test_clock_at_the_end_of_its_calendar_is_left_out_and_said(day: str) -> None:
    said = left_out(opened(f"{OMRON_HEADING}\n{day},08:46,117,76,50,-,-,-,-\n"))
    assert "is not a date and time we can read" in said


@pytest.mark.parametrize("zone", [None, UTC])
def test_table_without_a_date_of_its_own_is_held_to_when_it_came(zone: tzinfo | None) -> None:
    rows = "Jan 6 2025,08:46,117,76,50,-,-,-,-\nJan 6 2030,08:46,118,76,50,-,-,-,-\n"
    text = f"{OMRON_HEADING}\n{rows}"
    found = opened(text, received=datetime(2025, 1, 6, 9, tzinfo=zone))
    assert [one.value for one in found.readings] == [117, 76, 50]
    (problem,) = found.problems
    assert problem.row == 3
    assert "on 2030-01-06, after the file was made on 2025-01-06" in str(problem.sentence)
    assert opened(text).problems == ()


@pytest.mark.parametrize(
    ("measure", "unit"), [("no-such-measure", "kg"), ("weight", "no-such-unit")]
)
def test_what_the_table_does_not_know_is_passed_as_it_is(measure: str, unit: str) -> None:
    assert limits.span(measure, "value", unit) == limits.NO_LIMITS


@pytest.mark.parametrize(
    ("kind", "value", "unit"),
    [
        ("BodyMass", "-5", "kg"),
        ("BodyMass", "7000", "kg"),
        ("BloodGlucose", "9999", "mg/dL"),
        ("HeartRate", "0", "count/min"),
        ("BodyTemperature", "98.6", "degC"),
    ],
)
def test_impossible_apple_number_is_left_out_and_said(kind: str, value: str, unit: str) -> None:
    found = opened(health(record(f"HKQuantityTypeIdentifier{kind}", value, unit)))
    assert f"{value} " in left_out(found)
