"""The table of home measures. One row each; every figure has its source in the row.

Alert levels are defaults for a draft that a clinician reviews, never for automatic
treatment. New rows are added here as data; nothing else needs to know.
"""

from __future__ import annotations

from decimal import Decimal

from app.clinical.measures.row import (
    Alert,
    Choice,
    Component,
    Context,
    Measure,
    Range,
    Reference,
)
from app.clinical.sentences import N_, Sentence

AHA = "AHA/ACC 2025"
ADA = "ADA Standards of Care 2026"

BLOOD_PRESSURE = Measure(
    key="blood-pressure",
    loinc="85354-9",
    label=Sentence(N_("Blood pressure")),
    kind="vital-signs",
    choices=(Choice("mm[Hg]", "mmHg", 0), Choice("kPa", "kPa", 1)),
    components=(
        Component(
            "systolic",
            "8480-6",
            Sentence(N_("Upper number")),
            hard=Range(Decimal(50), Decimal(300)),
            soft=Range(Decimal(70), Decimal(250)),
        ),
        Component(
            "diastolic",
            "8462-4",
            Sentence(N_("Lower number")),
            hard=Range(Decimal(20), Decimal(200)),
            soft=Range(Decimal(40), Decimal(150)),
        ),
    ),
    reference=Reference(Sentence(N_("At home, under 130 over 80 is the usual goal.")), AHA),
    alerts=(
        Alert(
            "severe-systolic",
            "urgent",
            Sentence(
                N_(
                    "The upper number is above 180. Sit quietly and measure again after one"
                    " minute. If you have chest pain, are short of breath, feel weak or numb,"
                    " cannot see or speak properly, or have a very bad headache, call the"
                    " emergency number now."
                )
            ),
            AHA,
            component="systolic",
            above=Decimal(180),
        ),
        Alert(
            "severe-diastolic",
            "urgent",
            Sentence(
                N_(
                    "The lower number is above 120. Sit quietly and measure again after one"
                    " minute. If you have chest pain, are short of breath, feel weak or numb,"
                    " cannot see or speak properly, or have a very bad headache, call the"
                    " emergency number now."
                )
            ),
            AHA,
            component="diastolic",
            above=Decimal(120),
        ),
        Alert(
            "low-systolic",
            "soon",
            Sentence(
                N_(
                    "The upper number is below 90. If you feel dizzy, faint or unwell, sit or"
                    " lie down and tell your care team today."
                )
            ),
            AHA,
            component="systolic",
            below=Decimal(90),
        ),
    ),
    how_to=(
        Sentence(N_("Use a cuff for the upper arm that has been checked for accuracy.")),
        Sentence(
            N_("No coffee, smoking or exercise for 30 minutes before. Then sit quietly for 5.")
        ),
        Sentence(N_("Measure twice, one minute apart, morning and evening, for 7 days.")),
        Sentence(N_("In the morning, measure before you take your medicines.")),
    ),
    source=(
        "AHA/ACC 2025 blood pressure guideline doi:10.1161/CIR.0000000000001356;"
        " ESC 2024 doi:10.1093/eurheartj/ehae178"
    ),
)

