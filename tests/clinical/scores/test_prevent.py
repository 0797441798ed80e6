"""PREVENT against every published figure, at every boundary, and as a function of its inputs."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate
from app.clinical.scores.prevent import OUTCOMES, coefficients
from tests.clinical.scores.published_prevent import PCE_ROWS, PERSON, ROWS
from tests.clinical.shared import shared


def risks(years: int = 10, **given: Any) -> dict[str, Any]:
    return calculate("PREVENT", years=years, **{**PERSON, **given})


@pytest.mark.parametrize(("given", "model", "years", "expected"), ROWS)
def test_each_published_person_has_the_published_risks(
    given: dict[str, Any], model: str, years: int, expected: tuple[int, ...]
) -> None:
    found = risks(years, **given)
    assert tuple(round(found[each] * 1000) for each in OUTCOMES) == expected
    assert (found["model"], found["years"]) == (model, years)


@pytest.mark.parametrize(("given", "race", "per_mille"), PCE_ROWS)
def test_the_equations_of_2013_agree_for_the_same_people(
    given: dict[str, Any], race: str, per_mille: int
) -> None:
    asked = ("age", "sex", "sbp", "bp_tx", "total_c", "hdl_c", "dm", "smoking")
    person = {**PERSON, **given}
    found = calculate("PCE_2013", race_eth=race, **{key: person[key] for key in asked})
    assert found["ascvd_10y_pct"] == pytest.approx(per_mille / 10, abs=0.0501)


@pytest.mark.parametrize(
    ("sex", "race", "percent"),
    [
        ("female", "white", 2.1),
        ("female", "black", 3.0),
        ("male", "white", 5.3),
        ("male", "black", 6.1),
    ],
)
def test_the_worked_example_of_the_2013_guideline(sex: str, race: str, percent: float) -> None:
    found = calculate(
        "PCE_2013",
        age=55,
        sex=sex,
        race_eth=race,
        total_c=213,
        hdl_c=50,
        sbp=120,
        bp_tx=False,
        dm=False,
        smoking=False,
    )
    assert found["ascvd_10y_pct"] == pytest.approx(percent, abs=0.1)


def test_every_coefficient_is_the_published_one() -> None:
    tables = json.loads(shared("clinical/prevent_coefficients.json").read_text("utf-8"))["tables"]
    columns = [f"{sex}_{outcome}" for sex in ("female", "male") for outcome in OUTCOMES]
    for name, rows in tables.items():
        model, years = name.split("_")
        mine = coefficients()[model, int(years.removesuffix("yr"))]
        for column in columns:
            assert list(mine[column].values()) == [row[column] for row in rows]


@pytest.mark.parametrize(
    ("key", "low", "high", "step"),
    [
        ("age", 30, 79, 1),
        ("total_c", 130, 320, 1),
        ("hdl_c", 20, 100, 1),
        ("sbp", 90, 180, 1),
        ("bmi", 18.5, 39.9, 0.1),
        ("egfr", 15, 140, 1),
        ("hba1c", 4.5, 15, 0.1),
        ("uacr", 0.1, 25000, 0.01),
        ("sdi", 1, 10, 1),
    ],
)
def test_each_boundary_is_permitted_and_a_step_beyond_refused(
    key: str, low: float, high: float, step: float
) -> None:
    for inside in (low, high):
        assert 0 < risks(**{key: inside})["total_cvd"] < 1
    for outside in (low - step, high + step):
        with pytest.raises(ClinicalInputError) as refusal:
            risks(**{key: outside})
        assert refusal.value.field == key
        assert str(low) in str(refusal.value)
        assert refusal.value.source


def test_thirty_years_end_at_fifty_nine() -> None:
    assert risks(30, age=59)["years"] == 30
    with pytest.raises(ClinicalInputError, match="30 to 59"):
        risks(30, age=60)


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": "50"},
        {"age": True},
        {"age": float("nan")},
        {"age": Decimal("NaN")},
        {"age": Decimal("sNaN")},
        {"age": float("inf")},
        {"age": 10**400},
        {"age": Decimal("1E+999999")},
        {"age": [50]},
        {"sex": "other"},
        {"sex": 1},
        {"sex": None},
        {"dm": "potato"},
        {"dm": 2},
        {"dm": None},
        {"smoking": 0.5},
        {"sdi": 3.5},
        {"years": 20},
        {"years": "soon"},
        {"chol_unit": "g/L"},
        {"zip": "14738"},
        {"sdi": 3, "sdi_decile": 3},
    ],
)
def test_what_is_no_answer_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        calculate("PREVENT", **{**PERSON, "years": 10, **wrong})
    assert refusal.value.field == next(iter(wrong))


@pytest.mark.parametrize("key", [*PERSON, "years"])
def test_each_missing_answer_is_named(key: str) -> None:
    given = {**PERSON, "years": 10}
    del given[key]
    with pytest.raises(ClinicalInputError, match="missing") as refusal:
        calculate("PREVENT", **given)
    assert refusal.value.field == key


def test_an_optional_result_that_is_none_was_not_measured() -> None:
    assert risks(hba1c=None, uacr=None, sdi=None) == risks()


def test_yes_and_no_may_be_one_and_zero_and_numbers_decimal() -> None:
    assert risks(dm=1, smoking=0, bmi=Decimal(35), age=50.0) == risks()


def test_cholesterol_may_be_in_moles() -> None:
    moles = {"total_c": 200 * 0.02586, "hdl_c": 45 * 0.02586, "chol_unit": "mmol/L"}
    assert risks(**moles) == risks()
    with pytest.raises(ClinicalInputError, match=r"3\.36 to 8\.28 mmol/L"):
        risks(total_c=3.3, hdl_c=1.2, chol_unit="mmol/L")


PEOPLE = st.fixed_dictionaries(
    {
        "age": st.integers(30, 59),
        "sex": st.sampled_from(["female", "male"]),
        "sbp": st.integers(90, 170),
        "bp_tx": st.booleans(),
        "total_c": st.integers(130, 320),
        "hdl_c": st.integers(20, 100),
        "statin": st.booleans(),
        "dm": st.booleans(),
        "smoking": st.booleans(),
        "egfr": st.integers(15, 140),
        "bmi": st.integers(19, 39),
    }
)
YEARS = st.sampled_from([10, 30])


@given(PEOPLE, YEARS)
def test_risk_is_a_probability_and_parts_are_below_the_whole(
    person: dict[str, Any], years: int
) -> None:
    found = calculate("PREVENT", years=years, **person)
    for each in OUTCOMES:
        assert 0 <= found[each] <= 1
    assert found["ascvd"] <= found["total_cvd"]


@given(PEOPLE, YEARS)
def test_a_smoker_is_never_at_lower_risk(person: dict[str, Any], years: int) -> None:
    before, after = (
        calculate("PREVENT", years=years, **{**person, "smoking": smoking})
        for smoking in (False, True)
    )
    assert all(before[each] <= after[each] for each in OUTCOMES)


@given(PEOPLE, YEARS)
def test_the_order_of_the_answers_does_not_matter(person: dict[str, Any], years: int) -> None:
    backwards = dict(reversed(person.items()))
    assert calculate("PREVENT", years=years, **person) == calculate(
        "PREVENT", **backwards, years=years
    )


HEALTHY = {
    "sbp": 120,
    "bp_tx": False,
    "total_c": 180,
    "hdl_c": 50,
    "statin": False,
    "dm": False,
    "smoking": False,
    "egfr": 90,
    "bmi": 24,
}


@given(st.integers(30, 69), st.sampled_from(["female", "male"]))
def test_ten_more_years_raise_the_ten_year_risk_of_the_healthy(age: int, sex: str) -> None:
    before, after = (
        calculate("PREVENT", years=10, age=one, sex=sex, **HEALTHY) for one in (age, age + 10)
    )
    assert all(before[each] < after[each] for each in OUTCOMES)
