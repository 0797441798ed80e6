"""Life's Essential 8: the published fixture, every boundary, and what is refused.

Figures of thatoneguy006/essential8: inst/extdata/le8-adult-example.csv and tests/testthat.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate
from app.clinical.scores.life8 import MEPA_ITEMS

PASSES = dict(zip(MEPA_ITEMS, (2, 1, 2, 2, 7, 1, 3, 3, 4, 3, 5, 4, 5, 4, 1, 1), strict=True))
FAILS = dict(zip(MEPA_ITEMS, (1, 0, 1, 1, 6, 0, 2, 2, 3, 4, 6, 5, 6, 5, 2, 0), strict=True))
# The order in which the published fixture lets the answers fail.
ORDER = (
    "olive_oil",
    "green_leafy_vegetables",
    "other_vegetables",
    "berries",
    "other_fruit",
    "meat",
    "fish",
    "chicken",
    "cheese",
    "butter_cream",
    "beans",
    "whole_grains",
    "sweets_and_pastries",
    "nuts",
    "fast_food",
    "alcohol",
)
BEST: dict[str, Any] = {
    "age": 20,
    "sex": "male",
    **PASSES,
    "moderate_activity_minutes": 150,
    "vigorous_activity_minutes": 0,
    "smoking_status": "never",
    "years_since_quit": 0,
    "current_inhaled_nds": False,
    "secondhand_smoke_home": False,
    "sleep_hours": 8,
    "apply_sleep_apnea_penalty": False,
    "bmi": 22,
    "bmi_profile": "general",
    "non_hdl_cholesterol": 100,
    "lipid_lowering_treatment": False,
    "diabetes": False,
    "glucose_measure": "fasting_glucose",
    "glucose_value": 90,
    "apply_prediabetes_metformin_penalty": False,
    "systolic_bp": 110,
    "diastolic_bp": 70,
    "antihypertensive_treatment": False,
}
FIELDS = (
    *("age", "moderate_activity_minutes", "vigorous_activity_minutes"),
    *("smoking_status", "years_since_quit", "current_inhaled_nds", "secondhand_smoke_home"),
    *("sleep_hours", "apply_sleep_apnea_penalty", "bmi", "bmi_profile"),
    *("non_hdl_cholesterol", "lipid_lowering_treatment", "diabetes", "glucose_measure"),
    *("glucose_value", "apply_prediabetes_metformin_penalty", "systolic_bp", "diastolic_bp"),
    "antihypertensive_treatment",
)
SCORES = (
    *("diet_score", "physical_activity_score", "nicotine_score", "sleep_score", "bmi_score"),
    *("blood_lipids_score", "blood_glucose_score", "blood_pressure_score"),
)
F, T, G, A, H, FG = False, True, "general", "asian_pacific", "hba1c", "fasting_glucose"


def food(total: int) -> dict[str, float]:
    return {item: (PASSES if ORDER.index(item) < total else FAILS)[item] for item in MEPA_ITEMS}


# fmt: off
PEOPLE = [
    (16, (20, 150, 0, "never", 0, F, F, 8, F, 22, G, 100, F, F, FG, 90, F, 110, 70, F),
     (100, 100, 100, 100, 100, 100, 100, 100), 100, "high"),
    (0, (45, 0, 0, "current", 0, F, T, 3.5, T, 42, G, 230, T, T, H, 10.2, F, 165, 102, T),
     (0, 0, 0, 0, 0, 0, 0, 0), 0, "low"),
    (4, (50, 30, 0, "never", 0, F, T, 4, F, 25, G, 130, F, F, H, 5.7, F, 120, 79, F),
     (25, 40, 80, 20, 70, 60, 60, 75), 53.75, "moderate"),
    (8, (38, 0, 15, "former", 5, T, F, 5, F, 30, G, 160, T, T, H, 6.9, F, 130, 80, T),
     (50, 40, 25, 40, 30, 20, 40, 30), 34.375, "low"),
    (12, (60, 120, 0, "former", 1, F, T, 6, F, 23, A, 190, F, F, FG, 100, F, 140, 90, F),
     (80, 90, 30, 70, 75, 20, 60, 25), 56.25, "moderate"),
    (15, (72, 149, 0, "former", 0.999, F, F, 9, T, 29.999, G, 159.9, F, T, H, 7, F, 139, 89, F),
     (100, 90, 25, 70, 70, 60, 30, 50), 61.875, "moderate"),
    (14, (41, 30, 30, "former", 4.999, F, T, 9.999, F, 34.999, G, 189.999, T, T, H, 8, F, 159,
          99, T),
     (80, 80, 30, 90, 30, 20, 20, 5), 44.375, "low"),
    (7, (33, 60, 0, "never", 0, T, T, 10, F, 35, A, 219.999, F, F, H, 6.4, F, 129, 79, T),
     (25, 60, 5, 40, 0, 20, 60, 55), 33.125, "low"),
    (11, (55, 90, 0, "former", 5, F, F, 7, F, 24.9, A, 129.9, T, F, H, 5.6, T, 119, 80, F),
     (50, 80, 75, 100, 75, 80, 80, 50), 73.75, "moderate"),
    (3, (66, 1, 0, "former", 1, F, T, 4.999, F, 39.999, G, 220, T, T, H, 9, F, 120, 80, T),
     (0, 20, 30, 20, 15, 0, 10, 30), 15.625, "low"),
]
# fmt: on


@pytest.mark.parametrize(("mepa", "given", "scores", "composite", "name"), PEOPLE)
def test_each_person_of_the_published_fixture(
    mepa: int, given: tuple[Any, ...], scores: tuple[int, ...], composite: float, name: str
) -> None:
    answers = dict(zip(FIELDS, given, strict=True))
    found = calculate("LE8", sex="male", **food(mepa), **answers)
    assert tuple(found[each] for each in SCORES) == scores
    assert found["mepa_total"] == mepa
    assert found["component_sum"] == sum(scores)
    assert (found["le8_composite_score"], found["le8_category"]) == (composite, name)


def bands(part: str, key: str, pairs: dict[float, int], **rest: Any) -> list[Any]:
    return [(part, {key: value, **rest}, score) for value, score in pairs.items()]


SLEEP = {0: 0, 3.999: 0, 4: 20, 4.999: 20, 5: 40, 5.999: 40, 6: 70, 6.999: 70, 7: 100}
SLEEP |= {8.999: 100, 9: 90, 9.999: 90, 10: 40, 24: 40}
NON_HDL = {0: 100, 129.999: 100, 130: 60, 159.999: 60, 160: 40, 189.999: 40, 190: 20}
NON_HDL |= {219.999: 20, 220: 0}
MINUTES = {0: 0, 1: 20, 29.999: 20, 30: 40, 59.999: 40, 60: 60, 89.999: 60, 90: 80}
MINUTES |= {119.999: 80, 120: 90, 149.999: 90, 150: 100}
RANK = {1: 0, 24.999: 0, 25: 25, 49.999: 25, 50: 50, 74.999: 50, 75: 80, 94.999: 80, 95: 100}
MEPA = {0: 0, 3: 0, 4: 25, 7: 25, 8: 50, 11: 50, 12: 80, 14: 80, 15: 100, 16: 100}
HEAVY = {18.5: 100, 24.999: 100, 25: 70, 29.999: 70, 30: 30, 34.999: 30, 35: 15, 39.999: 15, 40: 0}
ASIAN = {18.5: 100, 22.999: 100, 23: 75, 24.999: 75, 25: 50, 29.999: 50, 30: 25, 34.999: 25, 35: 0}
UPPER = {119.999: 100, 120: 75, 129.999: 75, 130: 50, 139.999: 50, 140: 25, 159.999: 25, 160: 0}
LOWER = {79.999: 100, 80: 50, 89.999: 50, 90: 25, 99.999: 25, 100: 0}
SUGAR = {99.999: 100, 100: 60, 125.999: 60}
LONG_SUGAR = {5.699: 100, 5.7: 60, 6.499: 60}
DIABETIC = {6.999: 40, 7: 30, 7.999: 30, 8: 20, 8.999: 20, 9: 10, 9.999: 10, 10: 0}


def lowered(scores: dict[float, int]) -> dict[float, int]:
    return {value: max(0, score - 20) for value, score in scores.items()}


BOUNDARIES = [
    *bands("diet_mepa", "mepa_total", MEPA),
    *bands("diet_percentile", "dash_percentile", {**RANK, 100: 100}),
    *bands("physical_activity", "minutes", MINUTES),
    *bands("sleep", "hours", SLEEP),
    *bands("sleep_apnea", "hours", lowered(SLEEP), untreated_apnea=True),
    *bands("bmi", "bmi", HEAVY),
    *bands("bmi_asian", "bmi", ASIAN, profile="asian_pacific"),
    *bands("lipids", "non_hdl", NON_HDL, treated=False),
    *bands("lipids_tx", "non_hdl", lowered(NON_HDL), treated=True),
    *bands("glucose_nodm", "value", SUGAR, measure="fasting_glucose", diabetes=False),
    *bands("glucose_nodm", "value", LONG_SUGAR, measure="hba1c", diabetes=False),
    *bands("glucose_dm", "hba1c", DIABETIC, diabetes=True),
    *bands("bp_sys", "sbp", UPPER, dbp=70, treated=False),
    *bands("bp_dia", "dbp", LOWER, sbp=110, treated=False),
    ("bp_tx", {"sbp": 110, "dbp": 70, "treated": True}, 80),
    ("bp_tx", {"sbp": 120, "dbp": 70, "treated": True}, 55),
    ("bp_tx", {"sbp": 120, "dbp": 80, "treated": True}, 30),
    ("bp_tx", {"sbp": 140, "dbp": 80, "treated": True}, 5),
    ("bp_tx", {"sbp": 160, "dbp": 70, "treated": True}, 0),
]


@pytest.mark.parametrize(("part", "given", "score"), BOUNDARIES)
def test_each_published_boundary(part: str, given: dict[str, Any], score: int) -> None:
    assert calculate("LE8", component=part, **given) == {"score": score}


@pytest.mark.parametrize(
    ("status", "years", "inhaled", "secondhand", "score"),
    [
        ("never", 0, 0, 0, 100),
        ("former", 5, 0, 0, 75),
        ("former", 1, 0, 0, 50),
        ("former", 0.999, 0, 0, 25),
        ("current", 0, 0, 0, 0),
        ("never", 0, 1, 0, 25),
        ("former", 5, 0, 1, 55),
        ("current", 0, 0, 1, 0),
    ],
)
def test_nicotine(status: str, years: float, inhaled: int, secondhand: int, score: int) -> None:
    given = {"years_since_quit": years, "nds": inhaled, "secondhand": secondhand}
    assert calculate("LE8", component="nicotine", status=status, **given) == {"score": score}


@pytest.mark.parametrize("item", MEPA_ITEMS[:-1])
def test_each_food_is_counted_at_its_limit_and_not_beyond(item: str) -> None:
    better = 1 if PASSES[item] > FAILS[item] else -1
    at, beyond = PASSES[item], PASSES[item] - better * 0.001
    for value, points in ((at, 1), (beyond, 0)):
        assert calculate("LE8", **{**BEST, **FAILS, item: value})["mepa_total"] == points


@pytest.mark.parametrize(
    ("sex", "drinks", "points"),
    [
        ("male", 0, 0),
        ("male", 0.001, 1),
        ("male", 14, 1),
        ("male", 14.001, 0),
        (0, 10, 1),
        (" 0 ", 10, 1),
        ("female", 0, 0),
        ("F", 0.001, 1),
        (1, 7, 1),
        ("1", 7.001, 0),
    ],
)
def test_alcohol_has_an_upper_limit_by_sex(sex: Any, drinks: float, points: int) -> None:
    found = calculate("LE8", **{**BEST, **FAILS, "sex": sex, "alcohol": drinks})
    assert found["mepa_total"] == points


def test_food_may_be_a_percentile_instead() -> None:
    rest = {key: value for key, value in BEST.items() if key not in (*MEPA_ITEMS, "sex")}
    found = calculate("LE8", diet_method="  PeRcEnTiLe ", diet_value=95, **rest)
    assert (found["mepa_total"], found["diet_score"]) == (None, 100)


def test_the_allowance_for_muscle() -> None:
    given = {**BEST, "bmi": 25, "apply_lean_muscular_bmi_override": True}
    assert calculate("LE8", **given)["bmi_score"] == 100


def test_what_may_be_left_out_is_not_applied() -> None:
    given = {key: value for key, value in BEST.items() if not key.startswith("apply_")}
    assert calculate("LE8", **given)["le8_composite_score"] == 100


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"age": 19.999}, "age"),
        ({"bmi": 18.499}, "bmi"),
        ({"diet_method": "percentile", "diet_value": 0.999}, "diet_value"),
        ({"diet_method": "percentile"}, "diet_value"),
        ({"diet_method": "unknown"}, "diet_method"),
        ({"diet_method": True}, "diet_method"),
        ({"diet_value": 16}, "diet_value"),
        ({"diabetes": True, "glucose_value": 110}, "glucose_measure"),
        ({"glucose_value": 126}, "glucose_value"),
        ({"glucose_measure": "hba1c", "glucose_value": 6.5}, "glucose_value"),
        ({"glucose_measure": "hba1c", "glucose_value": 90}, "glucose_value"),
        ({"glucose_value": 5.5}, "glucose_value"),
        ({"glucose_value": None}, "glucose_value"),
        ({"smoking_status": "current", "current_inhaled_nds": True}, "current_inhaled_nds"),
        (
            {
                "glucose_measure": "hba1c",
                "glucose_value": 5.7,
                "apply_prediabetes_metformin_penalty": True,
            },
            "apply_prediabetes_metformin_penalty",
        ),
        ({"bmi": 30, "apply_lean_muscular_bmi_override": True}, "apply_lean_muscular_bmi_override"),
        ({"current_inhaled_nds": 0}, "current_inhaled_nds"),
        ({"smoking_status": "unknown"}, "smoking_status"),
        ({"sleep_hours": float("inf")}, "sleep_hours"),
        ({"sleep_hours": 24.001}, "sleep_hours"),
        ({"fish": "1"}, "fish"),
        ({"berries": None}, "berries"),
        ({"beans": float("inf")}, "beans"),
        ({"meat": -0.001}, "meat"),
        ({"sex": "other"}, "sex"),
        ({"sex": None}, "sex"),
        ({"sex": True}, "sex"),
        ({"sex": 0.5}, "sex"),
        ({"le8_composite_score": 0}, "le8_composite_score"),
        ({"diastolic_bp": 120}, "diastolic_bp"),
        # In mmol/L by mistake.
        ({"non_hdl_cholesterol": 6.0}, "non_hdl_cholesterol"),
        ({"smoking_status": "former", "years_since_quit": 21}, "years_since_quit"),
        ({"smoking_status": "never", "years_since_quit": 5}, "years_since_quit"),
        ({"smoking_status": "current", "years_since_quit": 5}, "years_since_quit"),
        (
            {"moderate_activity_minutes": 6000, "vigorous_activity_minutes": 6000},
            "moderate_activity_minutes",
        ),
    ],
)
def test_what_the_table_does_not_score_is_refused_by_name(
    wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        calculate("LE8", **{**BEST, **wrong})
    assert refusal.value.field == field


@pytest.mark.parametrize("key", [key for key in BEST if not key.startswith("apply_")])
def test_each_missing_answer_is_named(key: str) -> None:
    given = {name: value for name, value in BEST.items() if name != key}
    with pytest.raises(ClinicalInputError, match="missing") as refusal:
        calculate("LE8", **given)
    assert refusal.value.field == key


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_more_activity_never_scores_less(first: float, second: float) -> None:
    less, more = sorted((first, second))
    scores = [
        calculate("LE8", component="physical_activity", minutes=each)["score"]
        for each in (less, more)
    ]
    assert scores[0] <= scores[1]


@given(st.floats(90, 200), st.floats(90, 200), st.booleans())
def test_a_higher_pressure_never_scores_more(first: float, second: float, treated: bool) -> None:
    lower, higher = sorted((first, second))
    scores = [
        calculate("LE8", component="bp_sys", sbp=each, dbp=70, treated=treated)["score"]
        for each in (lower, higher)
    ]
    assert scores[0] >= scores[1]


@given(st.randoms())
def test_the_order_of_the_answers_does_not_matter(chance: Any) -> None:
    shuffled = list(BEST.items())
    chance.shuffle(shuffled)
    assert calculate("LE8", **dict(shuffled)) == calculate("LE8", **BEST)
