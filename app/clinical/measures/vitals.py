"""Signs of the body that are measured at home beside pressure, weight and height."""

from __future__ import annotations

from app.clinical.measures.build import PER_MINUTE, PERCENT, alert, number
from app.clinical.measures.kinds import DERIVED, VITAL
from app.clinical.measures.row import Choice, Context
from app.clinical.sentences import N_, Sentence

NEWS2 = "NEWS2"
# 93 and 94 percent: ask today; 92 and less: emergency care.
OXIMETRY = "NHS oximetry at home"
NEWS2_SOURCE = "Royal College of Physicians, National Early Warning Score 2, 2017"
WHO = "WHO 2008"
REST_FIRST = N_("Sit quietly for 5 minutes first.")
FAST = N_("You breathe fast. If you are short of breath or unwell, call the emergency number.")
SLOW = N_("You breathe slowly. If you are drowsy, someone should call the emergency number.")

HEART_RATE = number(
    "heart-rate",
    "8867-4",
    N_("Heart rate"),
    VITAL,
    (PER_MINUTE,),
    hard=(20, 300),
    soft=(40, 180),
    contexts=(
        Context("resting", "40443-4", Sentence(N_("At rest"))),
        Context("any", "8867-4", Sentence(N_("Any other time"))),
    ),
    goal=(N_("At rest, 60 to 100 beats a minute is usual; fit people may have fewer."), NEWS2),
    alerts=(
        alert(
            "very-fast",
            "urgent",
            N_(
                "Your heart beats very fast. Sit down and measure again after 5 minutes. If you"
                " have chest pain, feel faint or are short of breath, call the emergency number."
            ),
            NEWS2,
            above=130,
        ),
        alert(
            "fast",
            "soon",
            N_("Your heart beats fast. If it stays so at rest, tell your care team today."),
            NEWS2,
            above=120,
        ),
        alert(
            "slow",
            "urgent",
            N_(
                "Your heart beats slowly. Measure again after 5 minutes. If it stays so and is"
                " not your usual, call your care team now; if you feel dizzy or faint, call the"
                " emergency number."
            ),
            NEWS2,
            at_most=40,
        ),
    ),
    how_to=(REST_FIRST, N_("Count for a whole minute, or let your device finish counting.")),
    source=NEWS2_SOURCE,
)

OXYGEN = number(
    "oxygen-saturation",
    "59408-5",
    N_("Oxygen in the blood"),
    VITAL,
    (PERCENT,),
    hard=(50, 100),
    soft=(80, 100),
    also=("2708-6",),
    goal=(N_("95 percent or more is usual. With some lung diseases your goal is lower."), NEWS2),
    alerts=(
        alert(
            "very-low",
            "urgent",
            N_(
                "This is low. Warm your hand, sit still and measure again. If it stays this low"
                " and that is not your usual, or you are short of breath, call the emergency"
                " number."
            ),
            OXIMETRY,
            at_most=92,
        ),
        alert(
            "low",
            "soon",
            N_("This is lower than usual. Measure again, and tell your care team today."),
            OXIMETRY,
            at_most=94,
        ),
    ),
    how_to=(
        N_("Warm your hand, take off nail varnish, and rest for 5 minutes."),
        N_("Keep still until the number has stood still for a minute."),
        N_("On darker skin the device may show more oxygen than there is: trust how you feel."),
    ),
    source=NEWS2_SOURCE + "; NHS England oximetry at home 2020; FDA safety communication 2021",
)

