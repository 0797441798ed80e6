"""The statin rule of 2018 as a public GDL2 file encodes it, case by case.

gdl-lang/common-clinical-models, gdl2/ASCVD_risk_statin_recommendation.v1.test.yml (Apache-2.0).
"""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate

HIGH = "High-intensity statin recommended."
MODERATE_TO_HIGH = "Moderate to high-intensity statin recommended."
MODERATE = "Moderate-intensity statin recommended."
NONE = "No statin recommended."
LDL = "LDL Cholesterol ≥190mg/dL (4.92 mmol/L)"
KEYS = (
    "Systolic blood pressure",
    "HDL Cholesterol",
    "Total Cholesterol",
    "Age",
    "Sex",
    "Race",
    "Treatment for hypertension",
    "Diabetes",
    "Smoker",
)


@pytest.mark.parametrize(
    ("person", "risk", "recommendation"),
    [
        ((120, 50, 214, 55, "Female", "White", "No", 0, 0), 2.1, NONE),
        ((140, 50, 214, 55, "Female", "Other", "Yes", 0, 0), 3.83, NONE),
        ((140, 40, 250, 55, "Female", "White", "Yes", 1, 1), 23.83, HIGH),
        ((140, 40, 250, 55, "Female", "African American", "Yes", 1, 1), 42.8, HIGH),
        ((110, 50, 215, 55, "Female", "African American", "No", 0, 0), 2.3, NONE),
        ((110, 50, 215, 55, "Male", "White", "No", 0, 0), 4.7, NONE),
        ((150, 45, 215, 55, "Male", "White", "Yes", 0, 0), 10.2, MODERATE_TO_HIGH),
        ((120, 50, 200, 55, "Male", "African American", "No", 0, 1), 10.1, MODERATE_TO_HIGH),
        ((130, 1.29, 5.51, 55, "Male", "African American", "Yes", 0, 1), 19.0, MODERATE_TO_HIGH),
        ((120, 1.29, 5.51, 55, "Female", "Other", "No", 0, 1), 5.1, MODERATE),
        ((140, 50, 260, 67, "Male", "Other", "Yes", 1, 1), 48.9, HIGH),
    ],
)
def test_each_published_case(person: tuple[Any, ...], risk: float, recommendation: str) -> None:
    given = dict(zip(KEYS, person, strict=True))
    found = calculate("STATIN_2018_RULE", **given, **{"History of ASCVD": "No", LDL: "No"})
    assert found["recommendation"] == recommendation
    assert found["ascvd_10y_pct"] == pytest.approx(risk, abs=0.05)


def test_known_disease_and_very_high_ldl_decide_alone() -> None:
    known = calculate("STATIN_2018_RULE", Age=56, **{"History of ASCVD": "Yes"})
    assert known["recommendation"] == HIGH
    ldl = calculate("STATIN_2018_RULE", **{"History of ASCVD": "No", LDL: "Yes"})
    assert ldl["recommendation"] == HIGH


def test_nothing_given_names_what_would_decide() -> None:
    found = calculate("STATIN_2018_RULE")
    assert found["recommendation"] is None
    assert {"age", "sex", "sbp", "hdl_c"} <= set(found["needs"])


@pytest.mark.parametrize(
    ("answers", "needs"),
    [
        ({}, ["history_of_ascvd", "ldl_190"]),
        ({"History of ASCVD": "No"}, ["ldl_190"]),
        ({LDL: "No"}, ["history_of_ascvd"]),
        ({LDL: "Yes"}, ["history_of_ascvd"]),
    ],
)
def test_an_answer_left_out_is_named_when_all_else_is_given(
    answers: dict[str, str], needs: list[str]
) -> None:
    person = dict(zip(KEYS, (120, 50, 214, 55, "Female", "White", "No", 0, 0), strict=True))
    found = calculate("STATIN_2018_RULE", **person, **answers)
    assert found == {"recommendation": None, "needs": needs}


def test_known_disease_asks_only_for_the_age() -> None:
    found = calculate("STATIN_2018_RULE", **{"History of ASCVD": "Yes"})
    assert found["needs"] == ["age"]


@pytest.mark.parametrize("age", [30, 39, 76, 80])
def test_an_age_the_rule_does_not_know_is_refused(age: int) -> None:
    with pytest.raises(ClinicalInputError, match="40 to 75"):
        calculate("STATIN_2018_RULE", Age=age, **{"History of ASCVD": "Yes"})


@pytest.mark.parametrize(("hdl", "total"), [(5, 200), (101, 200), (50, 100), (50, 8.9), (0.4, 200)])
def test_a_cholesterol_that_fits_neither_unit_is_refused(hdl: float, total: float) -> None:
    person = dict(zip(KEYS, (120, hdl, total, 55, "Male", "White", "No", 0, 0), strict=True))
    with pytest.raises(ClinicalInputError):
        calculate("STATIN_2018_RULE", **person, **{"History of ASCVD": "No", LDL: "No"})
