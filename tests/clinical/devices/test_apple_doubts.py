"""What an Apple Health export holds and nobody can have measured: said, and left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.clinical import devices
from app.clinical.devices import apple_pressures
from tests.clinical.devices.files import health, opened, record

HEART = "HKQuantityTypeIdentifierHeartRate"
SYSTOLIC = "HKQuantityTypeIdentifierBloodPressureSystolic"
DIASTOLIC = "HKQuantityTypeIdentifierBloodPressureDiastolic"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
OTHER = record(HEART, "56", "count/min")
NOON = {"startDate": "2025-01-11 12:00:00 +0100", "endDate": "2025-01-11 12:00:00 +0100"}


def pressure(upper: str, lower: str, unit: str = "mmHg", **attributes: str) -> list[str]:
    return [
        record(SYSTOLIC, upper, unit, **attributes),
        record(DIASTOLIC, lower, unit, **attributes),
    ]


def correlation(records: Sequence[str]) -> str:
    kind = "HKCorrelationTypeIdentifierBloodPressure"
    return "\n".join((f'<Correlation type="{kind}">', *records, "</Correlation>"))


WRONG, RIGHT = pressure("76", "117"), pressure("117", "76", **NOON)
PLACED = {
    "side by side": (*WRONG, *RIGHT),
    "lower number first": (*reversed(WRONG), *reversed(RIGHT)),
    "in a correlation alone": (correlation(WRONG), correlation(RIGHT)),
    "in a correlation as well": (*WRONG, *RIGHT, correlation(WRONG), correlation(RIGHT)),
    "in a correlation before": (correlation(WRONG), correlation(RIGHT), *WRONG, *RIGHT),
    "each sort for itself": (WRONG[0], RIGHT[0], *[OTHER] * 2_000, WRONG[1], RIGHT[1]),
}


@pytest.mark.parametrize("placed", PLACED)
def test_swapped_pressure_is_one_problem_and_no_reading(placed: str) -> None:
    found = opened(health(*PLACED[placed]))
    pressures = [one for one in found.readings if one.measure == "blood-pressure"]
    assert sorted(one.value for one in pressures) == [76, 117]
    assert {one.taken_at.day for one in pressures} == {11}
    (problem,) = found.problems
    assert "upper number, 76, is not above the lower one, 117" in str(problem.sentence)
    assert found.summary.kinds["BloodPressureSystolic"].lowest == 117
    assert found.summary.kinds["BloodPressureDiastolic"].highest == 76
    assert found.summary.readings == len(found.collect())


def test_problem_names_the_line_of_the_first_of_both_numbers() -> None:
    apart = opened(health(OTHER, WRONG[0], OTHER, WRONG[1]))
    held = opened(health(OTHER, correlation(WRONG), OTHER))
    assert [problem.row for problem in apart.problems] == [5]
    assert [problem.row for problem in held.problems] == [6]


def test_equal_numbers_are_no_pressure() -> None:
    assert len(opened(health(*pressure("90", "90"))).problems) == 1


def test_two_pressures_of_one_minute_are_matched_in_their_order() -> None:
    first, second = pressure("120", "80"), pressure("85", "60")
    found = opened(health(first[0], second[0], first[1], second[1]))
    assert found.problems == ()
    pairs = devices.blood_pressures(found.readings)
    assert [(up.value, low.value) for up, low in pairs] == [(120, 80), (85, 60)]


@pytest.mark.parametrize("apart", [{"sourceName": "Cuff"}, NOON, {"unit": "kPa", "value": "15"}])
def test_numbers_of_another_device_moment_or_unit_are_no_pair(apart: dict[str, str]) -> None:
    lower = {"value": "117", "unit": "mmHg", **apart}
    found = opened(health(WRONG[0], record(DIASTOLIC, **{"value": "", **lower})))
    assert found.summary.readings == 2
    assert found.problems == ()


def test_a_number_without_its_partner_is_read() -> None:
    found = opened(health(WRONG[0], *[OTHER] * 2_000))
    assert found.summary.kinds["BloodPressureSystolic"].count == 1
    assert found.problems == ()


def test_pressures_without_end_wait_within_bounds() -> None:
    count = apple_pressures.MOST_HELD + 500
    minutes = [f"{2000 + n // 40_000}-{n // 3_600 % 12 + 1:02}-10 {n // 150 % 24:02}:{n % 60:02}:"
               f"{n // 60 % 60:02} +0100" for n in range(count)]  # fmt: skip
    rows = [record(SYSTOLIC, "120", "mmHg", startDate=at, endDate=at) for at in minutes]
    found = opened(health(*rows, *pressure("120", "80") * 2))
    assert found.summary.kinds["BloodPressureSystolic"].count == len(set(minutes)) + 1
    at_once = [record(SYSTOLIC, str(60 + n), "mmHg") for n in range(200)]
    assert opened(health(*at_once)).summary.readings == 200


MADE = '<ExportDate value="2025-01-11 12:00:00 +0100"/>'


def at(text: str) -> dict[str, str]:
    return {"startDate": text, "endDate": text}


@pytest.mark.parametrize(
    "element",
    [
        record(HEART, "56", "count/min", **at("2025-01-12 12:00:01 +0100")),
        record(HEART, "56", "count/min", **at("2025-01-12 23:00:00 +0100")),
        record(HEART, "56", "count/min", **at("2025-01-12 13:00:00")),
        record(HEART, "56", "count/min", **at("2067-01-12 12:00:00 +0100")),
        record(SLEEP, "HKCategoryValueSleepAnalysisAsleep", **at("2025-01-13 12:00:00 +0100")),
        record(HEART, "5", **at("2025-01-13 12:00:00 +0100"))
        .replace("Record", "Workout")
        .replace("value", "duration"),
    ],
)
def test_what_was_measured_after_the_export_is_left_out(element: str) -> None:
    found = opened(health(MADE, OTHER, element))
    assert [one.value for one in found.readings] == [56]
    (problem,) = found.problems
    assert problem.row == 6
    assert "after the file was made on 2025-01-11" in str(problem.sentence)
    assert opened(health(OTHER, element)).problems == ()


@pytest.mark.parametrize(
    "moment",
    ["2025-01-12 12:00:00 +0100", "2025-01-12 20:00:00 +1000", "2025-01-11 23:00:00 -1100",
     "2025-01-12 11:00:00"],
)  # fmt: skip
def test_a_day_is_allowed_for_the_zones(moment: str) -> None:
    found = opened(health(MADE, record(HEART, "56", "count/min", **at(moment))))
    assert found.problems == ()
    assert found.summary.readings == 1


@pytest.mark.parametrize("made", ["", "soon", "2025-01-11 12:00:00"])
def test_an_export_date_that_is_none_refuses_nothing_early(made: str) -> None:
    late = record(HEART, "57", "count/min", **at("2025-01-20 12:00:00 +0100"))
    found = opened(health(f'<ExportDate value="{made}"/>', OTHER, late))
    assert [one.value for one in found.readings] == ([56, 57] if len(made) < 10 else [56])


def test_the_moment_the_file_came_is_a_limit_as_well() -> None:
    late = record(HEART, "57", "count/min", **at("2025-01-20 12:00:00 +0100"))
    text = health(OTHER, late)
    received = datetime(2025, 1, 15, tzinfo=UTC)
    assert [one.value for one in opened(text, received=received).readings] == [56]
    assert opened(text, received=received.replace(day=20)).problems == ()
    assert opened(health(MADE, late), received=received.replace(day=30)).collect() == []


@pytest.mark.parametrize("stage", ["Asleep", "InBed", "Awake", "AsleepREM"])
def test_a_night_longer_than_a_day_is_left_out(stage: str) -> None:
    night = {"startDate": "2025-01-09 22:00:00 +0100", "endDate": "2025-01-10 22:00:00 +0100"}
    longer = {**night, "endDate": "2025-01-10 22:01:00 +0100"}
    value = f"HKCategoryValueSleepAnalysis{stage}"
    found = opened(health(record(SLEEP, value, **night), record(SLEEP, value, **longer)))
    assert [one.value for one in found.readings] == [1440]
    (problem,) = found.problems
    assert "1441" in str(problem.sentence)


@pytest.mark.parametrize(
    ("duration", "unit", "kept"),
    [("-5", "min", False), ("1441", "min", False), ("25", "hr", False), ("86401", "s", False),
     ("0", "min", True), ("45.5", "min", True), ("24", "hr", True), ("5400", "s", True)],
)  # fmt: skip
def test_a_workout_lasts_a_day_at_most(duration: str, unit: str, kept: bool) -> None:
    span = 'startDate="2025-01-10 10:00:00 +0100" endDate="2025-01-10 11:00:00 +0100"'
    workout = f'<Workout duration="{duration}" durationUnit="{unit}" {span}></Workout>'
    found = opened(health(workout))
    assert [one.value for one in found.readings] == ([Decimal(duration)] if kept else [])
    assert len(found.problems) == (not kept)
