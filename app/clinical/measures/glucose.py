"""Sugar in the blood: from the finger, and from a sensor under the skin."""

from __future__ import annotations

from decimal import Decimal

from app.clinical.measures.build import MG_DL, MMOL_L, PERCENT, alert, number
from app.clinical.measures.kinds import DERIVED, FINGER, SENSOR
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

ADA = "ADA Standards of Care 2026"
SENSORS = "International consensus 2019"
SENSORS_SOURCE = "Battelino 2019 doi:10.2337/dci19-0028; HL7 CGM implementation guide"
TEN_DAYS = N_("Wear the sensor at least 10 of 14 days, so that the figure can be relied on.")

GLUCOSE = Measure(
    key="glucose",
    loinc="41653-7",
    label=Sentence(N_("Blood sugar")),
    kind=FINGER,
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
    also=("14743-9", "1521-4"),
)

SENSOR_GLUCOSE = number(
    "glucose-sensor",
    "99504-3",
    N_("Sugar from a sensor"),
    SENSOR,
    (MG_DL, MMOL_L),
    hard=(20, 600),
    soft=(40, 400),
    goal=(
        N_(
            "For most adults with diabetes, 70 to 180 mg/dL (3.9 to 10 mmol/L) for most of the"
            " day is the usual goal."
        ),
        SENSORS,
    ),
    alerts=(
        alert(
            "low-level-2",
            "urgent",
            N_(
                "Your sensor shows a very low sugar. Take something sugary now if you can"
                " swallow safely, check with a drop of blood if you can, and do not stay alone."
            ),
            ADA,
            below=54,
        ),
        alert(
            "low-level-1",
            "soon",
            N_(
                "Your sensor shows a low sugar. Take something sugary now, and check again"
                " after 15 minutes."
            ),
            ADA,
            below=70,
        ),
        alert(
            "very-high",
            "soon",
            N_("Your sensor shows a high sugar. Check it with a drop of blood."),
            ADA,
            above=250,
        ),
    ),
    how_to=(
        N_("If what you feel does not match the sensor, check with a drop of blood."),
        N_("A sensor runs some minutes behind your blood, most of all after eating."),
    ),
    source=SENSORS_SOURCE + "; sensors show no number below 40 or above 400 mg/dL",
    also=("105272-9",),
    analyte="glucose",
    decimals=2,
)

SENSOR_MEAN = number(
    "glucose-mean",
    "97507-8",
    N_("Average sugar from a sensor"),
    DERIVED,
    (MG_DL, MMOL_L),
    hard=(20, 600),
    soft=(60, 350),
    goal=(N_("About 154 mg/dL (8.6 mmol/L) goes with a long-term sugar of 7 %."), ADA),
    how_to=(TEN_DAYS,),
    source=SENSORS_SOURCE,
    also=("105273-7",),
    analyte="glucose",
    decimals=2,
)

GMI = number(
    "gmi",
    "97506-0",
    N_("Glucose management indicator (GMI)"),
    DERIVED,
    (Choice("%", "%", 1),),
    hard=(3, 20),
    soft=(4, 14),
    goal=(N_("Under 7 percent is the usual goal for adults with diabetes."), SENSORS),
    how_to=(TEN_DAYS,),
    source="Bergenstal 2018 doi:10.2337/dc18-1581",
)

IN_RANGE = number(
    "glucose-in-range",
    "97510-2",
    N_("Share of time with sugar in range"),
    DERIVED,
    (PERCENT,),
    hard=(0, 100),
    soft=(0, 100),
    goal=(N_("Above 70 percent of the day is the usual goal for adults with diabetes."), SENSORS),
    how_to=(TEN_DAYS,),
    source=SENSORS_SOURCE,
)

BELOW_54 = number(
    "glucose-below-54",
    "104642-4",
    N_("Share of time with very low sugar"),
    DERIVED,
    (PERCENT,),
    hard=(0, 100),
    soft=(0, 30),
    goal=(N_("Under 1 percent of the day below 54 mg/dL (3 mmol/L) is the usual goal."), SENSORS),
    alerts=(
        alert(
            "too-often-very-low",
            "soon",
            N_(
                "Your sugar is very low too often. Please tell your care team: your treatment"
                " may need a change."
            ),
            SENSORS,
            at_least=1,
        ),
    ),
    how_to=(TEN_DAYS,),
    source=SENSORS_SOURCE,
)

ROWS = (SENSOR_GLUCOSE, SENSOR_MEAN, GMI, IN_RANGE, BELOW_54)
