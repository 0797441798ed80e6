"""Chance of diabetes (ADA test, FINDRISC) and the metabolic syndrome."""

from __future__ import annotations

from bisect import bisect_right

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import usual
from app.clinical.scores.body import LOWER_ABOVE_UPPER
from app.clinical.scores.inputs import PLAUSIBLE, Choice, Flag, Input, Items, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

BANG = "Bang, Annals of Internal Medicine 2009 doi:10.7326/0003-4819-151-11-200912010-00005"
LINDSTROM = "Lindström and Tuomilehto, Diabetes Care 2003 doi:10.2337/diacare.26.3.725"
ALBERTI = "Alberti, Circulation 2009 doi:10.1161/CIRCULATIONAHA.109.192644"

ADA_AGES, ADA_BMIS, REFER_FROM = (40, 50, 60), (25, 30, 40), 5
FINDRISC_AGES = (45, 55, 65)
FINDRISC_BMIS = (25, 30)
FINDRISC_WAISTS = {"male": (94, 102), "female": (80, 88)}
FINDRISC_POINTS = (0, 3, 4)
# The score from which each band of the official form begins, and how many in a hundred.
FINDRISC_BANDS = (
    (0, N_("low"), 1),
    (7, N_("slightly elevated"), 4),
    (12, N_("moderate"), 17),
    (15, N_("high"), 33),
    (21, N_("very high"), 50),
)
METSYN_WAIST = {"male": 102, "female": 88}
METSYN_HDL = {"male": 40, "female": 50}
METSYN_TG, METSYN_GLUCOSE, METSYN_SBP, METSYN_DBP, METSYN_NEEDS = 150, 100, 130, 85, 3

ONE_WAY = N_("Give either which of the five signs are met, or the measurements themselves.")


def ada_risk(
    *,
    age: float,
    sex: str,
    gestational_dm: bool,
    first_degree_relative: bool,
    hypertension: bool,
    physically_active: bool,
    bmi: float,
) -> Result:
    """ADA/CDC risk test for type 2 diabetes, 0 to 11 points; from 5, refer for a blood test.

    Age <40 0, 40-49 1, 50-59 2, from 60 3; man 1; woman who had diabetes in pregnancy 1
    (not counted for a man); parent or sibling 1; high blood pressure 1; not active 1; BMI <25
    0, 25-29.9 1, 30-39.9 2, from 40 3 (the table for Asian people differs). Age 18 to 120, BMI
    10 to 100, else `ClinicalInputError`. Bang 2009; free to use, attribution to the ADA.
    """
    score = bisect_right(ADA_AGES, age) + bisect_right(ADA_BMIS, bmi)
    score += 1 if sex == "male" else gestational_dm
    score += first_degree_relative + hypertension + (not physically_active)
    return {"score": score, "refer": score >= REFER_FROM}


ADA_RISK = Score(
    name="ADA_RISK",
    title=N_("Diabetes risk test (ADA)"),
    formula="sum of points; 5 or more: refer for testing",
    inputs=(
        usual.age(18, 120, "adults, ADA risk test"),
        usual.SEX,
        usual.flag("gestational_dm", N_("Diabetes in pregnancy")),
        usual.flag("first_degree_relative", N_("Parent, brother, sister or child with diabetes")),
        usual.flag("hypertension", N_("High blood pressure")),
        usual.flag("physically_active", N_("Physically active")),
        usual.body_mass_index(),
    ),
    outputs={"score": "points", "refer": "true from 5 points"},
    source=BANG,
    licence="free to use with attribution to the American Diabetes Association",
    function=ada_risk,
)


def findrisc(  # noqa: PLR0913 - the form asks nine things
    *,
    age: float,
    sex: str,
    bmi: float,
    waist_cm: float,
    bp_drugs: bool,
    high_glucose_ever: bool,
    active_30min_day: bool,
    daily_fruit_veg: bool,
    family_points: str,
) -> Result:
    """Finnish Diabetes Risk Score, the form's version, 0 to 26 points.

    Age <45 0, 45-54 2, 55-64 3, older 4; BMI <25 0, 25-30 1, >30 3; waist <94/80 cm 0,
    94-102/80-88 3, above 4 (men/women); under 30 minutes' activity a day 2; no daily
    vegetables or fruit 1; medicine for blood pressure 2; ever high glucose 5; family 3 (second
    degree) or 5 (first). Bands 0-6, 7-11, 12-14, 15-20, from 21. Age 18 to 120, BMI 10 to
    100, waist 30 to 250 cm, else `ClinicalInputError`. doi:10.2337/diacare.26.3.725; free to
    use with attribution to the Finnish Diabetes Association.
    """
    score = (0, 2, 3, 4)[bisect_right(FINDRISC_AGES, age)]
    heavy, heaviest = FINDRISC_BMIS
    score += (0, 1, 3)[(bmi >= heavy) + (bmi > heaviest)]
    wide, widest = FINDRISC_WAISTS[sex]
    score += FINDRISC_POINTS[(waist_cm >= wide) + (waist_cm > widest)]
    score += 2 * bp_drugs + 5 * high_glucose_ever
    score += 2 * (not active_30min_day) + (not daily_fruit_veg) + int(family_points)
    _, band, percent = max(row for row in FINDRISC_BANDS if score >= row[0])
    return {"score": score, "band": band, "ten_year_risk_pct": percent}


