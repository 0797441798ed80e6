"""What holds of any sensor readings, and what is refused."""

from __future__ import annotations

import math
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import glucose_metrics
from app.clinical.errors import ClinicalInputError
from app.clinical.glucose_metrics import TARGETS, Glucose, summary, wear
from tests.clinical.glucose.series import MIDNIGHT, every_five

ROUNDING = 1e-9

levels = st.lists(st.integers(40, 400), min_size=1, max_size=60)


@given(levels)
def test_the_ranges_leave_nothing_out(values: list[int]) -> None:
    shares = summary(every_five(values)).shares
    parts = (shares.very_low, shares.low, shares.in_range, shares.high, shares.very_high)
    assert sum(parts) == pytest.approx(100)
    assert shares.below + shares.in_range + shares.above == pytest.approx(100)


@given(levels, st.sampled_from(sorted(TARGETS)))
def test_order_does_not_matter(values: list[int], target: str) -> None:
    readings = every_five(values)
    shuffled = readings[:]
    random.Random(3).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    assert summary(shuffled, target) == summary(readings, target)


@given(levels, st.sampled_from(sorted(TARGETS)))
def test_the_unit_makes_no_difference(values: list[int], target: str) -> None:
    mg = summary(every_five(values), target)
    mmol = summary(
        [
            Glucose(each.taken_at, each.value and each.value / Decimal("18.0156"), "mmol/L")
            for each in every_five(values)
        ],
        target,
    )
    assert mmol.shares == mg.shares
    assert mmol.gri == mg.gri
    assert mmol.mean == pytest.approx(mg.mean)
    assert mmol.sd == pytest.approx(mg.sd, abs=1e-9)


@given(levels, st.integers(0, 59))
def test_a_higher_reading_never_raises_time_below_nor_lowers_the_mean(
    values: list[int], place: int
) -> None:
    lower = summary(every_five(values))
    raised = [*values]
    raised[place % len(values)] += 30
    higher = summary(every_five(raised))
    assert lower.mean is not None
    assert higher.mean is not None
    assert higher.mean > lower.mean
    # Shares are sums of fractions: one that only moved from one level to the next may round.
    assert higher.shares.below <= lower.shares.below + ROUNDING
    assert higher.shares.above >= lower.shares.above - ROUNDING


@given(levels)
def test_the_risk_index_stays_within_0_and_100(values: list[int]) -> None:
    assert 0 <= summary(every_five(values)).gri <= 100


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        (Glucose(MIDNIGHT, Decimal("19.9")), "value"),
        (Glucose(MIDNIGHT, Decimal("600.1")), "value"),
        (Glucose(MIDNIGHT, Decimal(34), "mmol/L"), "value"),
        (Glucose(MIDNIGHT, Decimal("NaN")), "value"),
        (Glucose(MIDNIGHT, Decimal("Infinity")), "value"),
        (Glucose(MIDNIGHT, True), "value"),  # type: ignore[arg-type]  # the point
        (Glucose(MIDNIGHT, "100"), "value"),  # type: ignore[arg-type]  # the point
        (Glucose(MIDNIGHT, None), "value"),
        (Glucose(MIDNIGHT, Decimal("sNaN")), "value"),
        (Glucose(MIDNIGHT, 10**5000), "value"),  # type: ignore[arg-type]  # the point
        (Glucose(MIDNIGHT, Decimal(100), "g/L"), "unit"),
        (Glucose(MIDNIGHT, Decimal(100), censored="middling"), "censored"),
        (Glucose("today", Decimal(100)), "taken_at"),  # type: ignore[arg-type]  # the point
    ],
)
def test_a_reading_that_cannot_be_is_refused_by_its_field(reading: Glucose, field: str) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        summary([reading])
    assert refusal.value.field == field


@pytest.mark.parametrize("readings", [None, 100, Glucose(MIDNIGHT, Decimal(100))])
def test_what_is_no_list_of_readings_is_refused_in_words(readings: object) -> None:
    for figures in (summary, wear, glucose_metrics.daily_profile):
        with pytest.raises(ClinicalInputError, match="Please give the readings as a list") as said:
            figures(readings)  # type: ignore[operator]  # the point
        assert said.value.field == "readings"


@pytest.mark.parametrize("value", [20, 600])
def test_the_ends_of_what_can_be_are_taken(value: int) -> None:
    assert summary(every_five([value])).count == 1


def test_nothing_an_unknown_target_and_mixed_clocks_are_refused() -> None:
    with pytest.raises(ClinicalInputError):
        summary([])
    with pytest.raises(ClinicalInputError):
        summary(every_five([100]), "everyone")
    naive = Glucose(MIDNIGHT.replace(tzinfo=None), Decimal(100))
    with pytest.raises(ClinicalInputError):
        summary([*every_five([100]), naive])


@pytest.mark.parametrize("mean", [0, -1, math.nan, math.inf, True, "100", 601, 10**400])
def test_a_mean_that_is_none_has_no_gmi(mean: float) -> None:
    with pytest.raises(ClinicalInputError):
        glucose_metrics.gmi(mean)


@pytest.mark.parametrize("days", [0, 367, True, 1.5])
def test_a_period_that_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises(ClinicalInputError):
        wear(every_five([100]), days)
