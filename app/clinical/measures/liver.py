"""How the liver fares."""

from __future__ import annotations

from app.clinical.measures.build import FROM_MEMORY, OWN_RANGE, UMOL_L, alert, lab
from app.clinical.measures.row import Choice, Measure
from app.clinical.sentences import N_

ACG = "ACG 2017"
ACG_SOURCE = "ACG 2017 abnormal liver chemistries doi:10.1038/ajg.2016.517"
U_L = (Choice("U/L", "U/L", 0), Choice("ukat/L", "µkat/L", 2))
LIVER_HIGH = N_(
    "This is several times what is usual. Tell your care team today, and drink no alcohol. If"
    " your skin or eyes turn yellow, call the emergency number."
)


def enzyme(key: str, loinc: str, label: str, goal: str, high: int) -> Measure:
    """An enzyme of the liver; `high` is five times the upper end of what is usual."""
    return lab(
        key,
        (loinc,),
        label,
        U_L,
        (goal, ACG),
        hard=(0, 20000),
        soft=(3, 2000),
        source=ACG_SOURCE + "; " + FROM_MEMORY,
        alerts=(alert("very-high", "soon", LIVER_HIGH, ACG, above=high),),
    )


AST = enzyme("ast", "1920-8", N_("Liver value AST"), N_("Under about 40 U/L is usual."), 200)
ALT = enzyme(
    "alt", "1742-6", N_("Liver value ALT"), N_("Under 33 for men and 25 U/L for women."), 165
)
GGT = enzyme("ggt", "2324-2", N_("Liver value GGT"), N_("Under about 60 U/L is usual."), 300)
ALP = enzyme("alp", "6768-6", N_("Liver value ALP"), N_("About 30 to 120 U/L is usual."), 600)

BILIRUBIN = lab(
    "bilirubin",
    ("1975-2", "14631-6"),
    N_("Bilirubin"),
    (Choice("mg/dL", "mg/dL", 1), UMOL_L),
    (N_("Under 1.2 mg/dL (21 µmol/L) is usual."), ACG),
    hard=(0, 60),
    soft=("0.1", 15),
    source=ACG_SOURCE + "; " + FROM_MEMORY,
    analyte="bilirubin",
)
ALBUMIN = lab(
    "albumin",
    ("1751-7", "61151-7"),
    N_("Albumin in blood"),
    (Choice("g/dL", "g/dL", 1), Choice("g/L", "g/L", 0)),
    (N_("3.5 to 5.0 g/dL (35 to 50 g/L) is usual."), OWN_RANGE),
    hard=("0.5", 8),
    soft=("1.5", 6),
)

ROWS = (AST, ALT, GGT, ALP, BILIRUBIN, ALBUMIN)
