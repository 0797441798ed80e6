"""CHA2DS2-VASc, HAS-BLED and LACE: every case of the public GDL2 test files, and the edges.

gdl-lang/common-clinical-models, gdl2/*.test.yml (Apache-2.0), evaluated on 28 November 2019.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate

CHADS = (
    "Congestive Heart Failure",
    "Hypertension",
    "Stroke/TIA/Thromboembolism",
    "Vascular disease",
    "Diabetes",
)


@pytest.mark.parametrize(
    ("present", "gender", "born", "total"),
    [
        ((0, 0, 0, 0, 0), "Male", 1979, 0),
        ((1, 0, 0, 0, 0), "Male", 1979, 1),
        ((1, 1, 0, 0, 0), "Male", 1979, 2),
        ((1, 1, 0, 1, 0), "Male", 1979, 3),
        ((1, 1, 2, 0, 0), "Male", 1979, 4),
        ((1, 1, 2, 1, 0), "Male", 1979, 5),
        ((1, 1, 2, 1, 1), "Male", 1979, 6),
        ((1, 1, 2, 1, 1), "Male", 1955, 6),
        ((1, 1, 2, 1, 1), "Male", 1954, 7),
        ((1, 1, 2, 1, 1), "Male", 1953, 7),
        ((1, 1, 2, 1, 1), "Female", 1955, 7),
        ((1, 1, 2, 1, 1), "Female", 1945, 8),
        ((1, 1, 2, 1, 1), "Female", 1944, 9),
        ((1, 1, 2, 1, 1), "Male", 1943, 8),
        ((0, 0, 0, 0, 0), "Female", 1979, 1),
    ],
)
def test_cha2ds2_vasc(present: tuple[int, ...], gender: str, born: int, total: int) -> None:
    found = calculate(
        "CHA2DS2VASC",
        Gender=gender,
        Birthdate=f"{born}-02-01T14:54Z",
        **dict(zip(CHADS, present, strict=True)),
    )
    assert found["total"] == total
    assert found["risk"] == ("Low risk", "Intermediate risk", "High risk")[min(total, 2)]


PLAIN = {
    "heart_failure": False,
    "hypertension": False,
    "stroke": False,
    "vascular_disease": False,
    "diabetes": False,
    "sex": "male",
}


@pytest.mark.parametrize(
    ("born", "today", "total"),
    [
        (date(1955, 2, 1), date(2020, 1, 31), 0),
        (date(1955, 2, 1), date(2020, 2, 1), 1),
        (date(1955, 2, 1), date(2030, 2, 1), 2),
    ],
)
def test_age_counts_from_the_birthday_of_the_day_asked(born: date, today: date, total: int) -> None:
    assert calculate("CHA2DS2VASC", **PLAIN, birthdate=born, today=today)["total"] == total


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"age": 70, "birthdate": date(1950, 1, 1)},
        {"birthdate": "soon"},
        {"birthdate": 1950},
        {"birthdate": date(1950, 1, 1)},
        {"birthdate": date(1950, 1, 1), "Birthdate": date(1950, 1, 1), "today": date(2026, 1, 1)},
        {"birthdate": date(2010, 1, 1), "today": date(2026, 1, 1)},
        {"birthdate": date(2030, 1, 1), "today": date(2026, 1, 1)},
        {"birthdate": date(1880, 1, 1), "today": date(2026, 1, 1)},
    ],
)
def test_an_age_that_cannot_be_is_refused(when: dict[str, Any]) -> None:
    with pytest.raises(ClinicalInputError):
        calculate("CHA2DS2VASC", **PLAIN, **when)


BLED: dict[str, Any] = {
    "Systolic": 120,
    "CR Result mircomol/L": 170,
    "Total Bilirubin": 2,
    "Birthdate": "1959-06-30T07:55Z",
    "Standard Drinks": 1,
    "Hypertension History": 0,
    "Renal Disease": 0,
    "Liver Disease": 0,
    "Stroke History": 0,
    "Prior Major Bleeding or Predisposition to Bleeding": 0,
    "Labile INR": 0,
    "Medication Usage Predisposing to Bleeding": 0,
    "Alcohol or Drug Usage History": 0,
    "ALT Result": 120,
    "ALP Result": 120,
    "AST Result": 120,
}
KIDNEY = {
    "Systolic": 160,
    "CR Result mircomol/L": 201,
    "Hypertension History": 1,
    "Renal Disease": 1,
}
MANY = {
    **KIDNEY,
    "Birthdate": "1939-06-30T07:55Z",
    "Stroke History": 1,
    "Prior Major Bleeding or Predisposition to Bleeding": 1,
    "Labile INR": 1,
    "Medication Usage Predisposing to Bleeding": 1,
}


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({"Systolic": 150, "CR Result mircomol/L": 199, "Standard Drinks": 7}, 0),
        ({"Systolic": 170, "CR Result mircomol/L": 201, "Standard Drinks": 7}, 2),
        ({"Systolic": 150, "Hypertension History": 1, "Renal Disease": 1}, 2),
        (KIDNEY, 2),
        ({**MANY, "Standard Drinks": 8}, 8),
        ({**MANY, "Alcohol or Drug Usage History": 1}, 8),
        ({"Total Bilirubin": 3}, 0),
        ({"AST Result": 145}, 0),
        ({"ALP Result": 350, "AST Result": 130}, 0),
        ({"ALT Result": 170, "ALP Result": 200, "AST Result": 130}, 0),
        ({"Liver Disease": 1, "ALT Result": 160, "ALP Result": 200, "AST Result": 130}, 0),
        ({"ALT Result": 160, "ALP Result": 200, "AST Result": 130}, 0),
    ],
)
def test_has_bled(given: dict[str, Any], total: int) -> None:
    assert calculate("HASBLED", **{**BLED, **given})["total"] == total


BLED_PLAIN = {
    "age": 60,
    "hypertension": False,
    "renal_disease": False,
    "liver_disease": False,
    "stroke": False,
    "bleeding": False,
    "labile_inr": False,
    "drugs": False,
    "alcohol": False,
}
BLED_MEASURED = {
    **BLED_PLAIN,
    "sbp": 120,
    "creatinine_umol_l": 90,
    "bilirubin_mg_dl": 1,
    "drinks_per_week": 1,
}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sbp": None}, "sbp"),
        ({"creatinine_umol_l": None}, "creatinine_umol_l"),
        ({"bilirubin_mg_dl": None}, "bilirubin_mg_dl"),
        ({"drinks_per_week": None}, "drinks_per_week"),
        ({"bilirubin_mg_dl": 3}, "alt"),
        ({"bilirubin_mg_dl": 3, "alt": 20, "alp": 80}, "ast"),
    ],
)
def test_a_missing_measurement_is_not_taken_for_a_healthy_one(
    given: dict[str, Any], field: str
) -> None:
    told = {key: value for key, value in {**BLED_MEASURED, **given}.items() if value is not None}
    with pytest.raises(ClinicalInputError) as refused:
        calculate("HASBLED", **told)
    assert refused.value.field == field


def test_a_plain_yes_needs_no_measurement() -> None:
    said = dict.fromkeys(("hypertension", "renal_disease", "liver_disease", "alcohol"), True)
    assert calculate("HASBLED", **{**BLED_PLAIN, **said})["total"] == 4


def test_known_liver_disease_counts_under_its_plain_name_whatever_the_tests() -> None:
    normal = {"bilirubin_mg_dl": 1, "alt": 20, "alp": 80, "ast": 20}
    found = calculate("HASBLED", **{**BLED_MEASURED, "liver_disease": True, **normal})
    assert (found["total"], found["warnings"]) == (1, [])
    published = calculate("HASBLED", **{**BLED, "Liver Disease": 1})
    assert "known liver disease" in published["warnings"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sbp", 39),
        ("sbp", 301),
        ("creatinine_umol_l", 1.2),
        ("creatinine_umol_l", 1769),
        ("bilirubin_mg_dl", 101),
        ("drinks_per_week", -1),
    ],
)
def test_has_bled_refuses_a_measurement_in_another_unit(field: str, value: float) -> None:
    """A creatinine of 1.2 is in mg/dL, and would count as healthy in umol/L."""
    with pytest.raises(ClinicalInputError) as refused:
        calculate("HASBLED", **{**BLED_MEASURED, field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({}, 0),
        ({"sbp": 160}, 0),
        ({"sbp": 161}, 1),
        ({"creatinine_umol_l": 200}, 0),
        ({"creatinine_umol_l": 201}, 1),
        ({"bilirubin_mg_dl": 2.5, "alt": 166}, 1),
        ({"bilirubin_mg_dl": 2.4, "alt": 166}, 0),
        ({"drinks_per_week": 8}, 1),
        ({"age": 65}, 0),
        ({"age": 66}, 1),
        (dict.fromkeys([*BLED_PLAIN][1:], True) | {"age": 66}, 9),
    ],
)
def test_has_bled_by_its_plain_names(given: dict[str, Any], total: int) -> None:
    assert calculate("HASBLED", **{**BLED_MEASURED, **given})["total"] == total


LACE = (
    "Length of Stay",
    "Admission type",
    "Charlson Comorbidity Index",
    "Number of previous ED visits within 6 months",
)


@pytest.mark.parametrize(
    ("points", "total", "risk", "percent"),
    [
        ((0, 0, 0, 0), 0, "Low", 2),
        ((0, 3, 3, 3), 9, "Low", 10.3),
        ((0, 3, 3, 4), 10, "High", 12.2),
        ((7, 3, 5, 4), 19, "High", 43.7),
        ((3, 0, 3, 3), 9, "Low", 10.3),
        ((4.0, 3.0, 5.0, 4.0), 16, "High", 30.4),
        ((5, 3, 5, 4), 17, "High", 34.6),
    ],
)
def test_lace(points: tuple[float, ...], total: int, risk: str, percent: float) -> None:
    found = calculate("LACE", **dict(zip(LACE, points, strict=True)))
    assert found == {"total": total, "risk": risk, "probability_pct": percent}


@pytest.mark.parametrize("points", [(6, 0, 0, 0), (0, 1, 0, 0), (0, 0, 4, 0), (0, 0, 0, 5)])
def test_lace_refuses_points_that_nobody_can_have(points: tuple[int, ...]) -> None:
    with pytest.raises(ClinicalInputError):
        calculate("LACE", **dict(zip(LACE, points, strict=True)))
