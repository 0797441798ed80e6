"""Questions that find a slip of the pen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.clinical.errors import ClinicalInputError
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


@pytest.mark.parametrize(("systolic", "diastolic"), [("80", "128"), ("90", "95")])
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


@pytest.mark.parametrize(
    ("key", "value", "unit", "meant"),
    [
        ("temperature", "98.6", "Cel", "[degF]"),
        ("temperature", "37", "[degF]", "Cel"),
        ("hba1c", "48", "%", "mmol/mol"),
        ("hba1c", "6.5", "mmol/mol", "%"),
        ("total-cholesterol", "5.2", "mg/dL", "mmol/L"),
        ("total-cholesterol", "200", "mmol/L", "mg/dL"),
        ("ldl-cholesterol", "3.4", "mg/dL", "mmol/L"),
        ("triglycerides", "1.7", "mg/dL", "mmol/L"),
        ("creatinine", "88", "mg/dL", "umol/L"),
        ("creatinine", "0.9", "umol/L", "mg/dL"),
        ("uric-acid", "360", "mg/dL", "umol/L"),
        ("vitamin-d", "140", "ng/mL", "nmol/L"),
        ("hemoglobin", "140", "g/dL", "g/L"),
        ("albumin", "42", "g/dL", "g/L"),
        ("waist", "38", "cm", "[in_i]"),
        ("waist", "95", "[in_i]", "cm"),
        ("height", "69", "cm", "[in_i]"),
        ("height", "175", "[in_i]", "cm"),
        ("sleep", "420", "h", "min"),
        ("peak-flow", "7", "L/min", "L/s"),
    ],
)
def test_a_number_that_is_usual_in_another_unit_is_asked_about(
    key: str, value: str, unit: str, meant: str
) -> None:
    found = measures.suspect(key, Decimal(value), unit)
    assert ("unit", meant) in [(one.kind, one.suggested_unit) for one in found]
    assert found[0].kind == "unit"


@pytest.mark.parametrize(("value", "meant"), [("0.97", "97"), ("1", "100"), (0.9, "90")])
def test_oxygen_as_a_fraction_is_asked_about(value: str | float, meant: str) -> None:
    given_ = Decimal(value) if isinstance(value, str) else value
    found = measures.suspect("oxygen-saturation", given_, "%")
    assert found[0].kind == "fraction"
    assert found[0].suggestion == {"value": Decimal(meant)}
    assert f"Did you mean {meant} %?" in str(found[0].sentence)


@pytest.mark.parametrize(
    ("value", "unit", "inches"),
    [
        ("5.9", "[in_i]", 69),
        ("5.11", "[in_i]", 71),
        ("5.10", "[in_i]", 70),
        ("6", "[in_i]", 72),
        ("5.4", "cm", 64),
    ],
)
def test_feet_and_inches_are_understood(value: str, unit: str, inches: int) -> None:
    found = measures.suspect("height", Decimal(value), unit)
    assert found[0].kind == "feet"
    assert (found[0].suggestion, found[0].suggested_unit) == ({"value": Decimal(inches)}, "[in_i]")
    assert f"{inches // 12} feet and {inches % 12} inches" in str(found[0].sentence)


@pytest.mark.parametrize("value", ["5.12", "5.99", "0.5", "9.1"])
def test_more_inches_than_a_foot_has_are_no_feet(value: str) -> None:
    assert "feet" not in kinds(measures.suspect("height", Decimal(value), "[in_i]"))


@pytest.mark.parametrize("value", ["1.75", "1.6"])
def test_metres_typed_as_centimetres_are_asked_about(value: str) -> None:
    found = measures.suspect("height", Decimal(value), "cm", previous=Decimal(value) * 100)
    assert kinds(found) == ["metres"]
    assert found[0].suggestion == {"value": Decimal(value) * 100}


@pytest.mark.parametrize(
    ("key", "value", "unit", "meant"),
    [
        ("inr", "25", "{INR}", "2.5"),
        ("temperature", "3.66", "Cel", "36.6"),
        ("temperature", "366", "Cel", "36.6"),
        ("potassium", "42", "mmol/L", "4.2"),
        ("oxygen-saturation", "9.7", "%", "97"),
        ("fev1", "285", "L", "2.85"),
        ("tsh", "250", "m[IU]/L", "25"),
    ],
)
def test_a_point_in_the_wrong_place_is_asked_about_in_every_measure(
    key: str, value: str, unit: str, meant: str
) -> None:
    found = measures.suspect(key, Decimal(value), unit)
    assert {"value": Decimal(meant)} in [one.suggestion for one in found if one.kind == "decimal"]


def test_a_measure_may_be_named_and_numbers_may_be_plain() -> None:
    by_row = measures.suspect(WEIGHT, Decimal(154), "kg", Decimal(70))
    assert measures.suspect("weight", 154, "kg", 70.0) == by_row
    (swapped,) = measures.suspect("blood-pressure", {"systolic": 80, "diastolic": 120}, "mm[Hg]")
    assert swapped.kind == "swapped"


@pytest.mark.parametrize(("key", "unit"), [("mood", "kg"), ("weight", "[stone_av]")])
def test_an_unknown_measure_or_unit_is_an_error(key: str, unit: str) -> None:
    with pytest.raises(KeyError):
        measures.suspect(key, Decimal(70), unit)


@pytest.mark.parametrize("value", [True, float("nan"), Decimal("Infinity"), 10**40])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ClinicalInputError):
        measures.suspect("weight", value, "kg")


def test_a_result_read_in_words_is_asked_nothing() -> None:
    strip = measures.get("urine-dipstick")
    values = {part.key: Decimal(0) for part in strip.components}
    assert measures.suspect(strip, values, "{presence}") == ()


NUMBERS = [row for row in measures.MEASURES.values() if not row.components[0].steps]


@given(st.sampled_from(NUMBERS), st.floats(min_value=0, max_value=1))
def test_no_row_asks_about_what_is_usual(row: measures.Measure, share: float) -> None:
    values = {}
    for part in row.components:
        width = part.soft.high - part.soft.low
        values[part.key] = part.soft.low + width * Decimal(str(round(share, 3)))
    if row.key != "blood-pressure" or values["systolic"] > values["diastolic"]:
        assert measures.suspect(row, values, row.canonical) == ()


@given(
    st.sampled_from(NUMBERS),
    st.decimals(min_value="0.01", max_value=100000, places=2),
    st.integers(min_value=0, max_value=2),
)
def test_what_is_unusual_is_always_asked_about(
    row: measures.Measure, value: Decimal, choice: int
) -> None:
    unit = row.choices[choice % len(row.choices)].unit
    part = row.components[0]
    found = measures.suspect(row, {part.key: value}, unit)
    assert bool(found) is not part.soft.holds(row.to_canonical(value, unit))
    for question in found:
        assert "%(" not in str(question.sentence)
        if question.suggestion and question.suggested_unit:
            meant = row.to_canonical(question.suggestion[part.key], question.suggested_unit)
            assert part.soft.holds(meant)
