"""Blood pressure, weight and height. Every figure has its source in the row.

Alert levels are defaults for a draft that a clinician reviews, never for automatic
treatment.
"""

from __future__ import annotations

from decimal import Decimal

from app.clinical.measures.kinds import VITAL
from app.clinical.measures.row import (
    Alert,
    Choice,
    Component,
    Measure,
    Range,
    Reference,
)
from app.clinical.sentences import N_, Sentence

AHA = "AHA/ACC 2025"

BLOOD_PRESSURE = Measure(
    key="blood-pressure",
    loinc="85354-9",
    label=Sentence(N_("Blood pressure")),
    kind=VITAL,
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
    reference=Reference(Sentence(N_("At home, under 130 over 80 mmHg is the usual goal.")), AHA),
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
    also=("96608-5", "96609-3"),
)

WEIGHT = Measure(
    key="weight",
    loinc="29463-7",
    label=Sentence(N_("Weight")),
    kind=VITAL,
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
    kind=VITAL,
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

ROWS = (BLOOD_PRESSURE, WEIGHT, HEIGHT)
