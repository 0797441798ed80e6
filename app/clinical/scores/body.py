"""Body and blood in plain arithmetic: BMI, pressure, LDL, glucose and HbA1c."""

from __future__ import annotations

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import usual
from app.clinical.scores.inputs import PLAUSIBLE, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

WHO = "WHO expert consultation on obesity, Technical Report Series 894"
FRIEDEWALD = "Friedewald, Clinical Chemistry 1972;18:499"
NATHAN = "Nathan (ADAG), Diabetes Care 2008 doi:10.2337/dc08-0545"
NGSP = "NGSP and IFCC master equation, ngsp.org"
BERGENSTAL = "Bergenstal, Diabetes Care 2018 doi:10.2337/dc18-1581"

FRIEDEWALD_LIMIT = 400

LOWER_ABOVE_UPPER = N_("The lower blood pressure must be below the upper one. Were they swapped?")
FAT_TOO_HIGH = N_(
    "With triglycerides of 400 mg/dL or more this LDL figure is wrong. Ask for LDL to be measured."
)
PARTS_ABOVE_WHOLE = N_("HDL and triglycerides leave nothing of the total cholesterol. Check them.")
ONE_OF_TWO = N_("Give HbA1c once: in percent or in mmol/mol.")

OBESE_III = N_("Obese - class III")
# WHO classes: the body mass index below which each ends.
BMI_CLASSES = (
    (16, N_("Underweight - severe thinness")),
    (17, N_("Underweight - moderate thinness")),
    (18.5, N_("Underweight - mild thinness")),
    (25, N_("Within normal range")),
    (30, N_("Overweight / pre-obese")),
    (35, N_("Obese - class I")),
    (40, N_("Obese - class II")),
)


def bmi(*, weight_kg: float, height_cm: float) -> Result:
    """Body mass index and its WHO class for adults.

    kg / m². Weight 10 to 650 kg, height 50 to 272 cm, else `ClinicalInputError`. WHO.
    """
    # Two decimals, as it is written and classed, so that 29.999999 is never "overweight".
    value = round(weight_kg / (height_cm / 100) ** 2 + 1e-9, 2)
    name = next((name for ends, name in BMI_CLASSES if value < ends), OBESE_III)
    return {"bmi": value, "class": name}


BMI = Score(
    name="BMI",
    title=N_("Body mass index"),
    formula="kg/m^2",
    inputs=(
        Number("weight_kg", usual.WEIGHT, PLAUSIBLE, low=10, high=650, unit="kg"),
        Number("height_cm", usual.HEIGHT, PLAUSIBLE, low=50, high=272, unit="cm"),
    ),
    outputs={"bmi": "kg/m2, two decimals", "class": "WHO class"},
    source=WHO,
    licence="arithmetic",
    function=bmi,
)


def mean_pressure(*, sbp: float, dbp: float) -> Result:
    """Mean arterial pressure, mm[Hg]: (upper + 2 · lower) / 3.

    Upper 40 to 300, lower 20 to 200 and below the upper, else `ClinicalInputError`.
    """
    if dbp >= sbp:
        raise ClinicalInputError("dbp", Sentence(LOWER_ABOVE_UPPER), PLAUSIBLE)
    return {"map": (sbp + 2 * dbp) / 3}


MAP = Score(
    name="MAP",
    title=N_("Mean blood pressure"),
    formula="(SBP+2*DBP)/3",
    inputs=(
        Number("sbp", usual.SYSTOLIC, PLAUSIBLE, low=40, high=300, unit="mm[Hg]"),
        Number("dbp", usual.DIASTOLIC, PLAUSIBLE, low=20, high=200, unit="mm[Hg]"),
    ),
    outputs={"map": "mm[Hg]"},
    source="textbook physiology: a third of the way from the lower to the upper pressure",
    licence="arithmetic",
    function=mean_pressure,
)

TC = usual.amount("tc", usual.TOTAL_CHOLESTEROL, usual.MG_DL_CHOLESTEROL, "20", "1000")
HDL = usual.amount("hdl", usual.HDL_CHOLESTEROL, usual.MG_DL_CHOLESTEROL, "1", "200")
TG = usual.amount("tg", usual.TRIGLYCERIDES, usual.MG_DL_TRIGLYCERIDES, "10", "5000")


def ldl_friedewald(
    *, tc: float, tc_unit: str, hdl: float, hdl_unit: str, tg: float, tg_unit: str
) -> Result:
    """LDL cholesterol by Friedewald: total - HDL - triglycerides/5, in mg/dL.

    Refused (`ClinicalInputError`) from 400 mg/dL of triglycerides, and where nothing is left.
    Total 20 to 1,000, HDL 1 to 200 mg/dL; each in mg/dL or mmol/L, said with the value. The
    2026 guideline prefers the equations of Martin/Hopkins or Sampson. Friedewald 1972.
    """
    total = TC.mg_dl(tc, tc_unit)
    good = HDL.mg_dl(hdl, hdl_unit)
    fat = TG.mg_dl(tg, tg_unit)
    if fat >= FRIEDEWALD_LIMIT:
        raise ClinicalInputError("tg", Sentence(FAT_TOO_HIGH), FRIEDEWALD)
    value = total - good - fat / 5
    if value <= 0:
        raise ClinicalInputError("tc", Sentence(PARTS_ABOVE_WHOLE), FRIEDEWALD)
    return {"ldl_mg_dl": value, "ldl_mmol_l": value / usual.MG_DL_CHOLESTEROL}


