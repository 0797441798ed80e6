"""Clots, bleeding and coming back to hospital: CHA2DS2-VASc, HAS-BLED and LACE.

The published cases of these three name their inputs by the labels of the public GDL2 files
of gdl-lang/common-clinical-models; both those labels and the plain keys are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import usual
from app.clinical.scores.inputs import PLAUSIBLE, Choice, Day, Flag, Input, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

LIP = "Lip, Chest 2010 doi:10.1378/chest.09-1584"
PISTERS = "Pisters, Chest 2010 doi:10.1378/chest.10-0134"
WALRAVEN = "van Walraven, CMAJ 2010 doi:10.1503/cmaj.091117"
GDL = "gdl-lang/common-clinical-models (Apache-2.0)"

# This library has no clock, and the published cases state a birth date alone: under their label
# "Birthdate" it is read on their day. A living person has `age`, or `birthdate` with `today`.
PUBLISHED_CLOCK = date(2019, 11, 28)

AGE_OR_BIRTH = N_("Give either the age, or the day of birth.")
LIVER_ONCE = N_("Give the answer about liver disease once.")

CONDITIONS = ("heart_failure", "hypertension", "stroke", "vascular_disease", "diabetes")
CHADS_AGES = (65, 75)
RISKS = (N_("Low risk"), N_("Intermediate risk"), N_("High risk"))
BLED_HIGH_FROM = 3
BLED_SYSTOLIC, BLED_CREATININE, BLED_DRINKS, BLED_AGE = 160, 200, 8, 65
# Twice the upper normal limit of bilirubin (mg/dL), three times that of the enzymes (U/L).
BLED_BILIRUBIN, BLED_ALT, BLED_ALP, BLED_AST = 2.4, 165, 345, 144
OVERRULED = N_("A normal liver test overruled known liver disease, as in the published cases.")

LACE_HIGH_FROM = 10
LACE_PROBABILITY = (
    *(2.0, 2.5, 3.0, 3.5, 4.3, 5.1, 6.1, 7.3, 8.7, 10.3),
    *(12.2, 14.4, 17.0, 19.8, 23.0, 26.6, 30.4, 34.6, 39.1, 43.7),
)


def years_old(given: Mapping[str, Any]) -> float:
    """The age as given, or the whole years from birth to today; 18 to 120."""
    told = [key for key in ("age", *BORN) if given[key] is not None]
    if len(told) != 1:
        raise ClinicalInputError("age", Sentence(AGE_OR_BIRTH), GDL)
    if told == ["age"]:
        return float(given["age"])
    if told == ["birthdate"] and given["today"] is None:
        TODAY.missing()
    years = _whole_years(given[told[0]], given["today"] or PUBLISHED_CLOCK)
    return AGE.read(years)


def _whole_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


AGE = usual.age(18, 120, "both scores are for adults", "Age", required=False)
TODAY = Day("today", N_("Today"), "whoever asks says what day it is", required=False)
BORN = ("birthdate", "Birthdate")
AGE_INPUTS: tuple[Input, ...] = (
    AGE,
    TODAY,
    *(Day(key, N_("Day of birth"), PLAUSIBLE, required=False) for key in BORN),
)
GENDER = Choice("sex", usual.SEX.title, LIP, "Gender", choices=usual.SEXES)


def cha2ds2vasc(*, sex: str, **given: Any) -> Result:
    """CHA2DS2-VASc, 0 to 9: risk of stroke in atrial fibrillation.

    Heart failure 1, hypertension 1, age 65-74 1, from 75 2, diabetes 1, stroke, TIA or
    thromboembolism 2, vascular disease 1, woman 1. Age 18 to 120, or `birthdate` and `today`;
    each answer yes or no, else `ClinicalInputError`. Lip 2010 doi:10.1378/chest.09-1584.
    """
    years = years_old(given)
    total = sum(given[key] for key in CONDITIONS) + given["stroke"]
    total += sum(years >= begins for begins in CHADS_AGES) + (sex == "female")
    return {"total": total, "risk": RISKS[min(total, 2)], "age": years}


CHA2DS2VASC = Score(
    name="CHA2DS2VASC",
    title=N_("Risk of stroke in atrial fibrillation (CHA2DS2-VASc)"),
    formula="sum of points, 0 to 9",
    inputs=(
        usual.flag("heart_failure", N_("Heart failure"), "Congestive Heart Failure"),
        usual.flag("hypertension", N_("High blood pressure"), "Hypertension"),
        Flag(
            "stroke",
            N_("Stroke, TIA or clot"),
            LIP,
            "Stroke/TIA/Thromboembolism",
            yes=(True, 2),  # its published answer is the points it gives
        ),
        usual.flag("vascular_disease", N_("Disease of the blood vessels"), "Vascular disease"),
        usual.flag("diabetes", usual.DIABETES, "Diabetes"),
        GENDER,
        *AGE_INPUTS,
    ),
    outputs={"total": "0 to 9", "risk": "low, intermediate or high", "age": "years used"},
    source=f"{LIP}; {GDL}",
    licence="published score, free to use",
    function=cha2ds2vasc,
    note="The published label Birthdate alone is read as in its cases, on 28 November 2019.",
)


def hasbled(**given: Any) -> Result:
    """HAS-BLED, 0 to 9: risk of bleeding under anticoagulants.

    One point each: upper pressure above 160 mm[Hg] or uncontrolled; kidney disease or
    creatinine above 200 umol/L; liver disease, or bilirubin above 2.4 mg/dL with ALT above
    165, ALP above 345 or AST above 144 U/L; stroke; bleeding; labile INR; above 65 years;
    medicines; alcohol or 8 drinks a week. A measurement is needed where the answer beside it is
    no and it could still give the point; a yes stands without. Under its published label
    "Liver Disease" the answer is read as the published cases read it, where one normal liver
    test overrules it; the plain `liver_disease` always counts. Out of range is
    `ClinicalInputError`. Pisters 2010 doi:10.1378/chest.10-0134.
    """
    years = years_old(given)
    liver, warnings = _liver(given)
    total = liver + (years > BLED_AGE)
    total += bool(given["hypertension"]) or _figure(given, "sbp") > BLED_SYSTOLIC
    total += bool(given["renal_disease"]) or _figure(given, "creatinine_umol_l") > BLED_CREATININE
    total += bool(given["alcohol"]) or _figure(given, "drinks_per_week") >= BLED_DRINKS
    total += sum(bool(given[key]) for key in ("stroke", "bleeding", "labile_inr", "drugs"))
    risk = RISKS[2 if total >= BLED_HIGH_FROM else min(total, 1)]
    return {"total": int(total), "risk": risk, "age": years, "warnings": warnings}


def _figure(given: Mapping[str, Any], key: str) -> float:
    """A measurement that decides; missing, it is refused and not counted as healthy."""
    if given[key] is None:
        HASBLED.input(key).missing()
    return float(given[key])


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _liver(given: Mapping[str, Any]) -> tuple[bool, list[str]]:
    plain, published = given["liver_disease"], given["Liver Disease"]
    if (plain is None) == (published is None):
        raise ClinicalInputError("liver_disease", Sentence(LIVER_ONCE), PISTERS)
    tests = [
        (given["bilirubin_mg_dl"], BLED_BILIRUBIN),
        (given["alt"], BLED_ALT),
        (given["alp"], BLED_ALP),
        (given["ast"], BLED_AST),
    ]
    if not (plain or published):
        high_bilirubin = _figure(given, "bilirubin_mg_dl") > BLED_BILIRUBIN
        if high_bilirubin and not any(_above(value, limit) for value, limit in tests[1:]):
            for key in ("alt", "alp", "ast"):
                _figure(given, key)
    high = [_above(value, limit) for value, limit in tests]
    by_tests = high[0] and any(high[1:])
    if published and any(value is not None and value <= limit for value, limit in tests):
        return by_tests, [OVERRULED]
    return bool(plain or published) or by_tests, []


def _test(key: str, title: str, label: str, high: int, unit: str, low: float = 0) -> Number:
    return Number(key, title, PLAUSIBLE, label, required=False, low=low, high=high, unit=unit)


HASBLED = Score(
    name="HASBLED",
    title=N_("Risk of bleeding under anticoagulants (HAS-BLED)"),
    formula="sum of points, 0 to 9",
    inputs=(
        _test("sbp", usual.SYSTOLIC, "Systolic", 300, "mm[Hg]", 40),
        _test("creatinine_umol_l", usual.CREATININE, "CR Result mircomol/L", 1768, "umol/L", 17.68),
        _test("bilirubin_mg_dl", N_("Bilirubin"), "Total Bilirubin", 100, "mg/dL"),
        _test("alt", usual.ALT, "ALT Result", 20_000, "U/L"),
        _test("alp", N_("ALP"), "ALP Result", 20_000, "U/L"),
        _test("ast", usual.AST, "AST Result", 20_000, "U/L"),
        _test("drinks_per_week", N_("Drinks a week"), "Standard Drinks", 300, "/wk"),
        usual.flag("hypertension", N_("Uncontrolled blood pressure"), "Hypertension History"),
        usual.flag("renal_disease", N_("Kidney disease"), "Renal Disease"),
        usual.flag("liver_disease", N_("Liver disease"), required=False),
        usual.flag("Liver Disease", N_("Liver disease"), required=False),
        usual.flag("stroke", N_("Stroke"), "Stroke History"),
        usual.flag(
            "bleeding",
            N_("Bleeding"),
            "Prior Major Bleeding or Predisposition to Bleeding",
        ),
        usual.flag("labile_inr", N_("Unsteady INR"), "Labile INR"),
        usual.flag(
            "drugs",
            N_("Medicines that make bleeding likely"),
            "Medication Usage Predisposing to Bleeding",
        ),
        usual.flag("alcohol", N_("Alcohol or drugs"), "Alcohol or Drug Usage History"),
        *AGE_INPUTS,
    ),
    outputs={
        "total": "0 to 9",
        "risk": "low, intermediate or high",
        "age": "years used",
        "warnings": "what was read otherwise than medicine would",
    },
    source=f"{PISTERS}; {GDL}",
    licence="published score, free to use",
    function=hasbled,
    note="The published label Birthdate alone is read as in its cases, on 28 November 2019.",
)


def lace(*, length_of_stay: str, admission_type: str, charlson: str, ed_visits: str) -> Result:
    """LACE index, 0 to 19: return to hospital within 30 days of leaving it.

    Points: length of stay 0 to 4, 5 (7-13 days) or 7 (from 14); unplanned admission 3;
    Charlson 0 to 3, or 5 from 4; emergency visits in 6 months 0 to 4. High from 10. Other
    points are `ClinicalInputError`. For hospital discharge. doi:10.1503/cmaj.091117.
    """
    total = int(length_of_stay) + int(admission_type) + int(charlson) + int(ed_visits)
    risk = N_("High") if total >= LACE_HIGH_FROM else N_("Low")
    return {"total": total, "risk": risk, "probability_pct": LACE_PROBABILITY[total]}


def _points(key: str, title: str, label: str, permitted: tuple[int, ...]) -> Choice:
    choices = {str(one): str(one) for one in permitted}
    return Choice(key, title, WALRAVEN, label, choices=choices)


LACE = Score(
    name="LACE",
    title=N_("Return to hospital (LACE)"),
    formula="sum of points, 0 to 19",
    inputs=(
        _points(
            "length_of_stay",
            N_("Points for length of stay"),
            "Length of Stay",
            (0, 1, 2, 3, 4, 5, 7),
        ),
        _points("admission_type", N_("Points for admission"), "Admission type", (0, 3)),
        _points(
            "charlson",
            N_("Points for other illnesses"),
            "Charlson Comorbidity Index",
            (0, 1, 2, 3, 5),
        ),
        _points(
            "ed_visits",
            N_("Points for emergency visits"),
            "Number of previous ED visits within 6 months",
            (0, 1, 2, 3, 4),
        ),
    ),
    outputs={"total": "0 to 19", "risk": "low or high", "probability_pct": "%"},
    source=f"{WALRAVEN}; {GDL}",
    licence="published score, free to use",
    function=lace,
    note="For people leaving hospital only.",
)

ALL = (CHA2DS2VASC, HASBLED, LACE)
