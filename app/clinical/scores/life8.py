"""Life's Essential 8 as it is asked for: the whole score, or one component of it."""

from __future__ import annotations

from typing import Any

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import essential, usual
from app.clinical.scores.essential import AHA, AT_LEAST, AT_MOST
from app.clinical.scores.inputs import PLAUSIBLE, Flag, Input, Number
from app.clinical.scores.life8_parts import (
    APNEA,
    FASTING_HIGH,
    HBA1C_LOW,
    HOURS,
    INHALED,
    LICENCE,
    MEASURES,
    NON_HDL,
    PARTS,
    PROFILES,
    QUIT,
    SECONDHAND,
    STATUSES,
    WEEK_MINUTES,
    glucose,
    number,
    word,
)
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

FOODS = {
    "olive_oil": N_("Servings of olive oil"),
    "green_leafy_vegetables": N_("Servings of green leaves"),
    "other_vegetables": N_("Servings of other vegetables"),
    "berries": N_("Servings of berries"),
    "other_fruit": N_("Servings of other fruit"),
    "meat": N_("Servings of meat"),
    "fish": N_("Servings of fish"),
    "chicken": N_("Servings of chicken"),
    "cheese": N_("Servings of cheese"),
    "butter_cream": N_("Servings of butter or cream"),
    "beans": N_("Servings of beans"),
    "whole_grains": N_("Servings of whole grains"),
    "sweets_and_pastries": N_("Servings of sweets and pastries"),
    "nuts": N_("Servings of nuts"),
    "fast_food": N_("Fast food meals"),
    "alcohol": N_("Alcoholic drinks"),
}
HIGH_FROM, MODERATE_FROM = 80, 50

TOO_MANY_MINUTES = N_("A week has no more than 10080 minutes.")
QUIT_BEFORE_BIRTH = N_("The years since quitting cannot be more than the age.")
NO_PERCENTILE = N_("Give either the sixteen answers about food, or a percentile.")
DAILY = {"olive_oil", "green_leafy_vegetables", "other_vegetables", "whole_grains"}
MEPA_ITEMS = (*AT_LEAST, *AT_MOST, "alcohol")
SEXES = {**usual.SEXES, "0": "male", "1": "female"}


def life_essential_8(**given: Any) -> Result:
    """Life's Essential 8 for adults from 20 years: eight components and their mean, 0 to 100.

    Food by the 16 MEPA answers (or `diet_method="percentile"` with `diet_value` 1 to 100),
    activity = moderate + 2 · vigorous minutes a week, nicotine, sleep, body mass index from
    18.5 kg/m2, non-HDL cholesterol mg/dL, glucose mg/dL or HbA1c %, pressure mm[Hg]. 80 and
    more is high, 50 to below 80 moderate. Every input is needed but the `apply_...` ones; what
    the table does not score is `ClinicalInputError`, as is anything out of range.
    AHA 2022 doi:10.1161/CIR.0000000000001078; trademark, shown with attribution.
    """
    minutes = _minutes(given)
    if given["years_since_quit"] > given["age"]:
        raise ClinicalInputError("years_since_quit", Sentence(QUIT_BEFORE_BIRTH), PLAUSIBLE)
    total, diet = _diet(given)
    scores = {
        "diet_score": diet,
        "physical_activity_score": essential.activity(minutes=minutes),
        **_habits(given),
        **_measurements(given),
    }
    composite = sum(scores.values()) / len(scores)
    return {
        "mepa_total": total,
        "activity_minutes": minutes,
        **scores,
        "component_sum": sum(scores.values()),
        "le8_composite_score": composite,
        "le8_category": category(composite),
    }


def category(composite: float) -> str:
    """High from 80, moderate from 50, low below."""
    return "high" if composite >= HIGH_FROM else "moderate" if composite >= MODERATE_FROM else "low"


def _minutes(given: dict[str, Any]) -> float:
    moderate, vigorous = given["moderate_activity_minutes"], given["vigorous_activity_minutes"]
    if moderate + vigorous > WEEK_MINUTES:
        raise ClinicalInputError("moderate_activity_minutes", Sentence(TOO_MANY_MINUTES), PLAUSIBLE)
    minutes: float = moderate + 2 * vigorous
    return minutes


def _diet(given: dict[str, Any]) -> tuple[int | None, int]:
    by_rank = given["diet_method"] == "percentile"
    if by_rank != (given["diet_value"] is not None):
        raise ClinicalInputError("diet_value", Sentence(NO_PERCENTILE), AHA)
    if by_rank:
        return None, essential.diet_by_rank(percentile=given["diet_value"])
    for item in (*MEPA_ITEMS, "sex"):
        if given[item] is None:
            LE8.input(item).missing()
    total = essential.mepa({item: given[item] for item in MEPA_ITEMS}, given["sex"])
    return total, essential.diet(mepa_total=total)


