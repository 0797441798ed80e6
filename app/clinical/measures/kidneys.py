"""How the kidneys filter, and the salts they keep in balance."""

from __future__ import annotations

from app.clinical.measures.build import (
    AS_REPORTED,
    FROM_MEMORY,
    LABORATORY,
    OWN_RANGE,
    UMOL_L,
    alert,
    number,
)
from app.clinical.measures.kinds import DERIVED, LAB
from app.clinical.measures.row import Choice
from app.clinical.sentences import N_

KDIGO = "KDIGO 2024"
KDIGO_SOURCE = "KDIGO 2024 chronic kidney disease doi:10.1016/j.kint.2023.10.018"
MORNING = N_("Bring the first urine of the morning. Not after hard exercise or in your period.")
DANGEROUSLY_LOW = N_("This is dangerously low. Call your care team now, or the emergency number.")
TELL_TODAY = N_("This is low. Please tell your care team today.")
# Below 2.5 mmol/L potassium is severely low; below 125 and 130 sodium is profoundly and
# moderately low.
ERC = "European Resuscitation Council 2021"
HYPONATRAEMIA = "European hyponatraemia guideline 2014"
MG_DL_1 = Choice("mg/dL", "mg/dL", 1)
MILLIMOLES = (Choice("mmol/L", "mmol/L", 1), Choice("meq/L", "mEq/L", 1))
CREATININE = number(
    "creatinine",
    "2160-0",
    N_("Creatinine in blood"),
    LAB,
    (Choice("mg/dL", "mg/dL", 2), UMOL_L),
    hard=("0.2", 30),
    soft=("0.4", 10),
    also=("14682-9", "38483-4"),
    goal=(N_("About 0.5 to 1.3 mg/dL (45 to 115 µmol/L); muscle and age change it."), OWN_RANGE),
    how_to=LABORATORY,
    source=KDIGO_SOURCE,
    analyte="creatinine",
    decimals=3,
)

EGFR = number(
    "egfr",
    "98979-8",
    N_("How well your kidneys filter (eGFR)"),
    DERIVED,
    (Choice("mL/min/{1.73_m2}", "mL/min/1.73 m²", 0),),
    hard=(1, 250),
    soft=(5, 150),
    goal=(N_("60 or more is usual; it falls slowly with age."), KDIGO),
    alerts=(
        alert(
            "severe",
            "soon",
            N_("Your kidneys filter much less than usual. Please tell your care team this week."),
            KDIGO,
            below=30,
        ),
        alert(
            "reduced",
            "note",
            N_("A little low. It is measured again after 3 months before it means anything."),
            KDIGO,
            below=60,
        ),
        alert(
            "fall",
            "soon",
            N_("A fall of more than a fifth since the last test: please tell your care team."),
            KDIGO,
            basis="change",
        ),
    ),
    how_to=(N_("It is worked out from creatinine, age and sex."), AS_REPORTED),
    source=KDIGO_SOURCE + "; CKD-EPI 2021 doi:10.1056/NEJMoa2102953",
)

UACR = number(
    "uacr",
    "9318-7",
    N_("Protein in urine (albumin to creatinine)"),
    LAB,
    (Choice("mg/g", "mg/g", 0), Choice("mg/mmol", "mg/mmol", 1)),
    hard=(0, 25000),
    soft=(0, 5000),
    also=("32294-1", "14959-1", "30000-4"),
    goal=(N_("Under 30 mg/g (3 mg/mmol) is usual."), KDIGO),
    alerts=(
        alert(
            "a3",
            "soon",
            N_("There is much protein in your urine. Please tell your care team this week."),
            KDIGO,
            above=300,
        ),
        alert(
            "a2",
            "note",
            N_("There is some protein in your urine. The test is repeated before it counts."),
            KDIGO,
            at_least=30,
        ),
    ),
    how_to=(MORNING, AS_REPORTED),
    source=KDIGO_SOURCE,
    analyte="uacr",
    decimals=2,
)

