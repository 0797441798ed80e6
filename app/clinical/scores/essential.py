"""Life's Essential 8: the eight components, each 0 to 100 (AHA 2022).

"Life's Essential 8" is a trademark of the American Heart Association; the scoring is
published and is named here to say what is computed.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

AHA = "AHA 2022, Lloyd-Jones doi:10.1161/CIR.0000000000001078"

NEVER_QUIT = N_("The years since quitting are 0 for someone who never smoked, or smokes now.")
BOTH_TOBACCO = N_("Smoking and inhaling nicotine at the same time has no published score.")
NEEDS_HBA1C = N_("With diabetes the score needs HbA1c, not fasting glucose.")
DIABETES_RANGE = N_(
    "This value is in the range of diabetes, but diabetes was answered no. Check one of the two."
)
ONLY_NORMAL = N_("This deduction is for a normal glucose without diabetes only.")
ONLY_OVERWEIGHT = N_("This allowance is for a general body mass index from 25 to below 30 only.")
SWAPPED = N_("The lower blood pressure must be below the upper one. Were they swapped?")

DEDUCTION = 20

# From each figure upwards, the score beside it; the first row holds from the bottom.
Bands = tuple[tuple[float, int], ...]
MEPA: Bands = ((0, 0), (4, 25), (8, 50), (12, 80), (15, 100))
PERCENTILE: Bands = ((1, 0), (25, 25), (50, 50), (75, 80), (95, 100))
ACTIVITY: Bands = ((0, 20), (30, 40), (60, 60), (90, 80), (120, 90), (150, 100))
QUIT: Bands = ((0, 25), (1, 50), (5, 75))
SLEEP: Bands = ((0, 0), (4, 20), (5, 40), (6, 70), (7, 100), (9, 90), (10, 40))
BMI: dict[str, Bands] = {
    "general": ((0, 100), (25, 70), (30, 30), (35, 15), (40, 0)),
    "asian_pacific": ((0, 100), (23, 75), (25, 50), (30, 25), (35, 0)),
}
NON_HDL: Bands = ((0, 100), (130, 60), (160, 40), (190, 20), (220, 0))
# Without diabetes: from where it is raised, and from where it would be diabetes.
GLUCOSE_RAISED = {"fasting_glucose": (100, 126), "hba1c": (5.7, 6.5)}
HBA1C_WITH_DIABETES: Bands = ((0, 40), (7, 30), (8, 20), (9, 10), (10, 0))
SYSTOLIC: Bands = ((0, 100), (120, 75), (130, 50), (140, 25), (160, 0))
DIASTOLIC: Bands = ((0, 100), (80, 50), (90, 25), (100, 0))
INHALED = 25

NORMAL_SCORE, RAISED_SCORE = 100, 60
OVERWEIGHT = (25, 30)


def band(value: float, bands: Sequence[tuple[float, int]]) -> int:
    """The score of the band a value is in."""
    return next(score for begins, score in reversed(bands) if value >= begins)


def less(score: int, *, deducted: bool) -> int:
    """Twenty points less, never below none."""
    return max(0, score - DEDUCTION) if deducted else score


def diet(*, mepa_total: float) -> int:
    """From the 16 answers of the MEPA screener: 15-16 100, 12-14 80, 8-11 50, 4-7 25."""
    return band(mepa_total, MEPA)


def diet_by_rank(*, percentile: float) -> int:
    """From a DASH or HEI-2015 percentile: from 95 100, 75 80, 50 50, 25 25."""
    return band(percentile, PERCENTILE)


def activity(*, minutes: float) -> int:
    """Moderate-equivalent minutes a week: from 150 100, 120 90, 90 80, 60 60, 30 40, any 20."""
    return band(minutes, ACTIVITY) if minutes > 0 else 0


def nicotine(*, status: str, years_since_quit: float, inhaled: bool, secondhand: bool) -> int:
    """Never 100; quit 5 years 75, 1 year 50, less 25; inhaled nicotine 25; smoking 0.

    Twenty less with somebody smoking in the home. Smoking and inhaled nicotine together
    have no published score: `ClinicalInputError`, as have years since quitting without it.
    """
    if status != "former" and years_since_quit:
        raise ClinicalInputError("years_since_quit", Sentence(NEVER_QUIT), AHA)
    if status == "current":
        if inhaled:
            raise ClinicalInputError("current_inhaled_nds", Sentence(BOTH_TOBACCO), AHA)
        return 0
    score = NORMAL_SCORE if status == "never" else band(years_since_quit, QUIT)
    return less(min(score, INHALED) if inhaled else score, deducted=secondhand)


def sleep(*, hours: float, apnea: bool) -> int:
    """7 to below 9 hours 100, below 10 90, 6 70, 5 or from 10 40, 4 20; untreated apnea -20."""
    return less(band(hours, SLEEP), deducted=apnea)


def weight(*, bmi: float, profile: str, muscular: bool) -> int:
    """Body mass index: below 25 100, 25 70, 30 30, 35 15, from 40 0; Asian-Pacific from 23.

    A lean, muscular adult of the general profile from 25 to below 30 may be given 100;
    anywhere else that is `ClinicalInputError`.
    """
    begins, ends = OVERWEIGHT
    if muscular:
        if profile != "general" or not begins <= bmi < ends:
            raise ClinicalInputError(
                "apply_lean_muscular_bmi_override", Sentence(ONLY_OVERWEIGHT), AHA
            )
        return NORMAL_SCORE
    return band(bmi, BMI[profile])


def lipids(*, non_hdl: float, treated: bool) -> int:
    """Non-HDL mg/dL: below 130 100, 130 60, 160 40, 190 20, from 220 0; -20 with treatment."""
    return less(band(non_hdl, NON_HDL), deducted=treated)


def glucose(*, diabetes: bool, measure: str, value: float, prevention: bool) -> int:
    """Glucose, or HbA1c, by whether there is diabetes.

    Without: below 100 mg/dL or 5.7 % 100, below 126 or 6.5 60; with: HbA1c below 7 40, 7 30,
    8 20, 9 10, from 10 0. Twenty less where metformin keeps a normal value. What the table does
    not score (diabetes without HbA1c, a diabetic value without diabetes, that deduction
    elsewhere) is `ClinicalInputError`.
    """
    if diabetes:
        if measure != "hba1c":
            raise ClinicalInputError("glucose_measure", Sentence(NEEDS_HBA1C), AHA)
        score = band(value, HBA1C_WITH_DIABETES)
    else:
        raised, diabetic = GLUCOSE_RAISED[measure]
        if value >= diabetic:
            raise ClinicalInputError("glucose_value", Sentence(DIABETES_RANGE), AHA)
        score = RAISED_SCORE if value >= raised else NORMAL_SCORE
    if prevention and score != NORMAL_SCORE:
        raise ClinicalInputError("apply_prediabetes_metformin_penalty", Sentence(ONLY_NORMAL), AHA)
    return less(score, deducted=prevention)


def pressure(*, systolic: float, diastolic: float, treated: bool) -> int:
    """The worse of the two: <120/<80 100, 120-129 75, 130-139|80-89 50, 140-159|90-99 25.

    From 160 or 100 0; -20 with treatment. A lower pressure not below the upper one is
    `ClinicalInputError`.
    """
    if diastolic >= systolic:
        raise ClinicalInputError("diastolic_bp", Sentence(SWAPPED), AHA)
    return less(min(band(systolic, SYSTOLIC), band(diastolic, DIASTOLIC)), deducted=treated)


# The MEPA screener: what each answer must reach (or stay within) for its point.
AT_LEAST = {
    "olive_oil": 2,
    "green_leafy_vegetables": 1,
    "other_vegetables": 2,
    "berries": 2,
    "other_fruit": 7,
    "fish": 1,
    "beans": 3,
    "whole_grains": 3,
    "nuts": 4,
}
AT_MOST = {
    "meat": 3,
    "chicken": 5,
    "cheese": 4,
    "butter_cream": 5,
    "sweets_and_pastries": 4,
    "fast_food": 1,
}
# Some, but no more than two drinks a day for men and one for women.
ALCOHOL = {"male": 14, "female": 7}


def mepa(answers: dict[str, float], sex: str) -> int:
    """MEPA total, 0 to 16: a point for each of the sixteen criteria that is met."""
    met = [answers[item] >= least for item, least in AT_LEAST.items()]
    met += [answers[item] <= most for item, most in AT_MOST.items()]
    met.append(0 < answers["alcohol"] <= ALCOHOL[sex])
    return sum(met)
