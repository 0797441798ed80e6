"""A person's own range: what moves it, what does not, and what is refused."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.clinical.baselines import (
    VARIATION,
    Reading,
    Variation,
    expected_range,
    is_change,
    variation,
)
from app.clinical.errors import ClinicalInputError
from app.clinical.measures import Component
from app.clinical.response import effect

MONDAY = datetime(2026, 11, 16, 7, tzinfo=UTC)
PRESSURES = [128, 131, 126, 135, 124, 129, 133, 127, 130, 125]


def daily(values: list[float], start: int = 0) -> list[Reading]:
    return [Reading(MONDAY + timedelta(days=start + day), v) for day, v in enumerate(values)]


def test_ten_readings_give_a_range_around_them() -> None:
    found = expected_range(daily(PRESSURES), "systolic")
    assert 110 < found.low < 120
    assert 128 < found.usual < 130
    assert 140 < found.high < 150
    assert found.own > 0.9
    assert found.outliers == ()
    low, high = found.sentence.values["low"], found.sentence.values["high"]
    assert str(found.sentence) == f"Your usual range: {low} to {high}."


def test_without_readings_it_is_what_most_people_have() -> None:
    found = expected_range([], "systolic")
    assert (found.count, found.own) == (0, 0.0)
    assert found.usual == pytest.approx(123.4)
    assert "After a few readings" in str(found.sentence)


def test_few_readings_are_drawn_towards_most_people_and_many_are_not() -> None:
    usual = [expected_range(daily([160.0] * count), "systolic").usual for count in (1, 3, 10, 40)]
    assert usual == sorted(usual)
    assert 123.4 < usual[0] < 158 < usual[-1] <= 160


def test_the_range_narrows_as_readings_come_in() -> None:
    rng = random.Random(4)  # noqa: S311 - readings to simulate, not a secret
    values = [rng.gauss(130, 6) for _ in range(60)]
    widths = []
    for count in (1, 5, 20, 60):
        found = expected_range(daily(values[:count]), "systolic")
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


def test_a_steady_person_has_a_narrower_range_than_a_restless_one() -> None:
    steady = expected_range(daily([129, 130, 131] * 10), "systolic")
    restless = expected_range(daily([115, 130, 145] * 10), "systolic")
    assert steady.high - steady.low < 0.7 * (restless.high - restless.low)


@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_single_wild_reading_moves_the_range_little_and_is_named(place: int) -> None:
    calm = expected_range(daily(PRESSURES), "systolic")
    values: list[float] = list(PRESSURES)
    values[place] = 250
    wild = expected_range(daily(values), "systolic")
    assert abs(wild.usual - calm.usual) < 5
    assert wild.high - wild.low < 1.6 * (calm.high - calm.low)
    assert [reading.value for reading in wild.outliers] == [250]


def test_how_wild_it_is_makes_no_difference() -> None:
    some = expected_range(daily([*PRESSURES, 220]), "systolic")
    other = expected_range(daily([*PRESSURES, 299]), "systolic")
    assert (some.low, some.high) == (other.low, other.high)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(90, 180)), max_size=25),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_readings_does_not_matter(
    rows: list[tuple[int, int]], dice: random.Random
) -> None:
    history = [Reading(MONDAY + timedelta(hours=hours), value) for hours, value in rows]
    shuffled = history[:]
    dice.shuffle(shuffled)
    assert expected_range(shuffled, "systolic") == expected_range(history, "systolic")


@given(st.lists(st.integers(90, 180), min_size=1, max_size=20), st.floats(0.5, 0.999))
def test_more_confidence_never_gives_a_narrower_range(values: list[float], level: float) -> None:
    less = expected_range(daily(values), "systolic", confidence=0.5)
    more = expected_range(daily(values), "systolic", confidence=level)
    assert more.low <= less.low <= less.usual <= less.high <= more.high


@given(st.lists(st.integers(60, 300), min_size=1, max_size=15), st.integers(1, 400))
def test_when_the_clock_began_does_not_matter(values: list[float], later: int) -> None:
    history = daily(values)
    moved = [Reading(each.when + timedelta(days=later), each.value) for each in history]
    there, here = expected_range(moved, "glucose"), expected_range(history, "glucose")
    assert (there.low, there.usual, there.high) == (here.low, here.usual, here.high)


@given(st.lists(st.decimals(3, 12, places=1), min_size=1, max_size=15))
def test_a_laboratory_range_is_the_same_in_any_unit(values: list[Decimal]) -> None:
    """Fitted as logarithms, a change of unit only moves the population's centre along."""
    row = variation("total-cholesterol")
    mmol = [value * Decimal("38.665") for value in values]
    half = [Reading(each.when, each.value) for each in daily([float(v) for v in mmol])]
    found = expected_range(half, row)
    assert math.log(found.usual / found.low) == pytest.approx(math.log(found.high / found.usual))


