"""What has come of a plan line, in numbers and in plain words."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.baselines import Reading
from app.clinical.errors import ClinicalInputError
from app.clinical.response import effect

MONDAY = datetime(2026, 11, 16, 7, tzinfo=UTC)
BEFORE = [140, 138, 143, 136, 141, 139, 144, 137, 142, 140]
AFTER = [131, 133, 129, 134, 130, 132, 128, 133, 131, 130]


def daily(values: list[float], start: int = 0) -> list[Reading]:
    return [Reading(MONDAY + timedelta(days=start + day), v) for day, v in enumerate(values)]


def test_lower_pressure_is_said_plainly_with_its_interval() -> None:
    found = effect(daily(BEFORE), daily(AFTER, 10), "systolic")
    assert found.kind == "lower"
    assert found.claimed
    assert found.good is True
    assert found.change == pytest.approx(-9, abs=1)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.change < found.high < 0
    said = found.verdict.values
    assert str(found.verdict) == (
        f"About {said['change']} lower, likely {said['low']} to {said['high']}."
    )
    assert said["low"] < said["change"] < said["high"]  # type: ignore[operator]  # decimals


def test_higher_steps_are_the_good_direction() -> None:
    before = daily([4000, 4500, 3800, 4200, 4100] * 4)
    found = effect(before, daily([8800, 9000, 9500, 8700, 9100] * 4, 20), "steps")
    assert (found.kind, found.good) == ("higher", True)


@pytest.mark.parametrize(("before", "after"), [(0, 9), (9, 0), (2, 9), (9, 2), (0, 0)])
def test_with_fewer_than_three_on_a_side_it_is_too_early(before: int, after: int) -> None:
    found = effect(daily(BEFORE[:before]), daily(AFTER[:after], 10), "systolic")
    assert (found.kind, found.claimed, found.change) == ("too-early", False, None)
    assert str(found.verdict) == "Too early to say."


def test_three_on_each_side_are_seldom_enough() -> None:
    found = effect(daily(BEFORE[:3]), daily([137, 138, 136], 10), "systolic")
    assert str(found.verdict) == "Too early to say."


def test_many_readings_at_the_same_level_are_about_the_same() -> None:
    found = effect(daily(BEFORE * 4), daily(BEFORE * 4, 40), "systolic")
    assert found.kind == "same"
    assert str(found.verdict) == "About the same as before."


def test_two_laboratory_results_can_be_compared() -> None:
    before = [(date(2026, 1, 5), Decimal(190))]
    found = effect(before, [(date(2026, 4, 6), Decimal(95))], "ldl-cholesterol")
    assert (found.kind, found.good) == ("lower", True)
    small = effect(before, [(date(2026, 4, 6), Decimal(180))], "ldl-cholesterol")
    assert not small.claimed


def test_one_wild_reading_makes_no_effect() -> None:
    wild: list[float] = [*BEFORE[:9], 60]
    assert not effect(daily(BEFORE), daily(wild, 10), "systolic").claimed


def test_readings_that_drift_together_claim_less_than_scattered_ones() -> None:
    """The same numbers, once mixed and once in waves: waves say less."""
    waves = [138, 141, 143, 144, 143, 141, 138, 136, 135, 136]
    mixed = [138, 143, 135, 143, 136, 144, 136, 141, 138, 141]
    lower = [value - 5 for value in mixed]
    loose = effect(daily(mixed), daily(lower, 10), "systolic")
    tight = effect(daily(waves), daily([value - 5 for value in waves], 10), "systolic")
    assert tight.chance > loose.chance


@given(
    st.lists(st.integers(100, 170), min_size=3, max_size=12),
    st.lists(st.integers(100, 170), min_size=3, max_size=12),
)
def test_order_does_not_matter_and_the_change_is_inside_its_interval(
    first: list[float], second: list[float]
) -> None:
    before, after = daily(first), daily(second, 20)
    found = effect(before, after, "systolic")
    dice = random.Random(1)  # noqa: S311 - an order, not a secret
    dice.shuffle(before)
    dice.shuffle(after)
    assert effect(before, after, "systolic") == found
    assert found.low is not None
    assert found.high is not None
    assert found.change is not None
    assert found.low <= found.change <= found.high
    assert not found.claimed or not found.low <= 0 <= found.high


@given(st.lists(st.integers(100, 150), min_size=4, max_size=10), st.integers(-15, 15))
def test_moving_every_reading_moves_nothing_between_them(values: list[float], by: int) -> None:
    here = effect(daily(values), daily([v + 5 for v in values], 20), "systolic")
    there = effect(
        daily([v + by for v in values]), daily([v + 5 + by for v in values], 20), "systolic"
    )
    assert there.change == pytest.approx(here.change, abs=1e-6)
    assert there.kind == here.kind


def test_after_that_does_not_come_after_is_refused() -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        effect(daily(BEFORE), daily(AFTER, 5), "systolic")
    assert refusal.value.field == "after"


@pytest.mark.parametrize("field", ["before", "after"])
def test_a_reading_that_cannot_be_is_refused_by_its_side(field: str) -> None:
    sides = {"before": daily(BEFORE), "after": daily(AFTER, 10)}
    sides[field] = daily([400], 9)
    with pytest.raises(ClinicalInputError) as refusal:
        effect(**sides, measure="systolic")
    assert refusal.value.field == field


def test_times_with_and_without_a_zone_are_not_compared() -> None:
    naive = [Reading(each.when.replace(tzinfo=None), each.value) for each in daily(AFTER, 10)]  # type: ignore[call-arg, union-attr]  # these are moments
    with pytest.raises(ClinicalInputError):
        effect(daily(BEFORE), naive, "systolic")