TEMPERATURE = number(
    "temperature",
    "8310-5",
    N_("Temperature"),
    VITAL,
    (Choice("Cel", "°C", 1), Choice("[degF]", "°F", 1)),
    hard=(25, 45),
    soft=("34.5", "40.5"),
    goal=(N_("36.1 to 37.9 °C (97 to 100.2 °F) is usual."), NEWS2),
    alerts=(
        alert(
            "very-high",
            "soon",
            N_("This is a high fever. Drink enough, rest, and tell your care team today."),
            NEWS2,
            at_least="39.1",
        ),
        alert(
            "fever",
            "note",
            N_("This is a fever. Drink enough and rest. Tell us if it lasts or you feel worse."),
            NEWS2,
            at_least=38,
        ),
        alert(
            "very-low",
            "urgent",
            N_(
                "This is very low. Measure again. If you are cold, drowsy or confused, someone"
                " should call the emergency number."
            ),
            NEWS2,
            at_most=35,
        ),
    ),
    how_to=(
        N_("Wait 15 minutes after eating, drinking or coming in from the cold."),
        N_("Always measure in the same place: mouth, ear or armpit."),
    ),
    source=NEWS2_SOURCE,
    decimals=2,
)

BREATHING = number(
    "respiratory-rate",
    "9279-1",
    N_("Breaths a minute"),
    VITAL,
    (PER_MINUTE,),
    hard=(4, 80),
    soft=(8, 40),
    goal=(N_("At rest, 12 to 20 breaths a minute is usual."), NEWS2),
    alerts=(
        alert("fast", "urgent", FAST, NEWS2, at_least=25),
        alert("slow", "urgent", SLOW, NEWS2, at_most=8),
    ),
    how_to=(REST_FIRST, N_("Ask someone to count each rise of your chest for a whole minute.")),
    source=NEWS2_SOURCE,
)

WAIST = number(
    "waist",
    "8280-0",
    N_("Waist"),
    VITAL,
    (Choice("cm", "cm", 1), Choice("[in_i]", N_("inches"), 1)),
    hard=(30, 250),
    soft=(55, 170),
    also=("56086-2",),
    goal=(
        N_(
            "Under 94 cm (37 inches) for men and under 80 cm (31½ inches) for women is the usual"
            " goal; under 90 and 80 cm for people whose family comes from South or East Asia."
        ),
        "IDF 2009",
    ),
    alerts=(
        alert(
            "raised-man",
            "note",
            N_(
                "Above 102 cm (40 inches) in men, or 88 cm (35 inches) in women, the heart and"
                " the blood sugar are more at risk. Small steps help: ask your care team."
            ),
            WHO,
            basis="sex",
        ),
    ),
    how_to=(
        N_("Stand, breathe out gently, and do not pull your stomach in."),
        N_("Lay the tape midway between the lowest rib and the top of the hip bone."),
    ),
    source="WHO waist circumference and waist-hip ratio 2008; Alberti 2009"
    " doi:10.1161/CIRCULATIONAHA.109.192644",
    decimals=2,
)

BMI = number(
    "bmi",
    "39156-5",
    N_("Body mass index"),
    DERIVED,
    (Choice("kg/m2", "kg/m²", 1),),
    hard=(8, 120),
    soft=(14, 60),
    goal=(
        N_("18.5 to 24.9 is usual. For people whose family comes from Asia, advice begins at 23."),
        "WHO",
    ),
    alerts=(
        alert(
            "low",
            "soon",
            N_("Your weight is low for your height. Please tell your care team."),
            "WHO",
            below="18.5",
        ),
        alert(
            "high",
            "note",
            N_("Your weight is high for your height. Your care team can help, step by step."),
            "WHO",
            at_least=30,
        ),
    ),
    how_to=(N_("It is worked out from your weight and your height."),),
    source="WHO Technical Report Series 894, 2000; WHO expert consultation 2004"
    " doi:10.1016/S0140-6736(03)15268-3",
)

BODY_FAT = number(
    "body-fat",
    "41982-0",
    N_("Share of body fat"),
    VITAL,
    (Choice("%", "%", 1),),
    hard=(2, 75),
    soft=(5, 60),
    goal=(N_("It differs with age and sex. Your own change over time is what counts."), "WHO"),
    how_to=(N_("Scales only estimate it: use the same scales, at the same time of day."),),
    source="Range from working knowledge; no guideline sets a goal",
)

ROWS = (HEART_RATE, OXYGEN, TEMPERATURE, BREATHING, WAIST, BMI, BODY_FAT)
