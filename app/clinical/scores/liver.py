"""Liver: scarring (FIB-4, NAFLD fibrosis score) and fat (Fatty Liver Index)."""

from __future__ import annotations

from math import exp, log, sqrt

from app.clinical.scores import usual
from app.clinical.scores.inputs import PLAUSIBLE, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_

STERLING = "Sterling, Hepatology 2006 doi:10.1002/hep.21178"
ANGULO = "Angulo, Hepatology 2007 doi:10.1002/hep.21496"
BEDOGNI = "Bedogni, BMC Gastroenterology 2006 doi:10.1186/1471-230X-6-33"
GDL_LIMITS = "input limits of the public FIB-4 guideline in gdl-lang/common-clinical-models"

FIB4_LOW, FIB4_LOW_FROM_65, FIB4_HIGH = 1.3, 2.0, 2.67
RELIABLE_FROM, OLDER_FROM = 36, 65
# From what figure each stage of scarring on Ishak's scale is the likely one (Sterling 2006).
ISHAK = ((3.25, "Ishak 4-6"), (1.45, "Ishak 2-3"))
NFS_LOW, NFS_HIGH = -1.455, 0.676
FLI_OUT, FLI_IN = 30, 60

LAB_LOW, LAB_HIGH = N_("very low, check the entry"), N_("very high, check the entry")
# What is possible but so rare that it should be looked at again.
UNUSUAL = {"platelets": (10, 750), "alt": (4, 4000), "ast": (4, 4000)}


def fib4(*, age: float, ast: float, alt: float, platelets: float) -> Result:
    """FIB-4 index of liver scarring.

    age · AST / (platelets · √ALT); AST and ALT in U/L, platelets in 10^9/L. Below 1.3 (2.0
    from 65 years) low, above 2.67 high; unreliable at 35 and younger. Age 18 to 120, AST and
    ALT 1 to 10,000, platelets 1 to 3,200, else `ClinicalInputError`.
    Sterling 2006 doi:10.1002/hep.21178; LOINC 96154-5; free.
    """
    value = age * ast / (platelets * sqrt(alt))
    low = FIB4_LOW_FROM_65 if age >= OLDER_FROM else FIB4_LOW
    band = "low" if value < low else "high" if value > FIB4_HIGH else "indeterminate"
    given = {"platelets": platelets, "alt": alt, "ast": ast}
    reliable = age >= RELIABLE_FROM
    return {
        "fib4": value,
        "band": band,
        "reliable": reliable,
        "stage": next((stage for above, stage in ISHAK if value > above), "Ishak 0-1"),
        "interpretation": FIB4_WORDS[band if reliable else "unreliable"],
        "warnings": {name: word for name, each in given.items() if (word := _unusual(name, each))},
    }


FIB4_WORDS = {
    "low": N_("Advanced fibrosis excluded"),
    "indeterminate": N_("Further investigation"),
    "high": N_("Advanced fibrosis (METAVIR stage F3-F4) likely"),
    "unreliable": N_("Use alternative fibrosis assessment"),
}


def _unusual(name: str, value: float) -> str:
    low, high = UNUSUAL[name]
    if value < low:
        return LAB_LOW
    return LAB_HIGH if value > high else ""


def _enzyme(key: str, title: str, high: int = 10_000) -> Number:
    return Number(key, title, GDL_LIMITS, low=1, high=high, unit="U/L")


PLATELETS = Number("platelets", usual.PLATELETS, GDL_LIMITS, low=1, high=3200, unit="10*9/L")

FIB4 = Score(
    name="FIB4",
    title=N_("Liver scarring (FIB-4)"),
    formula="age*AST/(platelets*sqrt(ALT))",
    inputs=(
        usual.age(18, 120, "adults; 36 to 65 years is where it was validated, Sterling 2006"),
        _enzyme("ast", usual.AST),
        _enzyme("alt", usual.ALT),
        PLATELETS,
    ),
    outputs={
        "fib4": "index",
        "band": "low, indeterminate or high",
        "reliable": "false at 35 years and younger",
        "stage": "likely stage on Ishak's scale",
        "interpretation": "what the band means",
        "warnings": "entries so rare that they should be checked",
    },
    source=STERLING,
    licence="published formula, free to use",
    function=fib4,
)


