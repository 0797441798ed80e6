"""Kidneys: filtration from creatinine, albumin in urine, and the two together."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import usual
from app.clinical.scores.inputs import PLAUSIBLE, Choice, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

KDIGO = "KDIGO 2024 chronic kidney disease guideline doi:10.1016/j.kint.2023.10.018"
INKER = "Inker NEJM 2021 doi:10.1056/NEJMoa2102953"
COCKCROFT = "Cockcroft and Gault, Nephron 1976 doi:10.1159/000180580"

MG_G_PER_MG_MMOL = 8.84

ONE_FORM = N_("Give either the two categories, or the filtration and the albumin ratio.")
ONE_RATIO = N_("Give either albumin and creatinine, or the ratio itself.")
ONE_CREATININE = N_("Give creatinine once, in one unit.")

# From what filtration each category begins (mL/min/1.73 m2).
G_CATEGORIES = ((90, "G1"), (60, "G2"), (45, "G3a"), (30, "G3b"), (15, "G4"), (0, "G5"))

LOW, MODERATE = N_("Low risk"), N_("Moderately increased risk")
HIGH, VERY_HIGH = N_("High risk"), N_("Very high risk")
ONCE, TWICE = N_("x1 per year"), N_("x2 per year")
THRICE, OFTEN = N_("x3 per year"), N_(">= x4 per year")

# The heat map: risk, and how often to look again, under A1, A2 and A3.
HEAT_MAP = {
    "G1": ((LOW, ONCE), (MODERATE, ONCE), (HIGH, TWICE)),
    "G2": ((LOW, ONCE), (MODERATE, ONCE), (HIGH, TWICE)),
    "G3a": ((MODERATE, ONCE), (HIGH, TWICE), (VERY_HIGH, THRICE)),
    "G3b": ((HIGH, TWICE), (VERY_HIGH, THRICE), (VERY_HIGH, THRICE)),
    "G4": ((VERY_HIGH, THRICE), (VERY_HIGH, THRICE), (VERY_HIGH, OFTEN)),
    "G5": ((VERY_HIGH, OFTEN), (VERY_HIGH, OFTEN), (VERY_HIGH, OFTEN)),
}
A2_FROM, A3_ABOVE = 30, 300
ALBUMINURIA = ("A1", "A2", "A3")


def _either(key: str, title: str, low: float, high: float, unit: str) -> Number:
    """A number of which one or another is given."""
    return Number(key, title, PLAUSIBLE, required=False, low=low, high=high, unit=unit)


def _category(key: str, title: str, names: Iterable[str]) -> Choice:
    """A KDIGO category, under its name in any capitals."""
    choices = {name.lower(): name for name in names}
    return Choice(key, title, KDIGO, required=False, choices=choices)


def g_category(egfr: float) -> str:
    """KDIGO filtration category: G1 90 and above, G2 60, G3a 45, G3b 30, G4 15, G5 below."""
    return next(name for begins, name in G_CATEGORIES if egfr >= begins)


def a_category(uacr_mg_g: float) -> str:
    """KDIGO albuminuria category: A1 below 30 mg/g, A2 30 to 300, A3 above 300."""
    if uacr_mg_g < A2_FROM:
        return "A1"
    return "A2" if uacr_mg_g <= A3_ABOVE else "A3"


def ckd_epi(*, sex: str, age: float, creatinine: float, unit: str) -> Result:
    """Estimated filtration by CKD-EPI 2021, without race.

    142 · min(Scr/k, 1)^a · max(Scr/k, 1)^-1.200 · 0.9938^age · 1.012 if female; k 0.7 and
    a -0.241 for women, 0.9 and -0.302 for men; Scr in mg/dL (umol/L / 88.4). Result in
    mL/min/1.73 m2, reported as a whole number. Age 18 to 120, creatinine 0.2 to 20 mg/dL,
    else `ClinicalInputError`. Inker 2021 doi:10.1056/NEJMoa2102953; free to use.
    """
    scr = CREATININE.mg_dl(creatinine, unit)
    k, a, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    exact = 142 * min(scr / k, 1) ** a * max(scr / k, 1) ** -1.2 * 0.9938**age * factor
    reported = floor(exact + 0.5)
    return {"egfr": reported, "egfr_exact": exact, "category": g_category(reported)}


CREATININE = usual.amount(
    "creatinine", usual.CREATININE, 1 / usual.UMOL_CREATININE, "0.2", "20", unit="umol/L"
)

CKD_EPI_2021 = Score(
    name="CKD_EPI_2021",
    title=N_("Kidney filtration from creatinine (CKD-EPI 2021)"),
    formula="142*min(Scr/k,1)^a*max(Scr/k,1)^-1.200*0.9938^age*(1.012 if female)",
    inputs=(
        usual.SEX,
        usual.age(18, 120, f"adults, {INKER}"),
        CREATININE,
        usual.unit_of("unit", usual.MICROMOLES),
    ),
    outputs={
        "egfr": "mL/min/1.73 m2, whole",
        "egfr_exact": "mL/min/1.73 m2",
        "category": "KDIGO G1 to G5",
    },
    source=INKER,
    licence="free to use (National Kidney Foundation, NIDDK)",
    function=ckd_epi,
)


def kdigo_risk(
    *, g: str | None, a: str | None, egfr: float | None, uacr_mg_g: float | None
) -> Result:
    """KDIGO risk category from filtration and albuminuria.

    Give `g` (G1 to G5) and `a` (A1 to A3), or `egfr` (0 to 200 mL/min/1.73 m2, taken as the
    whole number that is reported) and
    `uacr_mg_g` (0 to 25,000 mg/g), else `ClinicalInputError`. KDIGO 2012 and 2024.
    """
    if (g is None) == (egfr is None) or (a is None) == (uacr_mg_g is None):
        raise ClinicalInputError("g" if g is None else "egfr", Sentence(ONE_FORM), KDIGO)
    row = g or g_category(floor((egfr or 0) + 0.5))
    column = a or a_category(uacr_mg_g or 0)
    risk, monitoring = HEAT_MAP[row][ALBUMINURIA.index(column)]
    return {"risk": risk, "monitoring": monitoring, "category": row + column}


KDIGO_RISK = Score(
    name="KDIGO_RISK",
    title=N_("Risk of kidney disease (KDIGO)"),
    formula="table of filtration category (G) by albuminuria category (A)",
    inputs=(
        _category("g", N_("Filtration category"), HEAT_MAP),
        _category("a", N_("Albuminuria category"), ALBUMINURIA),
        _either("egfr", N_("Kidney filtration (eGFR)"), 0, 200, "mL/min/1.73 m2"),
        _either("uacr_mg_g", N_("Albumin to creatinine ratio"), 0, 25000, "mg/g"),
    ),
    outputs={"risk": "KDIGO risk", "monitoring": "how often", "category": "G and A"},
    source=KDIGO,
    licence="published guideline; figures free to use with attribution",
    function=kdigo_risk,
)


def uacr(
    *,
    albumin_mg_dl: float | None,
    creatinine_mg_dl: float | None,
    uacr_mg_mmol: float | None,
) -> Result:
    """Albumin to creatinine ratio in urine, mg/g, and its KDIGO category.

    albumin mg/dL / creatinine mg/dL · 1000, or mg/mmol · 8.84. Albumin 0 to 2,000 mg/dL,
    creatinine 1 to 1,000 mg/dL, ratio 0 to 3,000 mg/mmol, else `ClinicalInputError`. A ratio
    in mg/mmol is sorted by the limits of that unit (A2 from 3, A3 above 30). KDIGO 2024.
    """
    pair = albumin_mg_dl, creatinine_mg_dl
    if (uacr_mg_mmol is None) == (pair == (None, None)):
        raise ClinicalInputError("albumin_mg_dl", Sentence(ONE_RATIO), KDIGO)
    if uacr_mg_mmol is not None:
        ratio = uacr_mg_mmol * MG_G_PER_MG_MMOL
    elif albumin_mg_dl is None:
        UACR.input("albumin_mg_dl").missing()
    elif creatinine_mg_dl is None:
        UACR.input("creatinine_mg_dl").missing()
    else:
        ratio = albumin_mg_dl / creatinine_mg_dl * 1000
    # Each unit has limits of its own, in which 3 mg/mmol and 30 mg/g are the same one.
    beside = ratio if uacr_mg_mmol is None else uacr_mg_mmol * 10
    return {
        "uacr_mg_g": ratio,
        "uacr_mg_mmol": ratio / MG_G_PER_MG_MMOL,
        "category": a_category(beside),
    }


UACR = Score(
    name="UACR",
    title=N_("Albumin to creatinine ratio in urine"),
    formula="albumin mg/dL / creatinine mg/dL * 1000 = mg/g; mg/mmol * 8.84 = mg/g",
    inputs=(
        _either("albumin_mg_dl", N_("Albumin in urine"), 0, 2000, "mg/dL"),
        _either("creatinine_mg_dl", N_("Creatinine in urine"), 1, 1000, "mg/dL"),
        _either("uacr_mg_mmol", N_("Albumin to creatinine ratio"), 0, 3000, "mg/mmol"),
    ),
    outputs={"uacr_mg_g": "mg/g", "uacr_mg_mmol": "mg/mmol", "category": "A1 to A3"},
    source=KDIGO,
    licence="arithmetic",
    function=uacr,
)


def cockcroft_gault(
    *,
    age: float,
    sex: str,
    weight_kg: float,
    creatinine_mg_dl: float | None,
    creatinine_umol_l: float | None,
) -> Result:
    """Creatinine clearance by Cockcroft and Gault, mL/min, for choosing drug doses.

    (140 - age) · kg / (72 · Scr), · 0.85 for women. Adults: age 18 to 120, weight 20 to
    350 kg, creatinine 0.2 to 20 mg/dL, else `ClinicalInputError`.
    Cockcroft 1976 doi:10.1159/000180580.
    """
    if (creatinine_mg_dl is None) == (creatinine_umol_l is None):
        raise ClinicalInputError("creatinine_mg_dl", Sentence(ONE_CREATININE), COCKCROFT)
    scr = creatinine_mg_dl or (creatinine_umol_l or 0) / usual.UMOL_CREATININE
    clearance = (140 - age) * weight_kg / (72 * scr) * (0.85 if sex == "female" else 1)
    return {"crcl": clearance}


COCKCROFT_GAULT = Score(
    name="COCKCROFT_GAULT",
    title=N_("Creatinine clearance (Cockcroft-Gault)"),
    formula="(140-age)*kg/(72*Scr)*(0.85 if female)",
    inputs=(
        usual.age(18, 120, f"adults only, {COCKCROFT}"),
        usual.SEX,
        Number("weight_kg", usual.WEIGHT, PLAUSIBLE, low=20, high=350, unit="kg"),
        _either("creatinine_mg_dl", usual.CREATININE, 0.2, 20, "mg/dL"),
        _either("creatinine_umol_l", usual.CREATININE, 17.68, 1768, "umol/L"),
    ),
    outputs={"crcl": "mL/min"},
    source=COCKCROFT,
    licence="published formula, free to use",
    function=cockcroft_gault,
    note="For drug doses only.",
)

ALL = (CKD_EPI_2021, KDIGO_RISK, UACR, COCKCROFT_GAULT)
