"""Point scores and questionnaires: every case of the public GDL2 test files, and the edges.

gdl-lang/common-clinical-models, gdl2/*.test.yml (Apache-2.0).
"""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate
from app.clinical.scores.answers import DASI_ITEMS

ADA = ("age", "sex", "gestational_dm", "first_degree_relative", "hypertension", "physically_active")


@pytest.mark.parametrize(
    ("answers", "bmi", "score"),
    [
        ((24, "female", False, False, False, True), 24, 0),
        ((40, "female", False, False, False, True), 25, 2),
        ((50, "female", False, False, False, True), 30, 4),
        ((60, "female", False, False, False, True), 40, 6),
        ((60, "male", True, True, True, False), 40, 10),
        ((60, "female", True, True, True, False), 40, 10),
    ],
)
def test_ada_risk_test(answers: tuple[Any, ...], bmi: float, score: int) -> None:
    found = calculate("ADA_RISK", bmi=bmi, **dict(zip(ADA, answers, strict=True)))
    assert found == {"score": score, "refer": score >= 5}


FINDRISC = ("age", "sex", "bmi", "waist_cm", "bp_drugs", "high_glucose_ever")


@pytest.mark.parametrize(
    ("answers", "active", "greens", "family", "score"),
    [
        ((25, "male", 24, 90, 0, 0), True, True, 0, 0),
        ((25, "male", 30, 90, 1, 0), True, False, 0, 4),
        ((25, "male", 30, 120, 1, 0), True, False, 3, 11),
        ((25, "male", 30, 120, 1, 1), True, False, 3, 16),
        ((40, "male", 35, 120, 1, 1), False, False, 5, 22),
        ((25, "female", 24, 70, 0, 0), True, True, 0, 0),
        ((25, "female", 24, 90, 0, 0), True, True, 3, 7),
        ((50, "female", 28, 100, 0, 0), True, True, 5, 12),
        ((50, "female", 28, 100, 0, 1), False, True, 5, 19),
        ((50, "female", 35, 110, 1, 1), False, False, 5, 24),
    ],
)
def test_findrisc(
    answers: tuple[Any, ...], active: bool, greens: bool, family: int, score: int
) -> None:
    found = calculate(
        "FINDRISC",
        active_30min_day=active,
        daily_fruit_veg=greens,
        family_points=family,
        **dict(zip(FINDRISC, answers, strict=True)),
    )
    assert found["score"] == score


@pytest.mark.parametrize(
    ("sex", "waist", "points"),
    [
        ("male", 93.9, 0),
        ("male", 94, 3),
        ("male", 102, 3),
        ("male", 102.1, 4),
        ("female", 79.9, 0),
        ("female", 80, 3),
        ("female", 88, 3),
        ("female", 88.1, 4),
    ],
)
def test_the_form_counts_the_waist_so(sex: str, waist: float, points: int) -> None:
    low = dict(zip(FINDRISC, (25, sex, 24, waist, 0, 0), strict=True))
    rest = {"active_30min_day": True, "daily_fruit_veg": True, "family_points": 0}
    assert calculate("FINDRISC", **low, **rest)["score"] == points


@pytest.mark.parametrize(
    ("age", "family", "glucose", "band"),
    [
        (64, 3, 0, "low"),
        (65, 3, 0, "slightly elevated"),
        (65, 3, 1, "moderate"),
        (65, 5, 1, "moderate"),
    ],
)
def test_the_form_names_its_bands(age: int, family: int, glucose: int, band: str) -> None:
    low = dict(zip(FINDRISC, (age, "male", 24, 90, 0, glucose), strict=True))
    rest = {"active_30min_day": True, "daily_fruit_veg": True, "family_points": family}
    assert calculate("FINDRISC", **low, **rest)["band"] == band


@pytest.mark.parametrize("met", range(6))
def test_three_signs_make_the_metabolic_syndrome(met: int) -> None:
    answers = [1] * met + [0] * (5 - met)
    assert calculate("METSYN", criteria_met=answers) == {"positive": met >= 3, "criteria": met}


def test_the_metabolic_syndrome_from_measurements() -> None:
    man = {"sex": "male", "waist_cm": 101.9, "tg_mg_dl": 149, "hdl_mg_dl": 40}
    rest = {"sbp": 129, "dbp": 84, "glucose_mg_dl": 99}
    assert calculate("METSYN", **man, **rest) == {"positive": False, "criteria": 0}
    treated = {"tg_tx": True, "hdl_tx": True, "bp_tx": True, "glucose_tx": True}
    assert calculate("METSYN", **man, **rest, **treated)["criteria"] == 4
    woman = {"sex": "female", "waist_cm": 88, "tg_mg_dl": 150, "hdl_mg_dl": 49}
    assert calculate("METSYN", **woman, sbp=120, dbp=85, glucose_mg_dl=100)["criteria"] == 5
    with pytest.raises(ClinicalInputError, match="missing"):
        calculate("METSYN", **man)
    with pytest.raises(ClinicalInputError):
        calculate("METSYN", criteria_met=[0] * 5, **man, **rest)
    with pytest.raises(ClinicalInputError):
        calculate("METSYN")