def nafld_fs(
    *,
    age: float,
    bmi: float,
    ifg_or_dm: bool,
    ast: float,
    alt: float,
    platelets: float,
    albumin_g_dl: float,
) -> Result:
    """NAFLD fibrosis score.

    -1.675 + 0.037 age + 0.094 BMI + 1.13 (high glucose or diabetes) + 0.99 AST/ALT
    - 0.013 platelets - 0.66 albumin; U/L, 10^9/L, g/dL. Below -1.455 low, above 0.676 high.
    Age 18 to 120, BMI 10 to 100, enzymes 1 to 10,000, platelets 1 to 3,200, albumin 0.5 to
    7 g/dL, else `ClinicalInputError`. Angulo 2007 doi:10.1002/hep.21496.
    """
    value = (
        -1.675
        + 0.037 * age
        + 0.094 * bmi
        + 1.13 * ifg_or_dm
        + 0.99 * ast / alt
        - 0.013 * platelets
        - 0.66 * albumin_g_dl
    )
    band = "low" if value < NFS_LOW else "high" if value > NFS_HIGH else "indeterminate"
    return {"nfs": value, "band": band}


NAFLD_FS = Score(
    name="NAFLD_FS",
    title=N_("Liver scarring (NAFLD fibrosis score)"),
    formula="-1.675+0.037*age+0.094*BMI+1.13*IFG/DM+0.99*AST/ALT-0.013*platelets-0.66*albumin",
    inputs=(
        usual.age(18, 120, "adults, Angulo 2007"),
        usual.body_mass_index(),
        usual.flag("ifg_or_dm", N_("High blood glucose or diabetes")),
        _enzyme("ast", usual.AST),
        _enzyme("alt", usual.ALT),
        PLATELETS,
        Number("albumin_g_dl", N_("Albumin in blood"), PLAUSIBLE, low=0.5, high=7, unit="g/dL"),
    ),
    outputs={"nfs": "score", "band": "low, indeterminate or high"},
    source=ANGULO,
    licence="published formula, free to use",
    function=nafld_fs,
)


def fli(*, bmi: float, waist_cm: float, ggt: float, tg: float, tg_unit: str) -> Result:
    """Fatty Liver Index, 0 to 100.

    y = 0.953 ln TG (mg/dL) + 0.139 BMI + 0.718 ln GGT (U/L) + 0.053 waist (cm) - 15.745;
    FLI = 100 e^y / (1 + e^y). Below 30 rules fatty liver out, from 60 rules it in. BMI 10
    to 100, waist 30 to 250 cm, GGT 1 to 10,000, triglycerides 10 to 5,000 mg/dL, else
    `ClinicalInputError`. Bedogni 2006 doi:10.1186/1471-230X-6-33 (open access).
    """
    triglycerides = TG.mg_dl(tg, tg_unit)
    y = 0.953 * log(triglycerides) + 0.139 * bmi + 0.718 * log(ggt) + 0.053 * waist_cm - 15.745
    value = 100 / (1 + exp(-y))
    band = "low" if value < FLI_OUT else "high" if value >= FLI_IN else "indeterminate"
    return {"fli": value, "y": y, "band": band}


TG = usual.amount("tg", usual.TRIGLYCERIDES, usual.MG_DL_TRIGLYCERIDES, "10", "5000")

FLI = Score(
    name="FLI",
    title=N_("Fat in the liver (Fatty Liver Index)"),
    formula="100*e^y/(1+e^y), y=0.953*ln TG+0.139*BMI+0.718*ln GGT+0.053*waist-15.745",
    inputs=(
        usual.body_mass_index(),
        Number("waist_cm", usual.WAIST, PLAUSIBLE, low=30, high=250, unit="cm"),
        _enzyme("ggt", N_("GGT")),
        TG,
        usual.unit_of("tg_unit", usual.MILLIMOLES),
    ),
    outputs={"fli": "0 to 100", "y": "log-odds", "band": "low, indeterminate or high"},
    source=BEDOGNI,
    licence="open access, free to use",
    function=fli,
)

ALL = (FIB4, NAFLD_FS, FLI)