URINE_ALBUMIN = number(
    "urine-albumin",
    "1754-1",
    N_("Albumin in urine"),
    LAB,
    (MG_DL_1, Choice("mg/L", "mg/L", 0)),
    hard=(0, 2000),
    soft=(0, 500),
    goal=(N_("It counts together with the creatinine of the same sample."), KDIGO),
    how_to=(MORNING, AS_REPORTED),
    source=FROM_MEMORY,
    also=("14957-5",),
    decimals=2,
)

URINE_CREATININE = number(
    "urine-creatinine",
    "2161-8",
    N_("Creatinine in urine"),
    LAB,
    (Choice("mg/dL", "mg/dL", 0), Choice("mmol/L", "mmol/L", 1)),
    hard=(1, 1000),
    soft=(10, 500),
    goal=(N_("It counts together with the albumin of the same sample."), KDIGO),
    how_to=(MORNING, AS_REPORTED),
    source=FROM_MEMORY,
    also=("14683-7",),
    analyte="creatinine",
    decimals=2,
)

UREA_NITROGEN = number(
    "urea-nitrogen",
    "3094-0",
    N_("Urea nitrogen (BUN)"),
    LAB,
    (Choice("mg/dL", "mg/dL", 0), Choice("mmol/L", N_("mmol/L of urea"), 1)),
    hard=(1, 300),
    soft=(4, 150),
    also=("22664-7", "6299-2"),
    goal=(N_("About 7 to 20 mg/dL (2.5 to 7.1 mmol/L of urea)."), OWN_RANGE),
    how_to=LABORATORY,
    source=FROM_MEMORY,
    analyte="urea-nitrogen",
    decimals=2,
)

URIC_ACID = number(
    "uric-acid",
    "3084-1",
    N_("Uric acid"),
    LAB,
    (MG_DL_1, UMOL_L),
    hard=("0.5", 30),
    soft=(1, 15),
    also=("14933-6",),
    goal=(N_("With gout, under 6 mg/dL (360 µmol/L) is the usual goal."), "ACR 2020"),
    how_to=LABORATORY,
    source="ACR 2020 gout doi:10.1002/acr.24180; range from working knowledge",
    analyte="uric-acid",
    decimals=2,
)

POTASSIUM = number(
    "potassium",
    "2823-3",
    N_("Potassium"),
    LAB,
    MILLIMOLES,
    hard=(1, 12),
    soft=("2.5", 7),
    also=("6298-4",),
    goal=(N_("3.5 to 5.0 mmol/L is usual."), OWN_RANGE),
    alerts=(
        alert(
            "very-high",
            "urgent",
            N_("This is dangerously high. Call your care team now, or the emergency number."),
            "UK Kidney Association 2023",
            at_least=6,
        ),
        alert(
            "very-low",
            "urgent",
            DANGEROUSLY_LOW,
            ERC,
            below="2.5",
        ),
        alert(
            "low",
            "soon",
            TELL_TODAY,
            OWN_RANGE,
            below=3,
        ),
        alert(
            "high",
            "soon",
            N_("This is high. Please tell your care team today; a medicine may be the cause."),
            "UK Kidney Association 2023",
            at_least="5.5",
        ),
    ),
    how_to=LABORATORY,
    source="UK Kidney Association hyperkalaemia guideline 2023; ERC 2021"
    " doi:10.1016/j.resuscitation.2021.02.011; " + FROM_MEMORY,
    analyte="potassium",
    decimals=2,
)

SODIUM = number(
    "sodium",
    "2951-2",
    N_("Sodium"),
    LAB,
    (Choice("mmol/L", "mmol/L", 0), Choice("meq/L", "mEq/L", 0)),
    hard=(90, 200),
    soft=(120, 160),
    goal=(N_("135 to 145 mmol/L is usual."), OWN_RANGE),
    alerts=(
        alert("very-low", "urgent", DANGEROUSLY_LOW, HYPONATRAEMIA, below=125),
        alert("low", "soon", TELL_TODAY, HYPONATRAEMIA, below=130),
    ),
    how_to=LABORATORY,
    source="European hyponatraemia guideline 2014 doi:10.1530/EJE-13-1020; " + FROM_MEMORY,
    analyte="sodium",
)

ROWS = (
    *(CREATININE, EGFR, UACR, URINE_ALBUMIN, URINE_CREATININE),
    *(UREA_NITROGEN, URIC_ACID, POTASSIUM, SODIUM),
)