def test_days_without_a_time_are_read_too() -> None:
    days = [(date(2026, 11, day), 130) for day in range(1, 9)]
    assert expected_range(days, "systolic").count == 8


def test_a_measure_is_found_by_key_row_component_or_code() -> None:
    pressure = measures.get("blood-pressure")
    for name in ("systolic", "8480-6", pressure.component("systolic"), variation("systolic")):
        assert expected_range([], name).measure == "systolic"
    assert expected_range([], measures.get("weight")).measure == "weight"


@pytest.mark.parametrize("name", ["blood-pressure", "mood", "", "999-9"])
def test_a_measure_we_cannot_place_is_refused(name: str) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        expected_range([], name)
    assert refusal.value.field == "measure"


@pytest.mark.parametrize(
    "value",
    [49.9, 300.1, math.nan, math.inf, True, "130", None, Decimal("NaN"), Decimal("sNaN"), 10**400],
)
def test_a_reading_that_cannot_be_is_refused(value: object) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        expected_range([(MONDAY, value)], "systolic")  # type: ignore[list-item]  # the point
    assert refusal.value.field == "history"


@pytest.mark.parametrize("value", [50, 300, Decimal(50), 300.0])
def test_the_ends_of_what_is_permitted_are_taken(value: float) -> None:
    assert expected_range([(MONDAY, value)], "systolic").count == 1


def test_a_refusal_names_the_permitted_range_and_its_source() -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        expected_range([(MONDAY, 301)], "systolic")
    assert "between 50 and 300 mm[Hg]" in str(refusal.value)
    assert refusal.value.source


@pytest.mark.parametrize(
    "history",
    [
        [(MONDAY, 130), (datetime(2026, 11, 17, 7), 130)],  # noqa: DTZ001 - a time without zone
        [(MONDAY, 130), (date(2026, 11, 17), 130)],
        [("Monday", 130)],
        [130],
        [(MONDAY, 130, "mm[Hg]")],
    ],
)
def test_times_that_cannot_be_compared_are_refused(history: list[object]) -> None:
    with pytest.raises(ClinicalInputError):
        expected_range(history, "systolic")  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("history", [None, 130, True, Reading(MONDAY, 130), object()])
def test_what_is_no_list_of_readings_is_refused_in_words(history: object) -> None:
    asked: dict[str, Callable[[], object]] = {
        "history": lambda: expected_range(history, "systolic"),  # type: ignore[arg-type]  # the point
        "before": lambda: effect(history, [], "systolic"),  # type: ignore[arg-type]  # the point
        "after": lambda: effect([], history, "systolic"),  # type: ignore[arg-type]  # the point
    }
    for field, ask in asked.items():
        with pytest.raises(ClinicalInputError, match="Please give the readings as a list") as said:
            ask()
        assert said.value.field == field
    with pytest.raises(ClinicalInputError, match="Please give the readings as a list"):
        is_change(history, 130)  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("history", ["130", b"130", {MONDAY: 130}, (MONDAY, 130), [None]])