FINDRISC = Score(
    name="FINDRISC",
    title=N_("Finnish Diabetes Risk Score"),
    formula="sum of points, 0 to 26",
    inputs=(
        usual.age(18, 120, "adults, Lindström 2003"),
        usual.SEX,
        usual.body_mass_index(),
        Number("waist_cm", usual.WAIST, PLAUSIBLE, low=30, high=250, unit="cm"),
        usual.flag("bp_drugs", usual.PRESSURE_MEDICINE),
        usual.flag("high_glucose_ever", N_("High blood glucose at any time")),
        usual.flag("active_30min_day", N_("Active for 30 minutes a day")),
        usual.flag("daily_fruit_veg", N_("Vegetables, fruit or berries every day")),
        Choice(
            "family_points",
            N_("Points for diabetes in the family"),
            LINDSTROM,
            choices={"0": "0", "3": "3", "5": "5"},
        ),
    ),
    outputs={"score": "points", "band": "the form's band", "ten_year_risk_pct": "%"},
    source=LINDSTROM,
    licence="free to use with attribution to the Finnish Diabetes Association",
    function=findrisc,
)


def metsyn(
    *, criteria_met: tuple[int, ...] | None, **measured: float | str | bool | None
) -> Result:
    """Metabolic syndrome, harmonised 2009: three or more of five signs.

    Waist from 102 cm (men) or 88 cm (women; it differs by population), triglycerides from 150
    mg/dL, HDL below 40 (men) or 50 mg/dL (women), pressure from 130 or 85 mm[Hg], glucose from
    100 mg/dL; a medicine for it counts as the sign. Give `criteria_met`, five answers of 0 or
    1, or the measurements; both or neither, a measurement out of range, or a lower pressure not
    below the upper, is `ClinicalInputError`. Alberti 2009 doi:10.1161/CIRCULATIONAHA.109.192644.
    """
    given = any(value is not None and value is not False for value in measured.values())
    if given == (criteria_met is not None):
        raise ClinicalInputError("criteria_met", Sentence(ONE_WAY), ALBERTI)
    count = sum(criteria_met) if criteria_met is not None else _signs(measured)
    return {"positive": count >= METSYN_NEEDS, "criteria": count}


def _signs(measured: dict[str, float | str | bool | None]) -> int:
    values = {}
    for key in MEASURED:
        value = measured[key]
        if value is None:
            METSYN.input(key).missing()
        values[key] = value
    if float(values["dbp"]) >= float(values["sbp"]):
        raise ClinicalInputError("dbp", Sentence(LOWER_ABOVE_UPPER), PLAUSIBLE)
    sex = str(values["sex"])
    return sum(
        (
            float(values["waist_cm"]) >= METSYN_WAIST[sex],
            float(values["tg_mg_dl"]) >= METSYN_TG or bool(measured["tg_tx"]),
            float(values["hdl_mg_dl"]) < METSYN_HDL[sex] or bool(measured["hdl_tx"]),
            float(values["sbp"]) >= METSYN_SBP
            or float(values["dbp"]) >= METSYN_DBP
            or bool(measured["bp_tx"]),
            float(values["glucose_mg_dl"]) >= METSYN_GLUCOSE or bool(measured["glucose_tx"]),
        )
    )


MEASURED = ("sex", "waist_cm", "tg_mg_dl", "hdl_mg_dl", "sbp", "dbp", "glucose_mg_dl")


def _measured(key: str, title: str, low: int, high: int, unit: str) -> Input:
    return Number(key, title, PLAUSIBLE, required=False, low=low, high=high, unit=unit)


def _treated(key: str, title: str) -> Input:
    return Flag(key, title, "a medicine for it counts as the sign", required=False, default=False)


METSYN = Score(
    name="METSYN",
    title=N_("Metabolic syndrome"),
    formula="3 or more of 5 signs",
    inputs=(
        Items(
            "criteria_met",
            N_("Which of the five signs are met"),
            ALBERTI,
            required=False,
            count=5,
            high=1,
        ),
        Choice("sex", usual.SEX.title, "limits differ by sex", required=False, choices=usual.SEXES),
        _measured("waist_cm", usual.WAIST, 30, 250, "cm"),
        _measured("tg_mg_dl", usual.TRIGLYCERIDES, 10, 5000, "mg/dL"),
        _measured("hdl_mg_dl", usual.HDL_CHOLESTEROL, 1, 200, "mg/dL"),
        _measured("sbp", usual.SYSTOLIC, 40, 300, "mm[Hg]"),
        _measured("dbp", usual.DIASTOLIC, 20, 200, "mm[Hg]"),
        _measured("glucose_mg_dl", N_("Fasting glucose"), 20, 700, "mg/dL"),
        _treated("tg_tx", N_("Medicine for triglycerides")),
        _treated("hdl_tx", N_("Medicine for HDL")),
        _treated("bp_tx", usual.PRESSURE_MEDICINE),
        _treated("glucose_tx", N_("Medicine for glucose")),
    ),
    outputs={"positive": "true from 3 signs", "criteria": "how many of the 5 signs"},
    source=ALBERTI,
    licence="published criteria, free to use",
    function=metsyn,
)

ALL = (ADA_RISK, FINDRISC, METSYN)
