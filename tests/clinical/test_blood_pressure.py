"""Home blood pressure: what each guideline calls it, and the mean of a week."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import blood_pressure
from app.clinical.blood_pressure import Pressure, Reading

MONDAY = datetime(2026, 11, 16, 7, tzinfo=UTC)


def pair(systolic: int, diastolic: int) -> Pressure:
    return Pressure(Decimal(systolic), Decimal(diastolic))


@pytest.mark.parametrize(
    ("systolic", "diastolic", "aha", "esc"),
    [
        (119, 69, "normal", "non-elevated"),
        (119, 79, "normal", "elevated"),
        (119, 70, "normal", "elevated"),
        (120, 79, "elevated", "elevated"),
        (129, 79, "elevated", "elevated"),
        (130, 79, "stage-1", "elevated"),
        (119, 80, "stage-1", "elevated"),
        (132, 78, "stage-1", "elevated"),
        (134, 84, "stage-1", "elevated"),
        (135, 84, "stage-1", "hypertension"),
        (134, 85, "stage-1", "hypertension"),
        (139, 89, "stage-1", "hypertension"),
        (140, 89, "stage-2", "hypertension"),
        (139, 90, "stage-2", "hypertension"),
        (180, 120, "stage-2", "hypertension"),
        (181, 80, "severe", "hypertension"),
        (120, 121, "severe", "hypertension"),
    ],
)
def test_the_category_under_each_guideline_at_its_edges(
    systolic: int, diastolic: int, aha: str, esc: str
) -> None:
    american, european = blood_pressure.categories(pair(systolic, diastolic))
    assert (american.key, european.key) == (aha, esc)


def test_a_category_never_travels_without_its_guideline() -> None:
    american, european = blood_pressure.categories(pair(132, 78))
    assert (american.guideline, str(american.label)) == (
        "AHA/ACC 2025",
        "Stage 1 high blood pressure",
    )
    assert (european.guideline, str(european.label)) == ("ESC 2024", "Elevated")
    assert "10.1161/CIR.0000000000001356" in american.source
    assert "10.1093/eurheartj/ehae178" in european.source


ORDER = {
    "AHA/ACC 2025": ["normal", "elevated", "stage-1", "stage-2", "severe"],
    "ESC 2024": ["non-elevated", "elevated", "hypertension"],
}


@given(st.integers(50, 300), st.integers(20, 200), st.integers(0, 40), st.integers(0, 40))
def test_higher_pressure_is_never_called_milder(
    systolic: int, diastolic: int, more: int, more_too: int
) -> None:
    before = blood_pressure.categories(pair(systolic, diastolic))
    after = blood_pressure.categories(pair(systolic + more, diastolic + more_too))
    for one, other in zip(before, after, strict=True):
        names = ORDER[one.guideline]
        assert names.index(one.key) <= names.index(other.key)


def readings(
    days: int, hours: tuple[int, ...] = (7, 8, 19, 20), systolic: int = 130
) -> list[Reading]:
    return [
        Reading(pair(systolic, 80), MONDAY.replace(hour=hour) + timedelta(days=day))
        for day in range(days)
        for hour in hours
    ]


def test_without_readings_there_is_no_mean() -> None:
    assert blood_pressure.series([]) is None


def series(some: list[Reading]) -> blood_pressure.Series:
    found = blood_pressure.series(some)
    assert found is not None
    return found


def test_the_first_day_is_left_out_of_the_mean() -> None:
    week = series([*readings(1, systolic=170), *readings(4)[4:]])
    assert week.mean == pair(130, 80)
    assert len(week.dropped) == 4
    assert len(week.used) == 12
    assert week.valid
    assert (week.first_day.day, week.last_day.day) == (17, 19)


def test_eleven_readings_are_not_enough_and_one_more_is_asked_for() -> None:
    week = series(readings(4)[:-1])
    assert len(week.used) == 11
    assert not week.valid
    assert [str(said) for said in week.missing] == [
        "Home blood pressure readings still needed: 1. The first day does not count."
    ]
    assert "early average" in str(week.label)


def test_twelve_readings_crowded_into_two_days_are_not_enough() -> None:
    week = series(readings(3, hours=(6, 7, 8, 18, 19, 20)))
    assert len(week.used) == 12
    assert [said.text for said in week.missing] == [blood_pressure.MORE_DAYS]


@pytest.mark.parametrize("hours", [(6, 7), (18, 19), (12, 13)])
def test_mornings_alone_or_evenings_alone_are_not_enough(hours: tuple[int, ...]) -> None:
    week = series(readings(7, hours=hours))
    assert len(week.used) == 12
    assert [said.text for said in week.missing] == [blood_pressure.MORNING_AND_EVENING]


def test_a_single_reading_gives_a_labelled_mean_and_says_what_is_missing() -> None:
    week = series(readings(1, hours=(7,)))
    assert week.mean == pair(130, 80)
    assert not week.valid
    assert "still needed: 12." in str(week.missing[0])


def test_only_the_week_that_ends_with_the_last_reading_counts() -> None:
    old = [
        Reading(pair(200, 110), reading.taken_at - timedelta(days=30)) for reading in readings(7)
    ]
    week = series([*old, *readings(7)])
    assert week.mean == pair(130, 80)
    assert len(week.used) + len(week.dropped) == 28


def test_the_seventh_day_back_belongs_to_the_week_and_the_eighth_does_not() -> None:
    last = readings(1)[0]
    seventh = Reading(last.pressure, last.taken_at - timedelta(days=6))
    eighth = Reading(last.pressure, last.taken_at - timedelta(days=7))
    week = series([last, seventh, eighth])
    assert week.dropped == (seventh,)
    assert week.used == (last,)


def test_a_mean_at_the_half_is_rounded_up_as_people_do() -> None:
    mixed = [*readings(4, systolic=139)[4:10], *readings(4, systolic=140)[10:16]]
    week = series([*readings(1), *mixed])
    assert week.exact.systolic == Decimal("139.5")
    assert week.mean.systolic == 140
    assert blood_pressure.aha(week.mean).key == "stage-2"


def test_the_day_is_the_day_where_the_person_was() -> None:
    auckland = timezone(timedelta(hours=13))
    local = [
        Reading(pair(130, 80), datetime(2026, 11, 16 + day, hour, tzinfo=auckland))
        for day in range(4)
        for hour in (7, 8, 19, 20)
    ]
    assert len(series(local).dropped) == 4
    assert series(local).valid


@given(
    st.lists(st.tuples(st.integers(90, 200), st.integers(40, 89), st.integers(0, 300)), min_size=1)
)
def test_order_does_not_matter_and_the_mean_lies_between_its_readings(
    rows: list[tuple[int, int, int]],
) -> None:
    some = [
        Reading(pair(upper, lower), MONDAY + timedelta(hours=hours)) for upper, lower, hours in rows
    ]
    week = series(some)
    shuffled = some[:]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    assert series(shuffled) == week
    uppers = [reading.pressure.systolic for reading in week.used]
    assert min(uppers) <= week.exact.systolic <= max(uppers)
    assert set(week.used) | set(week.dropped) <= set(some)
