"""A week of home blood pressure, read as the guidelines teach."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import home_pressure, measures
from app.clinical.blood_pressure import AHA, ESC, Pressure, Reading
from app.clinical.errors import ClinicalInputError
from app.clinical.home_pressure import Assessment, assess, equivalents
from tests.clinical.shared import read

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def pair(systolic: int, diastolic: int) -> Pressure:
    return Pressure(Decimal(systolic), Decimal(diastolic))


def at(day: int, hour: int, minute: int, systolic: int, diastolic: int = 80) -> Reading:
    when = MONDAY + timedelta(days=day, hours=hour, minutes=minute)
    return Reading(pair(systolic, diastolic), when)


def week(days: int = 7, morning: int = 136, evening: int = 128) -> list[Reading]:
    return [
        at(day, hour, minute, value)
        for day in range(days)
        for hour, value in ((7, morning), (20, evening))
        for minute in (0, 1)
    ]


def assessed(readings: list[Reading]) -> Assessment:
    found = assess(readings)
    assert found is not None
    return found


def test_without_readings_there_is_nothing_to_assess() -> None:
    assert assess([]) is None


def test_a_full_week_is_sufficient_and_its_first_day_is_dropped() -> None:
    found = assessed([*week(1, morning=180), *week()[4:]])
    assert found.sufficient
    assert found.notes == ()
    assert found.days == 7
    assert len(found.series.used) == 24
    assert found.series.mean == pair(132, 80)
    assert found.series.exact.systolic == 132


def test_mornings_and_evenings_have_their_own_means() -> None:
    found = assessed(week())
    assert found.morning == Pressure(Decimal("136.0"), Decimal("80.0"))
    assert found.evening == Pressure(Decimal("128.0"), Decimal("80.0"))
    assert found.morning_rise == 8
    assert found.arterial_mean == Decimal("97.3")


def test_one_half_of_the_day_alone_has_no_rise_and_is_not_sufficient() -> None:
    found = assessed([reading for reading in week() if reading.taken_at.hour < 12])
    assert found.evening is None
    assert found.morning_rise is None
    assert not found.sufficient


def test_each_category_comes_with_its_guideline() -> None:
    american, european = assessed(week(morning=132, evening=132)).categories
    assert (american.guideline, american.key) == (AHA, "stage-1")
    assert (european.guideline, european.key) == (ESC, "elevated")


def test_variability_is_worked_out_by_hand() -> None:
    """130, 134, 128 and 132: mean 131, SD 2.58, CV 1.97 %, steps 4, 6 and 4."""
    values = (130, 134, 128, 132)
    first = [at(0, 7, 0, 150)]
    found = assessed(first + [at(day, 7, 0, value) for day, value in enumerate(values, start=1)])
    assert found.systolic is not None
    assert found.systolic.sd == Decimal("2.6")
    assert found.systolic.cv == Decimal("2.0")
    assert found.systolic.arv == Decimal("4.7")
    assert (found.systolic.highest, found.systolic.lowest) == (134, 128)
    assert found.diastolic is not None
    assert found.diastolic.sd == 0


def test_one_reading_has_no_variability() -> None:
    found = assessed([at(0, 7, 0, 130)])
    assert found.systolic is None
    assert not found.sufficient


def test_a_reading_within_a_minute_of_another_is_left_out_and_said() -> None:
    readings = week()
    quick = Reading(pair(200, 100), readings[-1].taken_at + timedelta(seconds=59))
    found = assessed([*readings, quick])
    assert found.too_close == (quick,)
    assert found.series.mean == assessed(readings).series.mean
    assert "left out: 1" in str(found.notes[-1])
    exact = Reading(pair(200, 100), readings[-1].taken_at + timedelta(seconds=60))
    assert assessed([*readings, exact]).too_close == ()


def test_a_severe_reading_is_named_wherever_it_stands() -> None:
    for day in (0, 3):
        readings = [*week(), at(day, 12, 0, 181)]
        assert [r.pressure for r in assessed(readings).severe] == [pair(181, 80)]
    assert assessed([*week(), at(3, 12, 0, 180)]).severe == ()


def test_fewer_than_seven_days_are_taken_and_a_week_is_asked_for() -> None:
    found = assessed(week(4))
    assert found.sufficient
    assert "days so far: 4" in str(found.notes[0])


@pytest.mark.parametrize(
    ("systolic", "diastolic", "field"),
    [
        (49, 40, "systolic"),
        (301, 80, "systolic"),
        (130, 19, "diastolic"),
        (250, 201, "diastolic"),
        (80, 80, "diastolic"),
        (80, 120, "diastolic"),
    ],
)
def test_a_pressure_that_cannot_be_is_refused(systolic: int, diastolic: int, field: str) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        assess([at(0, 7, 0, systolic, diastolic)])
    assert refusal.value.field == field
    assert refusal.value.source


@pytest.mark.parametrize(("systolic", "diastolic"), [(50, 20), (300, 200), (81, 80)])
def test_the_ends_of_what_can_be_are_taken(systolic: int, diastolic: int) -> None:
    assert assess([at(0, 7, 0, systolic, diastolic)]) is not None


@pytest.mark.parametrize("field", ["systolic", "diastolic"])
def test_what_can_be_is_what_the_table_of_measures_says(field: str) -> None:
    hard = measures.get("blood-pressure").component(field).hard
    with pytest.raises(ClinicalInputError) as caught:
        assess([at(0, 7, 0, *((301, 80) if field == "systolic" else (130, 201)))])
    assert caught.value.field == field
    said = f"between {hard.low} and {hard.high} mmHg"
    assert said in str(caught.value.sentence)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "130", True, None])
def test_no_number_is_no_pressure(value: Decimal) -> None:
    with pytest.raises(ClinicalInputError):
        assess([Reading(Pressure(value, Decimal(80)), MONDAY)])


def test_times_with_and_without_a_zone_are_not_mixed() -> None:
    naive = Reading(pair(130, 80), MONDAY.replace(tzinfo=None))
    with pytest.raises(ClinicalInputError):
        assess([*week(), naive])


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 23), st.integers(0, 59), st.integers(90, 200)),
        min_size=1,
        max_size=30,
    )
)
def test_the_order_of_the_readings_does_not_matter(
    rows: list[tuple[int, int, int, int]],
) -> None:
    readings = [at(*row) for row in rows]
    shuffled = readings[:]
    random.Random(2).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    assert assess(shuffled) == assess(readings)


@given(st.lists(st.integers(90, 200), min_size=2, max_size=20))
def test_variability_is_never_below_nothing_nor_wider_than_its_ends(values: list[int]) -> None:
    readings = [at(0, 6, 0, 130)]
    readings += [
        at(1 + place // 20, 7, place % 20 * 2, value) for place, value in enumerate(values)
    ]
    found = assessed(readings).systolic
    assert found is not None
    assert 0 <= found.sd <= found.highest - found.lowest + 1
    assert 0 <= found.arv <= found.highest - found.lowest


def test_office_and_home_are_told_apart() -> None:
    stage_1, stage_2 = equivalents(AHA)
    assert (stage_1.office, stage_1.home, stage_1.whole_day) == (
        pair(130, 80),
        pair(130, 80),
        pair(125, 75),
    )
    assert (stage_2.office, stage_2.home) == (pair(140, 90), pair(135, 85))
    elevated, european = equivalents(ESC)
    assert (elevated.office, elevated.home, elevated.day) == (pair(120, 70), pair(120, 70), None)
    assert (european.office, european.home, european.whole_day) == (
        pair(140, 90),
        pair(135, 85),
        pair(130, 80),
    )
    with pytest.raises(ClinicalInputError):
        equivalents("AHA 1997")


def test_the_equivalents_are_those_of_the_notes() -> None:
    said = read("clinical/home_blood_pressure.json")["rules"]["office_home_equivalence"]
    for row in equivalents(AHA):
        assert f"office {row.office} = home {row.home}" in said["AHA"]
        assert f"24 h {row.whole_day}" in said["AHA"]
    european = equivalents(ESC)[1]
    assert f"home >={european.home}" in said["ESC 2024"]


def test_every_guideline_has_its_source() -> None:
    assert set(home_pressure.SOURCES) == set(home_pressure.EQUIVALENTS)
    assert all("doi:" in source for source in home_pressure.SOURCES.values())