def _habits(given: dict[str, Any]) -> dict[str, int]:
    return {
        "nicotine_score": essential.nicotine(
            status=given["smoking_status"],
            years_since_quit=given["years_since_quit"],
            inhaled=given["current_inhaled_nds"],
            secondhand=given["secondhand_smoke_home"],
        ),
        "sleep_score": essential.sleep(
            hours=given["sleep_hours"], apnea=given["apply_sleep_apnea_penalty"]
        ),
    }


def _measurements(given: dict[str, Any]) -> dict[str, int]:
    return {
        "bmi_score": essential.weight(
            bmi=given["bmi"],
            profile=given["bmi_profile"],
            muscular=given["apply_lean_muscular_bmi_override"],
        ),
        "blood_lipids_score": essential.lipids(
            non_hdl=given["non_hdl_cholesterol"], treated=given["lipid_lowering_treatment"]
        ),
        "blood_glucose_score": glucose(
            diabetes=given["diabetes"],
            measure=given["glucose_measure"],
            value=given["glucose_value"],
            prevention=given["apply_prediabetes_metformin_penalty"],
        ),
        "blood_pressure_score": essential.pressure(
            systolic=given["systolic_bp"],
            diastolic=given["diastolic_bp"],
            treated=given["antihypertensive_treatment"],
        ),
    }


def _answer(key: str, title: str) -> Flag:
    """Read strictly, as the public implementation does: True or False."""
    return Flag(key, title, AHA, strict=True)


def _may(key: str, title: str) -> Flag:
    return Flag(key, title, AHA, required=False, default=False, strict=True)


def _food(key: str) -> Number:
    unit = "a day" if key in DAILY else "a week"
    return Number(key, FOODS[key], PLAUSIBLE, required=False, low=0, high=200, unit=unit)


INPUTS: tuple[Input, ...] = (
    number("age", usual.AGE, 20, 120, "years"),
    word("sex", usual.SEX.title, SEXES, required=False),
    word(
        "diet_method",
        N_("How food is scored"),
        {"mepa": "mepa", "percentile": "percentile"},
        required=False,
        default="mepa",
    ),
    Number("diet_value", N_("Food percentile"), AHA, required=False, low=1, high=100),
    *(_food(item) for item in MEPA_ITEMS),
    number("moderate_activity_minutes", N_("Moderate activity"), 0, WEEK_MINUTES, "minutes a week"),
    number("vigorous_activity_minutes", N_("Vigorous activity"), 0, WEEK_MINUTES, "minutes a week"),
    word("smoking_status", usual.SMOKING, STATUSES),
    number("years_since_quit", QUIT, 0, 120, "years"),
    _answer("current_inhaled_nds", INHALED),
    _answer("secondhand_smoke_home", SECONDHAND),
    number("sleep_hours", HOURS, 0, 24, "hours a night"),
    _may("apply_sleep_apnea_penalty", APNEA),
    number("bmi", usual.BODY_MASS_INDEX, 18.5, 100, "kg/m2"),
    word("bmi_profile", N_("Which body mass index table"), PROFILES),
    _may("apply_lean_muscular_bmi_override", N_("Lean and muscular")),
    # Nobody has less than 20 mg/dL, and whoever writes mmol/L by mistake has.
    number("non_hdl_cholesterol", NON_HDL, 20, 1000, "mg/dL", PLAUSIBLE),
    _answer("lipid_lowering_treatment", N_("Medicine for cholesterol")),
    _answer("diabetes", usual.DIABETES),
    word("glucose_measure", N_("Which glucose measurement"), MEASURES),
    number("glucose_value", N_("Glucose or HbA1c"), HBA1C_LOW, FASTING_HIGH, "", PLAUSIBLE),
    _may("apply_prediabetes_metformin_penalty", N_("Metformin to prevent diabetes")),
    number("systolic_bp", usual.SYSTOLIC, 40, 300, "mm[Hg]", PLAUSIBLE),
    number("diastolic_bp", usual.DIASTOLIC, 20, 200, "mm[Hg]", PLAUSIBLE),
    _answer("antihypertensive_treatment", usual.PRESSURE_MEDICINE),
)

LE8 = Score(
    name="LE8",
    title=N_("Life's Essential 8"),
    formula="mean of 8 components, each 0 to 100",
    inputs=INPUTS,
    outputs={
        "mepa_total": "0 to 16, or None by percentile",
        "activity_minutes": "moderate-equivalent minutes a week",
        "diet_score": "0 to 100, as the seven after it",
        "physical_activity_score": "0 to 100",
        "nicotine_score": "0 to 100",
        "sleep_score": "0 to 100",
        "bmi_score": "0 to 100",
        "blood_lipids_score": "0 to 100",
        "blood_glucose_score": "0 to 100",
        "blood_pressure_score": "0 to 100",
        "component_sum": "0 to 800",
        "le8_composite_score": "0 to 100, not rounded",
        "le8_category": "low, moderate or high",
    },
    source=AHA,
    licence=LICENCE,
    function=life_essential_8,
    parts=PARTS,
)

ALL = (LE8,)
