"""What devices for lungs, clotting and heart rhythm show at home."""

from __future__ import annotations

from app.clinical.measures.build import alert, number, strip
from app.clinical.measures.kinds import DERIVED, DEVICE, FINGER
from app.clinical.measures.row import Choice, Step
from app.clinical.sentences import N_, Sentence

GINA, GOLD = "GINA", "GOLD"
LUNGS = "GOLD report; Global Lung Function Initiative 2022 doi:10.1164/rccm.202205-0963OC"
BLOW = (
    N_("Sit or stand straight, breathe in as deeply as you can, and close your lips tightly."),
    N_("Blow out as hard and as fast as you can. Do it three times; the best one counts."),
)
LITRES = (Choice("L", "L", 2),)

INR = number(
    "inr",
    "46418-0",
    N_("INR (how fast your blood clots)"),
    FINGER,
    (Choice("{INR}", "INR", 1),),
    hard=("0.5", 15),
    soft=("0.8", 6),
    also=("34714-6", "6301-6"),
    goal=(
        N_("With most blood thinners of this kind, 2 to 3 is the goal; yours may be higher."),
        "CHEST 2012",
    ),
    alerts=(
        alert(
            "extreme",
            "urgent",
            N_("This is dangerously high. Call the emergency number, even if you feel well."),
            "CHEST 2012",
            above=9,
        ),
        alert(
            "very-high",
            "urgent",
            N_(
                "This is very high. Call your care team now, before your next tablet. If you"
                " bleed or have hit your head, call the emergency number."
            ),
            "CHEST 2012",
            at_least=5,
        ),
        alert(
            "high",
            "soon",
            N_("This is high. Tell your care team today, before your next tablet."),
            "CHEST 2012",
            above="4.5",
        ),
        alert(
            "low",
            "soon",
            N_("This is low: your blood thinner protects you less. Tell your care team today."),
            "CHEST 2012",
            below="1.5",
        ),
    ),
    how_to=(
        N_("Wash and dry your hands. Use the first large drop of blood."),
        N_("Measure at the same time of day, and write down any new medicine."),
    ),
    source="CHEST 2012 doi:10.1378/chest.11-2292; ACC/AHA 2020 valvular heart disease"
    " doi:10.1161/CIR.0000000000000923",
)

PEAK_FLOW = number(
    "peak-flow",
    "33452-4",
    N_("Peak flow"),
    DEVICE,
    (Choice("L/min", "L/min", 0), Choice("L/s", "L/s", 1)),
    hard=(30, 900),
    soft=(100, 800),
    also=("19935-6",),
    goal=(N_("80 percent or more of your own best is the green zone."), GINA),
    alerts=(
        alert(
            "red",
            "urgent",
            N_(
                "Under half of your own best: use your rescue inhaler as your plan says, and if"
                " you are no better after it, call the emergency number."
            ),
            GINA,
            basis="personal best",
        ),
        alert(
            "yellow",
            "soon",
            N_(
                "Between half and 80 percent of your own best: follow the yellow part of your plan,"
                " and tell your care team if it lasts."
            ),
            GINA,
            basis="personal best",
        ),
    ),
    how_to=(*BLOW, N_("Measure before your inhaler, morning and evening.")),
    source="Global Initiative for Asthma, strategy report 2024",
)

FEV1 = number(
    "fev1",
    "20150-9",
    N_("Air blown out in the first second (FEV1)"),
    DEVICE,
    LITRES,
    hard=("0.2", 8),
    soft=("0.5", 6),
    goal=(N_("80 percent or more of what is expected for your age and height is usual."), GOLD),
    alerts=(
        alert(
            "fall",
            "soon",
            N_(
                "A fall of 12 percent or more, and at least 0.2 litres, below your usual:"
                " please tell your care team."
            ),
            GOLD,
            basis="change",
        ),
    ),
    how_to=BLOW,
    source=LUNGS,
    decimals=2,
)

FVC = number(
    "fvc",
    "19868-9",
    N_("All the air you can blow out (FVC)"),
    DEVICE,
    LITRES,
    hard=("0.3", 10),
    soft=("0.8", 8),
    goal=(N_("80 percent or more of what is expected for your age and height is usual."), GOLD),
    how_to=BLOW,
    source=LUNGS + "; range from working knowledge",
    decimals=2,
)

RATIO = number(
    "fev1-fvc",
    "19926-5",
    N_("Share of air blown out in the first second"),
    DERIVED,
    (Choice("%", "%", 0),),
    hard=(10, 100),
    soft=(30, 100),
    goal=(N_("70 percent or more after an inhaler is usual; it falls a little with age."), GOLD),
    alerts=(
        alert(
            "low",
            "note",
            N_(
                "This is below 70 %. If it is so after an inhaler, ask your care team about a"
                " full test of your lungs."
            ),
            GOLD,
            below=70,
        ),
    ),
    how_to=BLOW,
    source=LUNGS,
)

ECG = strip(
    "ecg",
    "8601-7",
    N_("Heart rhythm (one-lead ECG)"),
    DEVICE,
    steps=(
        Step("sinus-rhythm", Sentence(N_("Regular rhythm"))),
        Step("inconclusive", Sentence(N_("The device could not tell"))),
        Step("atrial-fibrillation", Sentence(N_("Atrial fibrillation"))),
    ),
    goal=(N_("A regular rhythm is usual."), "ACC/AHA/ACCP/HRS 2023"),
    alerts=(
        alert(
            "atrial-fibrillation",
            "soon",
            N_(
                "Your device reports atrial fibrillation. A clinician must read the tracing:"
                " please tell your care team today. With chest pain, fainting, weakness on one"
                " side or trouble speaking, call the emergency number now."
            ),
            "ACC/AHA/ACCP/HRS 2023",
            at_least=2,
        ),
        alert(
            "inconclusive",
            "note",
            N_("The device could not tell. Rest your arms on a table and try again."),
            "ACC/AHA/ACCP/HRS 2023",
            at_least=1,
        ),
    ),
    how_to=(
        N_("Sit still with your arms on a table, and keep the recording for your care team."),
        N_("A watch cannot see a heart attack. With chest pain, do not measure: call for help."),
    ),
    source="ACC/AHA/ACCP/HRS 2023 atrial fibrillation doi:10.1161/CIR.0000000000001193",
)

ROWS = (INR, PEAK_FLOW, FEV1, FVC, RATIO, ECG)
