"""Questions about blood pressure: tenths of the numbers, and numbers far from one's own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures

PRESSURE = measures.get("blood-pressure")
BEFORE = {"systolic": Decimal(145), "diastolic": Decimal(90)}


def pair(upper: str | int, lower: str | int) -> dict[str, Decimal]:
    return {"systolic": Decimal(upper), "diastolic": Decimal(lower)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(("14", "9"), (140, 90)), (("12", "8"), (120, 80)), (("14.5", "9"), (145, 90))],
)
def test_centimetres_of_mercury_are_guessed_first(
    typed: tuple[str, str], meant: tuple[int, int]
) -> None:
    (asked,) = measures.suspect(PRESSURE, pair(*typed), "mm[Hg]")
    assert (asked.kind, asked.suggested_unit) == ("tens", "mm[Hg]")
    assert asked.suggestion == pair(*meant)
    assert f"Did you mean {meant[0]} over {meant[1]} mmHg?" in str(asked.sentence)


def test_entry_in_tenths_is_answered_once_and_without_another_unit() -> None:
    checked = measures.check(PRESSURE, {"systolic": "14", "diastolic": "9"}, "mm[Hg]")
    assert {key: str(said) for key, said in checked.problems.items()} == {
        "systolic": "You wrote 14 over 9 mmHg. Did you mean 140 over 90 mmHg?"
    }


def test_one_number_in_tenths_is_guessed_before_the_other_unit() -> None:
    checked = measures.check(PRESSURE, {"systolic": "14", "diastolic": "90"}, "mm[Hg]")
    assert str(checked.problems["systolic"]) == "You wrote 14 mmHg. Did you mean 140 mmHg?"
    kinds = [one.kind for one in measures.suspect(PRESSURE, {"systolic": Decimal(14)}, "mm[Hg]")]
    assert kinds == ["tens", "unit"]


def test_tenths_under_kpa_are_asked_about_beside_the_last_readings() -> None:
    (asked,) = measures.suspect(PRESSURE, pair(14, 9), "kPa", BEFORE)
    assert (asked.kind, asked.suggestion) == ("tens", pair(140, 90))
    assert str(asked.sentence) == (
        "You wrote 14 over 9 kPa, which is 105 over 68 mmHg."
        " Your last readings were about 145 over 90 mmHg. Did you mean 140 over 90 mmHg?"
    )


def test_first_reading_in_bare_kpa_is_asked_about() -> None:
    (asked,) = measures.suspect(PRESSURE, pair(14, 9), "kPa")
    assert asked.suggestion == pair(140, 90)
    assert measures.suspect(PRESSURE, pair("16.5", "10.7"), "kPa") == ()


@pytest.mark.parametrize(
    ("upper", "lower", "asked"),
    [
        (175, 90, 0),
        (176, 90, 1),
        (115, 90, 0),
        (114, 90, 1),
        (145, 110, 0),
        (145, 111, 1),
        (145, 70, 0),
        (145, 69, 1),
    ],
)
def test_pressure_that_leaps_is_asked_about_and_a_usual_change_is_not(
    upper: int, lower: int, asked: int
) -> None:
    found = measures.suspect(PRESSURE, pair(upper, lower), "mm[Hg]", BEFORE)
    assert [one.kind for one in found] == ["jump"] * asked
    for one in found:
        assert "Your last readings were about 145 over 90 mmHg" in str(one.sentence)
        assert str(one.sentence).endswith("Is the new reading right?")


def test_usual_reading_in_kpa_is_asked_nothing() -> None:
    assert measures.suspect(PRESSURE, pair("19.3", "12.0"), "kPa", BEFORE) == ()


@given(
    st.decimals(min_value=1, max_value=400, places=1),
    st.decimals(min_value=1, max_value=400, places=1),
    st.sampled_from(["mm[Hg]", "kPa"]),
    st.none() | st.just(BEFORE),
)
def test_every_question_can_be_said_and_every_guess_is_usual(
    upper: Decimal, lower: Decimal, unit: str, before: dict[str, Decimal] | None
) -> None:
    values = {"systolic": upper, "diastolic": lower}
    for one in measures.suspect(PRESSURE, values, unit, before):
        assert "%(" not in str(one.sentence)
        if one.suggestion and one.suggested_unit and one.kind != "swapped":
            for key, value in one.suggestion.items():
                meant = PRESSURE.to_canonical(value, one.suggested_unit)
                assert PRESSURE.component(key).soft.holds(meant)


@pytest.mark.parametrize(
    ("typed", "field", "meant"),
    [(("120", "800"), "diastolic", 80), (("1.2", "80"), "systolic", 120)],
)
def test_misplaced_point_is_asked_about_rather_than_an_absurd_swap(
    typed: tuple[str, str], field: str, meant: int
) -> None:
    (asked,) = measures.suspect(PRESSURE, pair(*typed), "mm[Hg]")
    assert (asked.kind, asked.field, asked.suggestion) == ("decimal", field, {field: meant})


@pytest.mark.parametrize("typed", [("120", "120"), ("400", "500"), ("0", "0")])
def test_numbers_no_turning_explains_are_to_be_checked_both(typed: tuple[str, str]) -> None:
    (asked,) = measures.suspect(PRESSURE, pair(*typed), "mm[Hg]")
    assert asked.suggestion is None
    assert "Please check both numbers." in str(asked.sentence)


def test_lower_number_is_never_guessed_up_to_the_upper_one() -> None:
    for asked in measures.suspect(PRESSURE, pair("135", "13.5"), "mm[Hg]"):
        assert (asked.suggestion, asked.suggested_unit) != ({"diastolic": Decimal(135)}, "mm[Hg]")


@given(
    upper=st.decimals(min_value=0, max_value=2000, places=1),
    lower=st.decimals(min_value=0, max_value=2000, places=1),
)
def test_every_guess_at_a_pressure_has_its_upper_number_above(
    upper: Decimal, lower: Decimal
) -> None:
    values = {"systolic": upper, "diastolic": lower}
    for asked in measures.suspect(PRESSURE, values, "mm[Hg]"):
        if asked.suggestion and asked.suggested_unit == "mm[Hg]":
            meant = {**values, **asked.suggestion}
            assert meant["systolic"] > meant["diastolic"]