LDL_FRIEDEWALD = Score(
    name="LDL_FRIEDEWALD",
    title=N_("LDL cholesterol (Friedewald)"),
    formula="TC-HDL-TG/5 in mg/dL; not from TG 400 mg/dL",
    inputs=(
        TC,
        usual.unit_of("tc_unit", usual.MILLIMOLES),
        HDL,
        usual.unit_of("hdl_unit", usual.MILLIMOLES),
        TG,
        usual.unit_of("tg_unit", usual.MILLIMOLES),
    ),
    outputs={"ldl_mg_dl": "mg/dL", "ldl_mmol_l": "mmol/L"},
    source=FRIEDEWALD,
    licence="published formula, free to use",
    function=ldl_friedewald,
    note="Not with triglycerides of 400 mg/dL or more.",
)


def eag(*, a1c_pct: float) -> Result:
    """Estimated average glucose from HbA1c: 28.7 · A1c - 46.7 mg/dL, 1.59 · A1c - 2.59 mmol/L.

    HbA1c 3 to 20 %, else `ClinicalInputError`. Nathan 2008 doi:10.2337/dc08-0545.
    """
    return {"eag_mg_dl": 28.7 * a1c_pct - 46.7, "eag_mmol_l": 1.59 * a1c_pct - 2.59}


EAG = Score(
    name="EAG",
    title=N_("Average glucose from HbA1c"),
    formula="28.7*A1c-46.7 mg/dL; 1.59*A1c-2.59 mmol/L",
    inputs=(Number("a1c_pct", usual.HBA1C, PLAUSIBLE, low=3, high=20, unit="%"),),
    outputs={"eag_mg_dl": "mg/dL", "eag_mmol_l": "mmol/L"},
    source=NATHAN,
    licence="published formula, free to use",
    function=eag,
)


def a1c_units(*, ngsp_pct: float | None, ifcc_mmol_mol: float | None) -> Result:
    """HbA1c from percent (NGSP) to mmol/mol (IFCC), or back.

    IFCC = 10.93 · NGSP - 23.5; NGSP = 0.09148 · IFCC + 2.152. NGSP 3 to 20 %, IFCC 9 to 196
    mmol/mol, one of the two, else `ClinicalInputError`. ngsp.org.
    """
    if ngsp_pct is not None and ifcc_mmol_mol is None:
        return {"ngsp_pct": ngsp_pct, "ifcc_mmol_mol": 10.93 * ngsp_pct - 23.5}
    if ifcc_mmol_mol is not None and ngsp_pct is None:
        return {"ngsp_pct": 0.09148 * ifcc_mmol_mol + 2.152, "ifcc_mmol_mol": ifcc_mmol_mol}
    raise ClinicalInputError("ngsp_pct", Sentence(ONE_OF_TWO), NGSP)


A1C_UNITS = Score(
    name="A1C_UNITS",
    title=N_("HbA1c in the other unit"),
    formula="IFCC=10.93*NGSP-23.5; NGSP=0.09148*IFCC+2.152",
    inputs=(
        Number("ngsp_pct", usual.HBA1C, PLAUSIBLE, required=False, low=3, high=20, unit="%"),
        Number(
            "ifcc_mmol_mol",
            usual.HBA1C,
            PLAUSIBLE,
            required=False,
            low=9,
            high=196,
            unit="mmol/mol",
        ),
    ),
    outputs={"ngsp_pct": "%", "ifcc_mmol_mol": "mmol/mol"},
    source=NGSP,
    licence="published formula, free to use",
    function=a1c_units,
)

MEAN_GLUCOSE = usual.amount("mean_glucose", N_("Average glucose"), usual.MG_DL_GLUCOSE, "20", "700")


def gmi(*, mean_glucose: float, unit: str) -> Result:
    """Glucose Management Indicator: the HbA1c that a sensor's average points to.

    3.31 + 0.02392 · mean mg/dL (%); 12.71 + 4.70587 · mean mmol/L (mmol/mol). Mean 20 to 700
    mg/dL, else `ClinicalInputError`; rest on it from 14 days with 70 % of readings.
    Bergenstal 2018 doi:10.2337/dc18-1581; free.
    """
    mean = MEAN_GLUCOSE.mg_dl(mean_glucose, unit)
    moles = mean / usual.MG_DL_GLUCOSE
    return {"gmi_pct": 3.31 + 0.02392 * mean, "gmi_mmol_mol": 12.71 + 4.70587 * moles}


GMI = Score(
    name="GMI",
    title=N_("Glucose Management Indicator"),
    formula="3.31+0.02392*mean mg/dL (%); 12.71+4.70587*mean mmol/L (mmol/mol)",
    inputs=(MEAN_GLUCOSE, usual.unit_of("unit", usual.MILLIMOLES)),
    outputs={"gmi_pct": "%", "gmi_mmol_mol": "mmol/mol"},
    source=BERGENSTAL,
    licence="published formula, free to use",
    function=gmi,
)

ALL = (BMI, MAP, LDL_FRIEDEWALD, EAG, A1C_UNITS, GMI)
