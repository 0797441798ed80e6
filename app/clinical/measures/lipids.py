"""Fats in the blood."""

from __future__ import annotations

from app.clinical.measures.build import LABORATORY, MG_DL, Span, alert, number
from app.clinical.measures.kinds import LAB
from app.clinical.measures.row import Alert, Choice, Measure
from app.clinical.sentences import N_

ACC = "ACC/AHA 2026"
ACC_SOURCE = "ACC/AHA 2026 dyslipidemia guideline doi:10.1161/CIR.0000000000001423"
UNITS = (MG_DL, Choice("mmol/L", "mmol/L", 2))


def cholesterol(
    key: str,
    codes: tuple[str, ...],
    label: str,
    goal: str,
    *,
    hard: Span,
    soft: Span,
    alerts: tuple[Alert, ...] = (),
) -> Measure:
    """One kind of cholesterol."""
    return number(
        key,
        codes[0],
        label,
        LAB,
        UNITS,
        hard=hard,
        soft=soft,
        goal=(goal, ACC),
        how_to=LABORATORY,
        source=ACC_SOURCE,
        alerts=alerts,
        also=codes[1:],
        analyte="cholesterol",
        decimals=2,
    )


TOTAL = cholesterol(
    "total-cholesterol",
    ("2093-3", "14647-2"),
    N_("Total cholesterol"),
    N_("Under 200 mg/dL (5.2 mmol/L) is usual; what counts most is the LDL part."),
    hard=(50, 1000),
    soft=(80, 400),
)

HDL = cholesterol(
    "hdl-cholesterol",
    ("2085-9", "14646-4"),
    N_("HDL cholesterol"),
    N_("40 mg/dL (1.0 mmol/L) or more for men, 50 (1.3) or more for women, is usual."),
    hard=(5, 200),
    soft=(20, 120),
)

LDL = cholesterol(
    "ldl-cholesterol",
    ("13457-7", "22748-8", "18262-6", "2089-1"),
    N_("LDL cholesterol"),
    N_(
        "The goal depends on your risk: under 100, 70 or 55 mg/dL (2.6, 1.8 or 1.4 mmol/L). Your"
        " care team tells you which is yours."
    ),
    hard=(5, 900),
    soft=(20, 350),
    alerts=(
        alert(
            "very-high",
            "soon",
            N_(
                "This is very high, and may run in your family. Please tell your care team this"
                " week: treatment works well."
            ),
            ACC,
            at_least=190,
        ),
    ),
)

NON_HDL = cholesterol(
    "non-hdl-cholesterol",
    ("43396-1", "70204-3"),
    N_("Non-HDL cholesterol"),
    N_("The goal is 30 mg/dL (0.8 mmol/L) above your LDL goal."),
    hard=(10, 980),
    soft=(40, 400),
    alerts=(
        alert(
            "very-high",
            "soon",
            N_("This is very high. Please tell your care team: treatment works well."),
            ACC,
            at_least=220,
        ),
    ),
)

TRIGLYCERIDES = number(
    "triglycerides",
    "2571-8",
    N_("Triglycerides"),
    LAB,
    UNITS,
    hard=(10, 10000),
    soft=(30, 1000),
    also=("14927-8",),
    goal=(N_("Under 150 mg/dL (1.7 mmol/L) is usual."), ACC),
    alerts=(
        alert(
            "extreme",
            "soon",
            N_(
                "This is so high that the pancreas is at risk. Tell your care team today. With"
                " strong pain in the belly, call the emergency number."
            ),
            ACC,
            at_least=1000,
        ),
        alert(
            "very-high",
            "soon",
            N_("This is very high. Please tell your care team this week."),
            ACC,
            at_least=500,
        ),
    ),
    how_to=LABORATORY,
    source=ACC_SOURCE,
    analyte="triglycerides",
    decimals=2,
)

# Two rows, because no factor turns one into the other: the particles differ in size.
LPA_SOURCE = "EAS 2022 consensus doi:10.1093/eurheartj/ehac361; " + ACC_SOURCE
LPA_HOW = (
    *LABORATORY,
    N_("It is inherited and hardly changes: measuring it once in a lifetime is enough."),
)
LPA_HIGH = N_(
    "This is raised, and it is inherited. Please tell your care team: your other risks count for"
    " more now, and your family may want to know."
)
LPA = number(
    "lipoprotein-a",
    "43583-4",
    N_("Lipoprotein(a)"),
    LAB,
    (Choice("nmol/L", "nmol/L", 0),),
    hard=(0, 1000),
    soft=(0, 700),
    goal=(N_("Under 75 nmol/L is usual; 125 nmol/L or more adds to your risk."), ACC),
    alerts=(alert("high", "note", LPA_HIGH, ACC, at_least=125),),
    how_to=LPA_HOW,
    source=LPA_SOURCE,
    analyte="lipoprotein-a",
)
LPA_MASS = number(
    "lipoprotein-a-mass",
    "10835-7",
    N_("Lipoprotein(a), by weight"),
    LAB,
    (MG_DL, Choice("mg/L", "mg/L", 0)),
    hard=(0, 500),
    soft=(0, 300),
    goal=(N_("Under 30 mg/dL is usual; 50 mg/dL or more adds to your risk."), ACC),
    alerts=(alert("high", "note", LPA_HIGH, ACC, at_least=50),),
    how_to=LPA_HOW,
    source=LPA_SOURCE,
    analyte="lipoprotein-a",
)

ROWS = (TOTAL, HDL, LDL, NON_HDL, TRIGLYCERIDES, LPA, LPA_MASS)
