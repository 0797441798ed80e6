"""Questions that find a slip of the pen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.clinical.measures.row import Range

GLUCOSE, WEIGHT = measures.get("glucose"), measures.get("weight")
HEIGHT, PRESSURE = measures.get("height"), measures.get("blood-pressure")


def kinds(questions: tuple[measures.Question, ...]) -> list[str]:
    return [question.kind for question in questions]


@pytest.mark.parametrize(
    ("value", "unit", "meant"),
    [("95", "mmol/L", "mg/dL"), ("5.6", "mg/dL", "mmol/L"), ("12", "mg/dL", "mmol/L")],
)
def test_a_glucose_in_the_other_unit_is_asked_about(value: str, unit: str, meant: str) -> None:
    first = measures.suspect(GLUCOSE, Decimal(value), unit)[0]
    assert (first.kind, first.suggested_unit) == ("unit", meant)
    assert first.suggestion == {"value": Decimal(value)}
    assert f"Did you mean {value} {meant}?" in str(first.sentence)


@pytest.mark.parametrize(
    ("measure", "value", "unit"),
    [
        (GLUCOSE, "40", "mg/dL"),
        (GLUCOSE, "500", "mg/dL"),
        (GLUCOSE, "5.6", "mmol/L"),
        (WEIGHT, "70", "kg"),
        (WEIGHT, "154", "[lb_av]"),
        (HEIGHT, "175", "cm"),
        (HEIGHT, "69", "[in_i]"),
    ],
)
def test_an_ordinary_value_is_asked_nothing(
    measure: measures.Measure, value: str, unit: str
) -> None:
    assert measures.suspect(measure, Decimal(value), unit) == ()


def test_pounds_typed_as_kilograms_show_against_the_last_weight() -> None:
    found = measures.suspect(WEIGHT, Decimal(154), "kg", previous=Decimal(70))
    assert kinds(found) == ["unit"]
    assert found[0].suggested_unit == "[lb_av]"
    assert "Last time it was 70 kg" in str(found[0].sentence)


def test_kilograms_typed_as_pounds_show_against_the_last_weight() -> None:
    found = measures.suspect(WEIGHT, Decimal(70), "[lb_av]", previous=Decimal(70))
    assert found[0].suggested_unit == "kg"


@pytest.mark.parametrize(("value", "meant"), [("700", "70"), ("7.2", "72")])
def test_a_point_in_the_wrong_place_is_asked_about(value: str, meant: str) -> None:
    found = measures.suspect(WEIGHT, Decimal(value), "kg", previous=Decimal(71))
    assert kinds(found) == ["decimal"]
    assert found[0].suggestion == {"value": Decimal(meant)}


@pytest.mark.parametrize(("value", "asked"), [("80.5", []), ("80.6", ["jump"]), ("59.4", ["jump"])])
def test_a_weight_that_leaps_is_asked_about_and_a_small_change_is_not(
    value: str, asked: list[str]
) -> None:
    found = measures.suspect(WEIGHT, Decimal(value), "kg", previous=Decimal(70))
    assert kinds(found) == asked


def test_a_glucose_may_double_without_a_question() -> None:
    assert measures.suspect(GLUCOSE, Decimal(200), "mg/dL", previous=Decimal(90)) == ()


def test_the_last_glucose_does_not_decide_where_the_point_belongs() -> None:
    found = measures.suspect(GLUCOSE, Decimal(900), "mg/dL", previous=Decimal(300))
    assert kinds(found) == ["decimal"]
    assert found[0].suggestion == {"value": Decimal(90)}


@pytest.mark.parametrize(("systolic", "diastolic"), [("80", "128"), ("90", "90")])
def test_swapped_pressures_are_offered_the_other_way_round(systolic: str, diastolic: str) -> None:
    values = {"systolic": Decimal(systolic), "diastolic": Decimal(diastolic)}
    (question,) = measures.suspect(PRESSURE, values, "mm[Hg]")
    assert question.kind == "swapped"
    assert question.suggestion == {
        "systolic": Decimal(diastolic),
        "diastolic": Decimal(systolic),
    }


@pytest.mark.parametrize(("systolic", "asked"), [("250", []), ("251", ["unusual"]), ("70", [])])
def test_an_unusual_pressure_is_to_be_confirmed(systolic: str, asked: list[str]) -> None:
    values = {"systolic": Decimal(systolic), "diastolic": Decimal(60)}
    assert kinds(measures.suspect(PRESSURE, values, "mm[Hg]")) == asked


@given(st.sampled_from([GLUCOSE, WEIGHT, HEIGHT]), st.data())
def test_within_the_usual_range_nobody_is_asked_without_a_past(
    measure: measures.Measure, data: st.DataObject
) -> None:
    soft: Range = measure.components[0].soft
    value = data.draw(st.decimals(min_value=soft.low, max_value=soft.high, places=1))
    assert measures.suspect(measure, value, measure.canonical) == ()


@given(
    st.sampled_from([GLUCOSE, WEIGHT, HEIGHT]),
    st.decimals(min_value="0.1", max_value=3000, places=1),
    st.none() | st.decimals(min_value=30, max_value=200, places=1),
    st.integers(min_value=0, max_value=1),
)
def test_every_question_can_be_said_and_every_suggestion_is_usual(
    measure: measures.Measure, value: Decimal, previous: Decimal | None, choice: int
) -> None:
    unit = measure.choices[choice].unit
    for question in measures.suspect(measure, value, unit, previous):
        assert "%(" not in str(question.sentence)
        if question.suggestion is not None and question.suggested_unit is not None:
            meant = measure.to_canonical(question.suggestion["value"], question.suggested_unit)
            near = previous is not None and abs(meant - previous) <= previous * Decimal("0.1")
            assert near or measure.components[0].soft.holds(meant)
