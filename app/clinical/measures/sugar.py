"""Sugar over months, fasting sugar, ketones and insulin."""

from __future__ import annotations

from app.clinical.measures.build import (
    AS_REPORTED,
    LABORATORY,
    MG_DL,
    MMOL_L,
    alert,
    number,
)
from app.clinical.measures.kinds import FINGER, LAB
from app.clinical.measures.row import Choice
from app.clinical.sentences import N_

ADA = "ADA Standards of Care 2026"
ADA_SOURCE = "ADA Standards of Care 2026, sections 2 and 6, Diabetes Care 49(Suppl 1)"
CRISES = "ADA/EASD consensus on hyperglycaemic crises 2024"
VERY_LOW = N_("This is very low. If you feel shaky or confused, take something sugary now.")
LOW = N_("This is low. Please tell your care team today, and ask what to do when it comes again.")
VERY_HIGH = N_(
    "This is very high. Tell your care team today. If you are being sick, very thirsty, drowsy or"
    " breathing fast, call the emergency number."
)
CRISIS = N_("This is dangerously high. Call your care team now, or the emergency number.")

HBA1C = number(
    "hba1c",
    "4548-4",
    N_("Long-term blood sugar (HbA1c)"),
    LAB,
    (Choice("%", "%", 1), Choice("mmol/mol", "mmol/mol", 0)),
    hard=(3, 20),
    soft=(4, 15),
    also=("59261-8",),
    goal=(
        N_(
            "Under 5.7 % (39 mmol/mol) is usual. With diabetes, under 7 % (53 mmol/mol) is the"
            " usual goal."
        ),
        ADA,
    ),
    alerts=(
        alert(
            "very-high",
            "soon",
            N_("This is high. Please tell your care team this week: treatment can bring it down."),
            ADA,
            above=9,
        ),
        alert(
            "diabetes",
            "soon",
            N_("If you are not known to have diabetes, this needs a second test to be sure."),
            ADA,
            at_least="6.5",
        ),
        alert(
            "prediabetes",
            "note",
            N_("A little above usual. Moving more and losing some weight can bring it back."),
            ADA,
            at_least="5.7",
        ),
    ),
    how_to=(
        AS_REPORTED,
        N_("You need not come without breakfast for this test."),
        N_("With anaemia, kidney failure or in pregnancy it can mislead: ask your care team."),
    ),
    source=ADA_SOURCE,
    analyte="hba1c",
    decimals=2,
)

FASTING = number(
    "fasting-glucose",
    "1558-6",
    N_("Fasting blood sugar (laboratory)"),
    LAB,
    (MG_DL, MMOL_L),
    hard=(10, 1500),
    soft=(50, 500),
    also=("14771-0",),
    goal=(N_("Under 100 mg/dL (5.6 mmol/L) is usual."), ADA),
    alerts=(
        alert("low", "urgent", VERY_LOW, ADA, below=54),
        alert("crisis", "urgent", CRISIS, CRISES, at_least=600),
        alert("very-high", "urgent", VERY_HIGH, ADA, at_least=300),
        alert("lowish", "soon", LOW, ADA, below=70),
        alert(
            "diabetes",
            "soon",
            N_("If you are not known to have diabetes, this needs a second test to be sure."),
            ADA,
            at_least=126,
        ),
        alert(
            "prediabetes",
            "note",
            N_("A little above usual. Moving more and losing some weight can bring it back."),
            ADA,
            at_least=100,
        ),
    ),
    how_to=(N_("Eat nothing for 8 hours before. Water is fine."), AS_REPORTED),
    source=ADA_SOURCE,
    analyte="glucose",
    decimals=2,
)

KETONES = number(
    "ketones-blood",
    "104816-4",
    N_("Ketones in blood"),
    FINGER,
    (Choice("mmol/L", "mmol/L", 1), Choice("mg/dL", "mg/dL", 1)),
    hard=(0, 20),
    soft=(0, 8),
    # The last is no well-formed code, yet public lists write it.
    also=("6873-4", "53060-9"),
    goal=(N_("Under 0.6 mmol/L is usual."), CRISES),
    alerts=(
        alert(
            "emergency",
            "urgent",
            N_("This is an emergency, even if your sugar is not high. Call the emergency number."),
            CRISES,
            at_least=3,
        ),
        alert(
            "high",
            "urgent",
            N_(
                "This is high. Call your care team now, drink water, and follow your plan for"
                " sick days."
            ),
            CRISES,
            at_least="1.5",
        ),
        alert(
            "raised",
            "soon",
            N_("A little high. Drink water and measure again in 2 hours."),
            CRISES,
            at_least="0.6",
        ),
    ),
    how_to=(
        N_("Use a ketone strip, not a sugar strip, in a meter that reads both."),
        N_("Wash and dry your hands, and use a new lancet."),
    ),
    source="Umpierrez 2024 doi:10.2337/dci24-0032",
    analyte="beta-hydroxybutyrate",
    decimals=2,
)

INSULIN = number(
    "insulin",
    "20448-7",
    N_("Fasting insulin"),
    LAB,
    (Choice("u[IU]/mL", "µIU/mL", 1), Choice("m[IU]/L", "mIU/L", 1), Choice("pmol/L", "pmol/L", 0)),
    hard=("0.1", 1000),
    soft=(1, 100),
    goal=(
        N_("About 2 to 25 µIU/mL after a night without food; laboratories differ."),
        "Laboratory",
    ),
    how_to=LABORATORY,
    source="Range from working knowledge; Knopp 2019 doi:10.1210/jendso/bvz022 for the units",
    analyte="insulin",
    decimals=2,
)

UNTIMED = number(
    "laboratory-glucose",
    "2345-7",
    N_("Blood sugar (laboratory)"),
    LAB,
    (MG_DL, MMOL_L),
    hard=(10, 1500),
    soft=(50, 500),
    also=("15074-8",),
    goal=(N_("Under 140 mg/dL (7.8 mmol/L) is usual, two hours or more after a meal."), ADA),
    alerts=(
        alert("low", "urgent", VERY_LOW, ADA, below=54),
        alert("crisis", "urgent", CRISIS, CRISES, at_least=600),
        alert("very-high", "urgent", VERY_HIGH, ADA, at_least=300),
        alert("lowish", "soon", LOW, ADA, below=70),
        alert(
            "high",
            "soon",
            N_("This is high. If you are also very thirsty or losing weight, tell us today."),
            ADA,
            at_least=200,
        ),
    ),
    how_to=(AS_REPORTED,),
    source=ADA_SOURCE,
    analyte="glucose",
    decimals=2,
)

ROWS = (HBA1C, FASTING, UNTIMED, KETONES, INSULIN)