@pytest.mark.parametrize(("upper", "lower"), [(80, 130), (100, 100)])
def test_the_metabolic_syndrome_refuses_pressures_that_were_swapped(upper: int, lower: int) -> None:
    man = {"sex": "male", "waist_cm": 100, "tg_mg_dl": 100, "hdl_mg_dl": 50, "glucose_mg_dl": 90}
    with pytest.raises(ClinicalInputError, match="swapped"):
        calculate("METSYN", **man, sbp=upper, dbp=lower)


@pytest.mark.parametrize(
    ("items", "total", "severity"),
    [
        ([0] * 9, 0, "Minimal or no depression"),
        ([1] * 9, 9, "Mild depression"),
        ([2] * 9, 18, "Moderately severe depression"),
        ([3] * 9, 27, "Severe depression"),
        ([3, 3, 3, 1, 0, 0, 0, 0, 0], 10, "Moderate depression"),
        ([2, 2, 2, 2, 2, 2, 2, None, None], 18, "Moderately severe depression"),
        ([1, 1, 1, 1, 1, 0, 0, None, 0], 6, "Mild depression"),
    ],
)
def test_phq9(items: list[int | None], total: int, severity: str) -> None:
    found = calculate("PHQ9", items=items)
    assert (found["total"], found["severity"]) == (total, severity)


def test_the_ninth_answer_is_a_flag_of_its_own() -> None:
    assert calculate("PHQ9", items=[0] * 8 + [1])["item_9_positive"] is True
    assert calculate("PHQ9", items=[3] * 8 + [0])["item_9_positive"] is False
    assert calculate("PHQ9", items=[3] * 8 + [None])["item_9_positive"] is None


@pytest.mark.parametrize(
    "items",
    [[0] * 8, [0] * 10, [None] * 3 + [0] * 6, [4] + [0] * 8, [0.5] + [0] * 8, "000000000", 0],
)
def test_phq9_refuses_what_is_not_nine_answers(items: Any) -> None:
    with pytest.raises(ClinicalInputError, match="9 answers"):
        calculate("PHQ9", items=items)


@pytest.mark.parametrize(
    ("items", "total", "severity"),
    [
        ([0] * 7, 0, None),
        ([1, 1, 0, 2, 0, 2, 0], 6, "Mild anxiety"),
        ([3, 2, 3, 2, 0, 2, 1], 13, "Moderate anxiety"),
        ([3, 2, 3, 3, 3, 2, 3], 19, "Severe anxiety"),
    ],
)
def test_gad7(items: list[int], total: int, severity: str | None) -> None:
    assert calculate("GAD7", items=items) == {"total": total, "severity": severity}


NORMAL, MISUSE = "Consistent with normal consumption", "Consistent with alcohol misuse"
HARM = "Consistent with alcohol abuse and possible liver damage"


@pytest.mark.parametrize(
    ("items", "woman", "man"),
    [
        ([0, 0, 0], NORMAL, NORMAL),
        ([0, 0, 1], NORMAL, NORMAL),
        ([0, 1, 1], NORMAL, NORMAL),
        ([1, 1, 1], MISUSE, NORMAL),
        ([2, 1, 1], MISUSE, MISUSE),
        ([1, 2, 3], HARM, HARM),
        ([2, 3, 4], HARM, HARM),
        ([4, 3, 2], HARM, HARM),
        ([3, 2, 1], HARM, HARM),
        ([4, 4, 4], HARM, HARM),
    ],
)
def test_audit_c(items: list[int], woman: str, man: str) -> None:
    for sex, words in (("female", woman), ("male", man)):
        found = calculate("AUDITC", items=items, sex=sex)
        assert (found["total"], found["interpretation"]) == (sum(items), words)


@pytest.mark.parametrize(
    ("able", "dasi", "vo2", "mets"),
    [
        ("............", 0, 9.60, 2.74),
        ("############", 58.20, 34.63, 9.89),
        ("#.#.#.#.#.##", 35.00, 24.65, 7.04),
        ("#.#.#......#", 21.00, 18.63, 5.32),
    ],
)
def test_duke_activity_status_index(able: str, dasi: float, vo2: float, mets: float) -> None:
    labels = [label for _, label, *_ in DASI_ITEMS]
    found = calculate(
        "DASI", **{label: can == "#" for label, can in zip(labels, able, strict=True)}
    )
    assert found["dasi"] == dasi
    assert found["vo2"] == pytest.approx(vo2, abs=0.006)
    assert found["mets"] == pytest.approx(mets, abs=0.01)
