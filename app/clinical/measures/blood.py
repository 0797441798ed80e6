"""Blood cells, iron, vitamins, thyroid and inflammation."""

from __future__ import annotations

from app.clinical.measures.build import FROM_MEMORY, LABORATORY, OWN_RANGE, alert, lab
from app.clinical.measures.row import Choice
from app.clinical.sentences import N_

WHO_IRON = "WHO 2020"
ENDOCRINOLOGY = "Society for Endocrinology 2016"
DANGEROUS = N_("This is dangerous. Call your care team now, or the emergency number.")
HIGH = N_("This is high. Please tell your care team today.")
NO_BIOTIN = N_("Leave out biotin (a hair and nail vitamin) for 2 days before: it misleads.")

HEMOGLOBIN = lab(
    "hemoglobin",
    ("718-7", "59260-0"),
    N_("Haemoglobin (red blood pigment)"),
    (Choice("g/dL", "g/dL", 1), Choice("g/L", "g/L", 0), Choice("mmol/L", "mmol/L", 1)),
    (N_("13 g/dL or more for men and 12 or more for women is usual."), "WHO 2024"),
    hard=(2, 25),
    soft=(6, 20),
    source="WHO haemoglobin cutoffs 2024; " + FROM_MEMORY,
    alerts=(
        alert(
            "very-low",
            "urgent",
            N_("This is very low. Call your care team now; if you are breathless, call for help."),
            "WHO 2024",
            below=7,
        ),
        alert(
            "low",
            "soon",
            N_("This is low. Please tell your care team this week."),
            "WHO 2024",
            below=11,
        ),
    ),
    analyte="hemoglobin",
)
PLATELETS = lab(
    "platelets",
    ("777-3", "26515-7"),
    N_("Platelets"),
    (Choice("10*9/L", N_("billion in a litre"), 0), Choice("10*3/uL", N_("thousand in a µL"), 0)),
    (N_("150 to 400 is usual."), OWN_RANGE),
    hard=(1, 3000),
    soft=(30, 1000),
    alerts=(
        alert(
            "very-low",
            "urgent",
            N_("This is very low. Call your care team now, and avoid falls and knocks."),
            "From working knowledge",
            below=30,
        ),
    ),
)
CRP = lab(
    "crp",
    ("1988-5", "30522-7"),
    N_("C-reactive protein (inflammation)"),
    (Choice("mg/L", "mg/L", 1), Choice("mg/dL", "mg/dL", 2)),
    (N_("Under 2 mg/L, measured when you are well."), "ACC/AHA 2026"),
    hard=(0, 600),
    soft=(0, 300),
    source="ACC/AHA 2026 doi:10.1161/CIR.0000000000001423",
    alerts=(
        alert(
            "acute",
            "note",
            N_("Above 10 your body is fighting something, a cold perhaps. It is measured again."),
            "ACC/AHA 2026",
            above=10,
        ),
    ),
)
FERRITIN = lab(
    "ferritin",
    ("2276-4",),
    N_("Iron stores (ferritin)"),
    (Choice("ug/L", "µg/L", 0), Choice("ng/mL", "ng/mL", 0)),
    (N_("Above 30 µg/L is usual for adults."), WHO_IRON),
    hard=(1, 20000),
    soft=(3, 3000),
    source="WHO ferritin guideline 2020; AGA 2020 doi:10.1053/j.gastro.2020.06.046 uses 45",
    alerts=(
        alert(
            "empty",
            "soon",
            N_("Your iron is used up. Please tell your care team: the cause should be found."),
            WHO_IRON,
            below=15,
        ),
        alert(
            "low",
            "note",
            N_("Your iron is likely low. Please ask your care team."),
            WHO_IRON,
            below=30,
        ),
        alert(
            "high", "soon", N_("This is high. Please tell your care team."), WHO_IRON, above=1000
        ),
    ),
)
IRON = lab(
    "iron",
    ("2498-4", "14798-3"),
    N_("Iron in blood"),
    (Choice("ug/dL", "µg/dL", 0), Choice("umol/L", "µmol/L", 1)),
    (N_("About 60 to 170 µg/dL (11 to 30 µmol/L); it changes within a day."), OWN_RANGE),
    hard=(1, 1000),
    soft=(10, 400),
    analyte="iron",
)
VITAMIN_D = lab(
    "vitamin-d",
    ("62292-8", "1989-3", "68438-1"),
    N_("Vitamin D"),
    (Choice("ng/mL", "ng/mL", 0), Choice("nmol/L", "nmol/L", 0)),
    (N_("20 ng/mL (50 nmol/L) or more is enough for most people."), "NAM 2011"),
    hard=(2, 250),
    soft=(5, 100),
    source="NAM 2011; Endocrine Society 2024 doi:10.1210/clinem/dgae290 advises no routine test",
    alerts=(
        alert(
            "low",
            "note",
            N_("This is low. Your care team can advise a dose."),
            "NAM 2011",
            below=12,
        ),
        alert(
            "high",
            "soon",
            N_("This is too much. Stop the tablets and tell your care team this week."),
            "NAM 2011",
            above=100,
        ),
    ),
    analyte="vitamin-d",
)
B12 = lab(
    "vitamin-b12",
    ("2132-9", "14685-2"),
    N_("Vitamin B12"),
    (Choice("pg/mL", "pg/mL", 0), Choice("pmol/L", "pmol/L", 0)),
    (N_("Above about 200 pg/mL (150 pmol/L) is usual."), OWN_RANGE),
    hard=(20, 20000),
    soft=(80, 2500),
    analyte="vitamin-b12",
)
FOLATE = lab(
    "folate",
    ("2284-8", "14732-2"),
    N_("Folate"),
    (Choice("ng/mL", "ng/mL", 1), Choice("nmol/L", "nmol/L", 0)),
    (N_("Above about 4 ng/mL (9 nmol/L) is usual."), OWN_RANGE),
    hard=("0.2", 200),
    soft=(1, 40),
    analyte="folate",
)
CALCIUM = lab(
    "calcium",
    ("17861-6", "2000-8"),
    N_("Calcium"),
    (Choice("mg/dL", "mg/dL", 1), Choice("mmol/L", "mmol/L", 2)),
    (N_("8.6 to 10.3 mg/dL (2.15 to 2.57 mmol/L) is usual."), OWN_RANGE),
    hard=(3, 20),
    soft=(6, 14),
    alerts=(
        alert("very-high", "urgent", DANGEROUS, ENDOCRINOLOGY, at_least=14),
        alert("high", "soon", HIGH, ENDOCRINOLOGY, at_least=12),
        alert("very-low", "urgent", DANGEROUS, ENDOCRINOLOGY, below="7.6"),
    ),
    source="Society for Endocrinology 2016 doi:10.1530/EC-16-0055 (high), doi:10.1530/EC-16-0056"
    " (low), adjusted for albumin; " + FROM_MEMORY,
    analyte="calcium",
)
TSH = lab(
    "tsh",
    ("3016-3", "11580-8"),
    N_("Thyroid control hormone (TSH)"),
    (Choice("m[IU]/L", "mIU/L", 2), Choice("u[IU]/mL", "µIU/mL", 2)),
    (N_("0.4 to 4.5 mIU/L is usual; your laboratory's own range counts."), "ATA 2014"),
    hard=("0.001", 500),
    soft=("0.01", 100),
    source="ATA 2014 doi:10.1089/thy.2014.0028; ATA 2016 doi:10.1089/thy.2016.0229",
    alerts=(
        alert(
            "high",
            "soon",
            N_("Your thyroid is likely slow. Please tell your care team."),
            "ATA 2014",
            at_least=10,
        ),
        alert(
            "low",
            "soon",
            N_("Your thyroid is likely fast. Please tell your care team."),
            "ATA 2016",
            below="0.1",
        ),
    ),
    how_to=(*LABORATORY, NO_BIOTIN),
    decimals=3,
)
FREE_T4 = lab(
    "free-t4",
    ("3024-7", "14920-3"),
    N_("Thyroid hormone (free T4)"),
    (Choice("ng/dL", "ng/dL", 2), Choice("pmol/L", "pmol/L", 1)),
    (N_("About 0.8 to 1.8 ng/dL (10 to 23 pmol/L)."), OWN_RANGE),
    hard=("0.05", 15),
    soft=("0.3", 6),
    analyte="free-t4",
    how_to=(*LABORATORY, NO_BIOTIN),
)
TESTOSTERONE = lab(
    "testosterone",
    ("2986-8", "14913-8"),
    N_("Testosterone"),
    (Choice("ng/dL", "ng/dL", 0), Choice("nmol/L", "nmol/L", 1)),
    (N_("It depends on age and sex: your laboratory's own range counts."), OWN_RANGE),
    hard=(1, 5000),
    soft=(2, 2000),
    analyte="testosterone",
)

CELLS = (HEMOGLOBIN, PLATELETS, CRP, FERRITIN, IRON)
FOOD_AND_GLANDS = (VITAMIN_D, B12, FOLATE, CALCIUM, TSH, FREE_T4, TESTOSTERONE)
ROWS = (*CELLS, *FOOD_AND_GLANDS)