def test_a_list_of_something_else_is_refused_in_words(history: object) -> None:
    with pytest.raises(ClinicalInputError, match="A reading is a time and a number"):
        expected_range(history, "systolic")  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("measure", [None, 130, ["systolic"], {"systolic"}])
def test_a_measure_that_is_no_name_is_refused(measure: object) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        expected_range([], measure)  # type: ignore[arg-type]  # the point
    assert refusal.value.field == "measure"


@pytest.mark.parametrize("confidence", [0.49, 0.9991, 1, 95, -1, math.nan, True])
def test_a_confidence_that_makes_no_sense_is_refused(confidence: float) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        expected_range([], "systolic", confidence=confidence)
    assert refusal.value.field == "confidence"


def test_an_endless_history_is_refused() -> None:
    with pytest.raises(ClinicalInputError):
        expected_range(((MONDAY, 130) for _ in range(5001)), "systolic")


def test_readings_at_one_moment_do_no_harm() -> None:
    found = expected_range([(MONDAY, 130)] * 6, "systolic")
    assert found.low < 130 < found.high


def test_one_sitting_however_long_is_not_yet_a_usual_range() -> None:
    """Six weights in six minutes; the same six on six days are the person's own."""
    weights = [80.0, 80.1, 80.0, 80.2, 80.1, 80.0]
    at_once = [(MONDAY + timedelta(minutes=minute), kg) for minute, kg in enumerate(weights)]
    found = expected_range(at_once, "weight")
    assert found.count == 6
    assert "More readings will make this surer." in str(found.sentence)
    assert str(expected_range(daily(weights), "weight").sentence).startswith("Your usual range")


@pytest.mark.parametrize("days", [4, 5])
def test_a_usual_range_is_said_from_the_fifth_sitting_on(days: int) -> None:
    twice = [
        (MONDAY + timedelta(days=day, minutes=minute), 130.0 + minute)
        for day in range(days)
        for minute in (0, 1)
    ]
    said = str(expected_range(twice, "systolic").sentence)
    assert said.startswith("Your usual range") == (days == 5)


def test_no_row_lacks_its_source_or_says_less_than_it_must() -> None:
    for row in VARIATION.values():
        assert row.source
        assert row.verified
        assert row.title
        assert row.loinc
        assert row.scale in {"linear", "log"}
        assert row.better in {"", "lower", "higher"}
        assert row.newest in {1, 3}
        assert 0 <= row.cva < row.cvi + row.cvg
        assert row.low < row.typical < row.high
        assert row.low > 0 or row.scale == "linear"


def test_no_code_belongs_to_two_rows() -> None:
    codes = [code for row in VARIATION.values() for code in row.loinc]
    assert len(codes) == len(set(codes))


def home_rows() -> list[tuple[Component, str, Variation]]:
    """Each number of the table of measures that has a row of variation, with its unit."""
    owners = {code: row for row in VARIATION.values() for code in row.loinc}
    return [
        (component, measure.canonical, owners[component.loinc])
        for measure in measures.MEASURES.values()
        for component in measure.components
        if component.loinc in owners
    ]


def test_every_row_belongs_to_a_measure_and_speaks_its_unit() -> None:
    rows = home_rows()
    assert {row.key for _component, _unit, row in rows} == set(VARIATION)
    for component, unit, row in rows:
        assert unit == row.unit, component.key


def test_what_is_permitted_is_what_the_table_of_measures_permits() -> None:
    """But for 0 where logarithms are taken."""
    for component, _unit, row in home_rows():
        assert row.high == component.hard.high, row.key
        assert row.low == component.hard.low or (row.scale == "log" and row.low <= 1), row.key


@pytest.mark.parametrize("key", sorted(VARIATION))
def test_every_measure_has_a_range_and_an_answer(key: str) -> None:
    row = variation(key)
    typical = float(row.typical)
    history = daily([typical] * 6)
    found = expected_range(history, key)
    assert float(row.low) <= found.low < typical < found.high <= float(row.high)
    assert is_change(history, typical, key).kind == "same"
    assert effect(history, daily([typical] * 6, start=6), key).kind in {"same", "too-early"}
