"""Daily life: steps, movement, sleep and pain."""

from __future__ import annotations

from app.clinical.measures.build import alert, number
from app.clinical.measures.kinds import ASKED, SENSOR
from app.clinical.measures.row import Choice
from app.clinical.sentences import N_

WHO = "WHO 2020"
WHO_SOURCE = (
    "WHO guidelines on physical activity 2020 doi:10.1136/bjsports-2020-102955;"
    " Physical Activity Guidelines for Americans 2018"
)
SLEEP = "AASM and SRS 2015"
COUNT_AN_ORDINARY_WEEK = N_("Think of the last 7 days, or of an ordinary week.")
COUNT_BRISK = N_("Count what makes you breathe faster: brisk walking, cycling, gardening.")

STEPS = number(
    "steps",
    "41950-7",
    N_("Steps in a day"),
    SENSOR,
    (Choice("{steps}", N_("steps"), 0),),
    hard=(0, 100000),
    soft=(0, 40000),
    also=("55423-8",),
    goal=(
        N_("7,000 to 8,000 steps a day go with a longer life. Any more than before helps."),
        "No guideline sets a number of steps",
    ),
    alerts=(
        alert(
            "drop",
            "note",
            N_("You walk much less than you used to. If something holds you back, tell us."),
            "Trend against your own usual",
            basis="change",
        ),
    ),
    how_to=(N_("Carry your telephone or watch all day, charged, in the same way."),),
    source="Paluch 2022 doi:10.1016/S2468-2667(21)00302-9; range from working knowledge",
)

ACTIVITY = number(
    "activity",
    "82290-8",
    N_("Minutes of brisk movement in a week"),
    ASKED,
    (
        Choice("min/wk", N_("minutes a week"), 0),
        Choice("min/d", N_("minutes a day"), 0),
        Choice("h/wk", N_("hours a week"), 1),
    ),
    hard=(0, 10080),
    soft=(0, 2100),
    # The last names the whole Exercise Vital Sign.
    also=("68516-4", "89574-8"),
    goal=(N_("150 to 300 minutes a week, or half as much if it is hard exercise."), WHO),
    alerts=(
        alert(
            "little",
            "note",
            N_("Every minute more helps. 150 minutes a week is the usual goal."),
            WHO,
            below=150,
        ),
    ),
    how_to=(COUNT_AN_ORDINARY_WEEK, COUNT_BRISK),
    source=WHO_SOURCE,
)

ACTIVITY_DAYS = number(
    "activity-days",
    "68515-6",
    N_("Days a week with brisk movement"),
    ASKED,
    (Choice("d/wk", N_("days a week"), 0),),
    hard=(0, 7),
    soft=(0, 7),
    goal=(N_("Movement spread over the week does most good."), WHO),
    how_to=(COUNT_AN_ORDINARY_WEEK, COUNT_BRISK),
    source=WHO_SOURCE,
)


EXERCISE_TIME = number(
    "exercise-time",
    "55411-3",
    N_("Minutes of exercise, from a watch"),
    SENSOR,
    (Choice("min", N_("minutes"), 0), Choice("h", N_("hours"), 1)),
    hard=(0, 1440),
    soft=(0, 600),
    goal=(N_("About 20 to 40 minutes a day make up the 150 to 300 minutes of a week."), WHO),
    how_to=(N_("Wear your watch when you exercise; it counts what makes your heart beat faster."),),
    source=WHO_SOURCE,
)

SLEEP_HOURS = number(
    "sleep",
    "93832-4",
    N_("Hours of sleep"),
    SENSOR,
    (Choice("h", N_("hours"), 1), Choice("min", N_("minutes"), 0)),
    hard=(0, 24),
    soft=(2, 14),
    goal=(N_("7 to 9 hours a night is usual for adults."), SLEEP),
    alerts=(
        alert(
            "short",
            "note",
            N_("Under 6 hours, night after night, wears you out. Your care team can help."),
            SLEEP,
            basis="trend",
        ),
        alert(
            "long",
            "note",
            N_("Over 9 hours, night after night, and still tired: please tell your care team."),
            SLEEP,
            basis="trend",
        ),
    ),
    how_to=(N_("Count the hours you slept, not the hours you lay in bed."),),
    source="Watson 2015 doi:10.5664/jcsm.4758; AHA Life's Essential 8"
    " doi:10.1161/CIR.0000000000001078",
    decimals=2,
)
STAGES = tuple(
    number(
        key,
        loinc,
        label,
        SENSOR,
        (Choice("min", N_("minutes"), 0), Choice("h", N_("hours"), 1)),
        hard=(0, 1440),
        soft=(0, 600),
        goal=(N_("It differs from night to night. It has no goal of its own."), SLEEP),
        how_to=(N_("Watches estimate this. Only a sleep laboratory measures it."),),
        source="Range from working knowledge",
    )
    for key, loinc, label in (
        ("sleep-deep", "93831-6", N_("Deep sleep")),
        ("sleep-light", "93830-8", N_("Light sleep")),
        ("sleep-rem", "93829-0", N_("Dream sleep (REM)")),
    )
)

PAIN = number(
    "pain",
    "72514-3",
    N_("Pain from 0 to 10"),
    ASKED,
    (Choice("{score}", N_("out of 10"), 0),),
    hard=(0, 10),
    soft=(0, 10),
    goal=(N_("0 is no pain, 10 the worst you can imagine."), "Numeric rating scale"),
    alerts=(
        alert(
            "severe",
            "soon",
            N_(
                "That is a lot of pain. Please tell your care team today. If it came suddenly, or"
                " is in your chest, call the emergency number."
            ),
            "Numeric rating scale: 7 and more is severe",
            at_least=7,
        ),
    ),
    how_to=(N_("Say how strong the pain is now, not how it was at its worst."),),
    source="Boonstra 2016 doi:10.3389/fpsyg.2016.01466; from working knowledge",
)

ROWS = (STEPS, ACTIVITY, ACTIVITY_DAYS, EXERCISE_TIME, SLEEP_HOURS, *STAGES, PAIN)
