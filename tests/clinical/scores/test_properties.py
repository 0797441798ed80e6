"""What must hold for every person: direction, units, order, and the kind of number given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.clinical.scores import calculate

SEXES = st.sampled_from(["female", "male"])
AGES = st.integers(18, 110)

# One ordinary call of each score: the person every change below starts from.
CALLS: dict[str, dict[str, Any]] = {
    "PCE_2013": {
        "age": 55,
        "sex": "male",
        "race_eth": "white",
        "total_c": 213,
        "hdl_c": 50,
        "sbp": 120,
        "bp_tx": False,
        "dm": False,
        "smoking": False,
    },
    "CKD_EPI_2021": {"age": 60, "sex": "female", "creatinine": 1.1, "unit": "mg/dL"},
    "KDIGO_RISK": {"egfr": 70, "uacr_mg_g": 20},
    "UACR": {"albumin_mg_dl": 3, "creatinine_mg_dl": 90},
    "COCKCROFT_GAULT": {"age": 60, "sex": "male", "weight_kg": 80, "creatinine_mg_dl": 1},
    "ADA_RISK": {
        "age": 45,
        "sex": "male",
        "gestational_dm": False,
        "first_degree_relative": False,
        "hypertension": False,
        "physically_active": True,
        "bmi": 24,
    },
    "FINDRISC": {
        "age": 50,
        "sex": "male",
        "bmi": 24,
        "waist_cm": 90,
        "bp_drugs": False,
        "high_glucose_ever": False,
        "active_30min_day": True,
        "daily_fruit_veg": True,
        "family_points": 0,
    },
    "FIB4": {"age": 50, "ast": 30, "alt": 30, "platelets": 200},
    "NAFLD_FS": {
        "age": 50,
        "bmi": 28,
        "ifg_or_dm": False,
        "ast": 30,
        "alt": 30,
        "platelets": 200,
        "albumin_g_dl": 4,
    },
    "FLI": {"bmi": 27, "waist_cm": 90, "ggt": 30, "tg": 150, "tg_unit": "mg/dL"},
    "BMI": {"weight_kg": 70, "height_cm": 175},
    "LDL_FRIEDEWALD": {
        "tc": 200,
        "tc_unit": "mg/dL",
        "hdl": 50,
        "hdl_unit": "mg/dL",
        "tg": 100,
        "tg_unit": "mg/dL",
    },
    "EAG": {"a1c_pct": 7},
    "A1C_UNITS": {"ngsp_pct": 7},
    "GMI": {"mean_glucose": 150, "unit": "mg/dL"},
    "MAP": {"sbp": 120, "dbp": 80},
}
# Which result moves when one input rises, and in which direction.
MOVES = [
    ("PCE_2013", "total_c", 1, "ascvd_10y_pct"),
    ("PCE_2013", "hdl_c", -1, "ascvd_10y_pct"),
    ("PCE_2013", "sbp", 1, "ascvd_10y_pct"),
    ("PCE_2013", "age", 1, "ascvd_10y_pct"),
    ("CKD_EPI_2021", "creatinine", -1, "egfr_exact"),
    ("CKD_EPI_2021", "age", -1, "egfr_exact"),
    ("UACR", "albumin_mg_dl", 1, "uacr_mg_g"),
    ("UACR", "creatinine_mg_dl", -1, "uacr_mg_g"),
    ("COCKCROFT_GAULT", "age", -1, "crcl"),
    ("COCKCROFT_GAULT", "weight_kg", 1, "crcl"),
    ("COCKCROFT_GAULT", "creatinine_mg_dl", -1, "crcl"),
    ("FIB4", "age", 1, "fib4"),
    ("FIB4", "ast", 1, "fib4"),
    ("FIB4", "alt", -1, "fib4"),
    ("FIB4", "platelets", -1, "fib4"),
    ("NAFLD_FS", "age", 1, "nfs"),
    ("NAFLD_FS", "bmi", 1, "nfs"),
    ("NAFLD_FS", "ast", 1, "nfs"),
    ("NAFLD_FS", "platelets", -1, "nfs"),
    ("NAFLD_FS", "albumin_g_dl", -1, "nfs"),
    ("FLI", "bmi", 1, "fli"),
    ("FLI", "waist_cm", 1, "fli"),
    ("FLI", "ggt", 1, "fli"),
    ("FLI", "tg", 1, "fli"),
    ("BMI", "weight_kg", 1, "bmi"),
    ("BMI", "height_cm", -1, "bmi"),
    ("LDL_FRIEDEWALD", "tc", 1, "ldl_mg_dl"),
    ("LDL_FRIEDEWALD", "hdl", -1, "ldl_mg_dl"),
    ("LDL_FRIEDEWALD", "tg", -1, "ldl_mg_dl"),
    ("EAG", "a1c_pct", 1, "eag_mg_dl"),
    ("A1C_UNITS", "ngsp_pct", 1, "ifcc_mmol_mol"),
    ("GMI", "mean_glucose", 1, "gmi_pct"),
    ("MAP", "sbp", 1, "map"),
    ("MAP", "dbp", 1, "map"),
    ("ADA_RISK", "age", 1, "score"),
    ("ADA_RISK", "bmi", 1, "score"),
    ("FINDRISC", "age", 1, "score"),
    ("FINDRISC", "bmi", 1, "score"),
    ("FINDRISC", "waist_cm", 1, "score"),
]


@pytest.mark.parametrize(("score", "key", "direction", "result"), MOVES)
@given(share=st.floats(1, 1.4))
def test_a_result_moves_the_way_the_science_says(
    score: str, key: str, direction: int, result: str, share: float
) -> None:
    before = calculate(score, **CALLS[score])[result]
    after = calculate(score, **{**CALLS[score], key: CALLS[score][key] * share})[result]
    assert (after - before) * direction >= -1e-9


@pytest.mark.parametrize("score", CALLS)
@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(score: str, chance: Any) -> None:
    given = list(CALLS[score].items())
    chance.shuffle(given)
    assert calculate(score, **dict(given)) == calculate(score, **CALLS[score])


@pytest.mark.parametrize("score", CALLS)
@pytest.mark.parametrize("kind", [float, lambda number: Decimal(str(number))])
def test_a_number_may_be_of_any_kind(score: str, kind: Any) -> None:
    given = {
        key: kind(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for key, value in CALLS[score].items()
    }
    assert calculate(score, **given) == calculate(score, **CALLS[score])


@given(SEXES, AGES, st.floats(0.21, 19.9))
def test_creatinine_in_moles_is_the_same_filtration(sex: str, age: int, mg: float) -> None:
    mass = calculate("CKD_EPI_2021", sex=sex, age=age, creatinine=mg, unit="mg/dL")
    moles = calculate("CKD_EPI_2021", sex=sex, age=age, creatinine=mg * 88.4, unit="umol/L")
    assert moles["egfr_exact"] == pytest.approx(mass["egfr_exact"])
    clearance = {"sex": sex, "age": age, "weight_kg": 70}
    assert calculate("COCKCROFT_GAULT", **clearance, creatinine_umol_l=mg * 88.4) == pytest.approx(
        calculate("COCKCROFT_GAULT", **clearance, creatinine_mg_dl=mg)
    )


@given(st.floats(150, 300), st.floats(25, 90), st.floats(20, 280))
def test_lipids_in_moles_are_the_same_ldl(tc: float, hdl: float, tg: float) -> None:
    mass = {"tc_unit": "mg/dL", "hdl_unit": "mg/dL", "tg_unit": "mg/dL"}
    moles = {"tc_unit": "mmol/L", "hdl_unit": "mmol/L", "tg_unit": "mmol/L"}
    in_moles = {"tc": tc / 38.665, "hdl": hdl / 38.665, "tg": tg / 88.57}
    assume(tc - hdl - tg / 5 > 1)
    there = calculate("LDL_FRIEDEWALD", **in_moles, **moles)
    assert there == pytest.approx(calculate("LDL_FRIEDEWALD", tc=tc, hdl=hdl, tg=tg, **mass))


ANSWERS = st.lists(st.integers(0, 3), min_size=9, max_size=9)


@given(ANSWERS, st.integers(0, 8))
def test_a_worse_answer_never_lowers_the_total(items: list[int], which: int) -> None:
    worse = [min(3, one + (place == which)) for place, one in enumerate(items)]
    assert calculate("PHQ9", items=items)["total"] <= calculate("PHQ9", items=worse)["total"]


@given(ANSWERS, st.randoms(use_true_random=False))
def test_which_question_was_answered_how_does_not_change_the_total(
    items: list[int], chance: Any
) -> None:
    mixed = [*items]
    chance.shuffle(mixed)
    assert calculate("PHQ9", items=mixed)["total"] == sum(items)


CONDITIONS = ("heart_failure", "hypertension", "stroke", "vascular_disease", "diabetes")


@given(st.lists(st.booleans(), min_size=5, max_size=5), SEXES, AGES, st.sampled_from(CONDITIONS))
def test_one_more_illness_never_lowers_the_stroke_score(
    present: list[bool], sex: str, age: int, more: str
) -> None:
    person = {**dict(zip(CONDITIONS, present, strict=True)), "sex": sex, "age": age}
    before = calculate("CHA2DS2VASC", **person)["total"]
    after = calculate("CHA2DS2VASC", **{**person, more: True})["total"]
    assert before <= after <= 9