GLUCOSE = Measure(
    key="glucose",
    loinc="41653-7",
    label=Sentence(N_("Blood sugar")),
    kind="laboratory",
    choices=(Choice("mg/dL", "mg/dL", 0), Choice("mmol/L", "mmol/L", 1)),
    components=(
        Component(
            "value",
            "41653-7",
            Sentence(N_("Blood sugar")),
            hard=Range(Decimal(10), Decimal(1500)),
            # Meters for the finger read from about 20 to 600 mg/dL; within 40 to 500 no
            # reading is so unusual that we should doubt the person.
            soft=Range(Decimal(40), Decimal(500)),
        ),
    ),
    contexts=(
        Context("fasting", "41604-0", Sentence(N_("Before eating, at least 8 hours without food"))),
        Context("untimed", "41653-7", Sentence(N_("Any other time"))),
    ),
    reference=Reference(
        Sentence(
            N_(
                "With diabetes, 80 to 130 mg/dL (4.4 to 7.2 mmol/L) before a meal is the usual"
                " goal, and under 180 mg/dL (10 mmol/L) after it."
            )
        ),
        ADA,
    ),
    alerts=(
        Alert(
            "low-level-2",
            "urgent",
            Sentence(
                N_(
                    "This is very low. Take something sugary now if you can swallow safely,"
                    " measure again after 15 minutes, and do not stay alone. If you are"
                    " confused or cannot swallow, someone should call the emergency number."
                )
            ),
            ADA,
            below=Decimal(54),
        ),
        Alert(
            "low-level-1",
            "soon",
            Sentence(
                N_(
                    "This is low. Take something sugary now, measure again after 15 minutes,"
                    " and tell your care team."
                )
            ),
            ADA,
            below=Decimal(70),
        ),
        Alert(
            "very-high",
            "urgent",
            Sentence(
                N_(
                    "This is very high. Tell your care team today. If you are being sick,"
                    " very thirsty, drowsy or breathing fast, call the emergency number."
                )
            ),
            ADA,
            at_least=Decimal(300),
        ),
        Alert(
            "high-untimed",
            "soon",
            Sentence(
                N_(
                    "This is high. If you are also very thirsty, passing a lot of water or"
                    " losing weight, tell your care team today."
                )
            ),
            ADA,
            at_least=Decimal(200),
            contexts=("untimed",),
        ),
        Alert(
            "high-fasting",
            "note",
            Sentence(
                N_(
                    "This is higher than expected before eating. A home meter cannot tell"
                    " whether you have diabetes; a laboratory test can."
                )
            ),
            ADA,
            at_least=Decimal(126),
            contexts=("fasting",),
        ),
    ),
    how_to=(
        Sentence(N_("Wash and dry your hands: sugar on the skin changes the result.")),
        Sentence(N_("Use a new lancet and a test strip that is in date.")),
        Sentence(N_("Copy the number and the unit exactly as your meter shows them.")),
    ),
    source="ADA Standards of Care 2026, sections 2 and 6, Diabetes Care 49(Suppl 1)",
    analyte="glucose",
    canonical_decimals=2,
)

WEIGHT = Measure(
    key="weight",
    loinc="29463-7",
    label=Sentence(N_("Weight")),
    kind="vital-signs",
    choices=(Choice("kg", "kg", 1), Choice("[lb_av]", "lb", 1)),
    components=(
        Component(
            "value",
            "29463-7",
            Sentence(N_("Weight")),
            hard=Range(Decimal(25), Decimal(400)),
            # An adult outside 35 to 200 kg is rare enough to ask once.
            soft=Range(Decimal(35), Decimal(200)),
        ),
    ),
    reference=Reference(
        Sentence(N_("There is no one right weight: your care team looks at yours over time.")),
        "ESC 2021 heart failure; AHA/ACC/HFSA 2022 heart failure",
    ),
    alerts=(
        Alert(
            "fast-gain",
            "soon",
            Sentence(
                N_(
                    "With heart failure: more than 2 kg (about 4½ lb) gained in 3 days should"
                    " be told to your care team."
                )
            ),
            "ESC 2021 heart failure; AHA/ACC/HFSA 2022 heart failure",
            basis="change",
        ),
    ),
    how_to=(
        Sentence(N_("Weigh yourself in the morning, after the toilet and before breakfast.")),
        Sentence(N_("Use the same scales on a hard floor, in light clothes, without shoes.")),
    ),
    source=(
        "Adult range of common home scales; ESC 2021 heart failure"
        " doi:10.1093/eurheartj/ehab368; AHA/ACC/HFSA 2022 doi:10.1161/CIR.0000000000001063"
    ),
    canonical_decimals=2,
)

HEIGHT = Measure(
    key="height",
    loinc="8302-2",
    label=Sentence(N_("Height")),
    kind="vital-signs",
    choices=(Choice("cm", "cm", 1), Choice("[in_i]", "inches", 1)),
    components=(
        Component(
            "value",
            "8302-2",
            Sentence(N_("Height")),
            hard=Range(Decimal(30), Decimal(272)),
            # 272 cm is the tallest person ever measured; adults outside 120 to 220 are rare.
            soft=Range(Decimal(120), Decimal(220)),
        ),
    ),
    reference=Reference(
        Sentence(N_("Height is used together with weight. It has no goal of its own.")),
        "BHOF 2022",
    ),
    alerts=(
        Alert(
            "height-loss",
            "soon",
            Sentence(
                N_(
                    "Having become 4 cm (1½ inches) shorter than your tallest is worth telling"
                    " your care team: the bones of the back may need a look."
                )
            ),
            "BHOF 2022",
            basis="change",
        ),
    ),
    how_to=(
        Sentence(N_("Stand without shoes with your back to a wall, and look straight ahead.")),
        Sentence(N_("Ask someone to mark the wall at the top of your head, then measure it.")),
    ),
    source="BHOF 2022 osteoporosis guide doi:10.1007/s00198-021-05900-y",
    canonical_decimals=2,
)

ROWS = (BLOOD_PRESSURE, GLUCOSE, WEIGHT, HEIGHT)
