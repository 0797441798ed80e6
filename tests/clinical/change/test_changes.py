"""Whether new readings are a change for this person."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.clinical.baselines import METHODS, Reading, is_change, reference_change_value
from app.clinical.errors import ClinicalInputError

MONDAY = datetime(2026, 11, 16, 7, tzinfo=UTC)
USUAL = [128, 131, 126, 135, 124, 129, 133, 127, 130, 125] * 3


def daily(values: list[float], start: int = 0) -> list[Reading]:
    return [Reading(MONDAY + timedelta(days=start + day), v) for day, v in enumerate(values)]


def test_a_usual_reading_is_no_change() -> None:
    found = is_change(daily(USUAL), 131, "systolic")
    assert not found
    assert (found.kind, found.direction) == ("same", "")
    assert str(found.sentence) == "This is within what is usual for you."


def test_three_higher_readings_are_a_change_for_the_worse() -> None:
    history = daily(USUAL)
    kinds = []
    for place, value in enumerate([146, 149, 147]):
        found = is_change(history, value, "systolic")
        kinds.append(found.kind)
        history += daily([value], start=len(USUAL) + place)
    assert kinds[-1] == "change"
    assert (found.direction, found.good) == ("higher", False)
    assert str(found.sentence) == "Your newest readings are higher than is usual for you."


def test_lower_pressure_is_for_the_better_and_weight_takes_no_side() -> None:
    assert is_change(daily(USUAL), [110, 112, 109], "systolic").good is True
    found = is_change(daily([80.0, 80.2, 79.9, 80.1] * 8), [83.0, 83.2, 83.1], "weight")
    assert found
    assert found.good is None


@given(st.integers(50, 300), st.integers(0, 2))
def test_one_wild_reading_among_usual_ones_is_never_a_change(wild: int, place: int) -> None:
    newest: list[float] = [129, 130, 128]
    newest[place] = wild
    assert not is_change(daily([*USUAL, *newest[:2]]), newest[2], "systolic")


def test_one_wild_reading_is_called_unusual_and_asked_for_again() -> None:
    found = is_change(daily(USUAL), 175, "systolic")
    assert (found.kind, found.direction, bool(found)) == ("unusual", "higher", False)
    assert "measure again" in str(found.sentence)


def test_an_old_wild_reading_does_not_hide_a_change() -> None:
    history: list[float] = [*USUAL]
    history[5] = 240
    assert is_change(daily(history), [147, 149, 148], "systolic")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_with_fewer_than_five_earlier_readings_it_is_too_early(count: int) -> None:
    found = is_change(daily(USUAL[:count]), 180, "systolic")
    assert found.kind == "too-early"
    assert "too early" in str(found.sentence)


def test_a_laboratory_result_alone_may_be_a_change() -> None:
    before = [(date(2026, 1, 5), Decimal("5.6")), (date(2026, 4, 6), Decimal("5.7"))]
    assert is_change(before, (date(2026, 7, 6), Decimal("6.6")), "hba1c")
    assert not is_change(before, (date(2026, 7, 6), Decimal("5.8")), "hba1c")


def test_with_one_earlier_result_the_rule_is_the_reference_change_value() -> None:
    """Between what RCV calls chance at 95 % and what it calls certain."""
    before = [(date(2026, 1, 5), 120.0)]
    rise = float(reference_change_value("ldl-cholesterol", 0.95).rise) / 100
    assert not is_change(before, (date(2026, 7, 6), 120 * (1 + rise * 0.9)), "ldl-cholesterol")
    assert is_change(before, (date(2026, 7, 6), 120 * (1 + rise * 3)), "ldl-cholesterol")


def test_without_a_measure_the_history_speaks_alone() -> None:
    history = daily([5.0, 5.2, 4.9, 5.1, 5.0, 5.3, 4.8, 5.1] * 4)
    assert is_change(history, [7.0, 7.1, 6.9])
    assert not is_change(history, 5.2)
    assert is_change(history[:4], 9.0).kind == "too-early"


@pytest.mark.parametrize(
    ("usual", "new"),
    [(80, 180), (80.0, 60.0), (5.0, 9.0), (37.0, 39.5), (0, 7), (-4, 9), (80 / 18, 10.0)],
)
@pytest.mark.parametrize("count", [8, 20, 60])
def test_a_gross_change_is_found_after_readings_that_never_differed(
    usual: float, new: float, count: int
) -> None:
    history = daily([usual] * count)
    direction = "higher" if new > usual else "lower"
    once = is_change(history, new)
    assert (once.kind, once.direction) == ("unusual", direction)
    often = is_change(history, [new] * 3)
    assert (often.kind, often.direction) == ("change", direction)
    assert is_change(history, usual).kind == "same"
    assert is_change(daily([usual] * 4), new).kind == "too-early"


@pytest.mark.parametrize(
    ("usual", "new"), [(80, 81), (Decimal("5.0"), Decimal("5.1")), (37.0, 37.3), (5, 6), (0, 1)]
)
@pytest.mark.parametrize("count", [5, 20, 60])
def test_a_step_of_the_last_digit_is_no_news(usual: float, new: float, count: int) -> None:
    assert is_change(daily([usual] * count), new).kind in {"same", "too-early"}


def test_readings_alike_by_rounding_seldom_raise_an_alarm() -> None:
    dice = random.Random(8)  # noqa: S311 - readings to simulate, not a secret
    alarms = asked = 0
    while asked < 500:
        level, scatter = dice.uniform(60, 90), dice.uniform(0.1, 0.5)
        values = [float(round(dice.gauss(level, scatter))) for _ in range(13)]
        if len(set(values[:12])) == 1:
            asked += 1
            alarms += bool(is_change(daily(values[:12]), values[12]))
    assert alarms <= asked / 100


@given(st.lists(st.integers(110, 150), min_size=5, max_size=30), st.integers(60, 250))
def test_the_order_of_the_history_does_not_matter(values: list[float], new: int) -> None:
    history = daily(values)
    shuffled = history[:]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    assert is_change(shuffled, new, "systolic") == is_change(history, new, "systolic")


@given(st.integers(10, 60), st.sampled_from([1, 2, 5]))
def test_further_from_usual_never_becomes_likelier_chance(further: int, more: int) -> None:
    history = daily(USUAL)
    near = is_change(history, [130 + further] * 3, "systolic").chance
    far = is_change(history, [130 + further + more] * 3, "systolic").chance
    assert far <= near + 1e-12


@given(st.lists(st.integers(70, 140), min_size=6, max_size=20), st.integers(70, 200))
def test_without_a_measure_the_unit_makes_no_difference(values: list[int], new: int) -> None:
    assume(len(set(values)) > 1)  # readings all alike are judged by the digits they came with
    mg = is_change(daily([float(value) for value in values]), float(new))
    mmol = is_change(daily([value / 18 for value in values]), new / 18)
    assert (mg.kind, mg.direction) == (mmol.kind, mmol.direction)
    assert mg.chance == pytest.approx(mmol.chance, rel=1e-6, abs=1e-12)


def test_a_new_reading_may_be_given_in_every_way() -> None:
    history = daily(USUAL)
    when = MONDAY + timedelta(days=30)
    one = is_change(history, 131, "systolic")
    assert is_change(history, Reading(when, 131), "systolic") == one
    assert is_change(history, (when, 131), "systolic") == one
    assert is_change(history, [131], "systolic") == one
    assert is_change(history, [(when, Decimal(131))], "systolic") == one


@pytest.mark.parametrize("value", [1e300, -1e300, 10**400])
def test_an_absurd_number_is_refused_even_without_a_measure(value: float) -> None:
    with pytest.raises(ClinicalInputError):
        is_change(daily(USUAL), value)


@pytest.mark.parametrize("confidence", [0.4, 1.0, 2])
def test_a_reference_change_value_of_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ClinicalInputError):
        reference_change_value("tsh", confidence)


@pytest.mark.parametrize("value", [True, "131", None, math.nan, 301, []])
def test_a_new_reading_that_cannot_be_is_refused(value: object) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        is_change(daily(USUAL), value, "systolic")  # type: ignore[arg-type]  # the point
    assert refusal.value.field == "value"


def test_a_new_reading_older_than_the_history_is_refused() -> None:
    with pytest.raises(ClinicalInputError):
        is_change(daily(USUAL), (MONDAY, 130), "systolic")


def test_a_new_reading_without_a_zone_among_others_with_one_is_refused() -> None:
    naive = datetime(2027, 1, 1, 7)  # noqa: DTZ001 - a time without zone
    with pytest.raises(ClinicalInputError):
        is_change(daily(USUAL), (naive, 130), "systolic")


def test_the_reference_change_value_is_the_published_formula() -> None:
    """CVA 2.5 and CVI 4.5: sqrt(2) x 1.96 x 5.148 = 14.3 per cent."""
    found = reference_change_value("creatinine")
    assert found.either_way == Decimal("14.3")
    assert found.fall < 0 < found.rise
    both = float((1 + found.rise / 100) * (1 + found.fall / 100))
    assert both == pytest.approx(1, abs=0.001)


def test_more_confidence_asks_for_a_larger_difference() -> None:
    values = [reference_change_value("tsh", level).either_way for level in (0.8, 0.95, 0.99)]
    assert values == sorted(values)


def test_each_method_names_its_source() -> None:
    assert all(row.title and "doi:" in row.source for row in METHODS.values())
    assert {"baselines.is_change", "response.effect"} <= set(METHODS)
