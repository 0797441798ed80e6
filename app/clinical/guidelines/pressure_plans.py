"""Rules about what follows from blood pressure: BP-01, BP-02, BP-06, BP-07 and BP-08."""

from __future__ import annotations

from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import PREGNANCY, Text, rule
from app.clinical.guidelines.conditions import (
    HYPERTENSION,
    STAGE_2,
    cardiovascular,
    hypertension,
    kidney_disease,
)
from app.clinical.guidelines.figures import prevent_cvd
from app.clinical.guidelines.keys import YEAR
from app.clinical.guidelines.medicines import HARMFUL_IN_PREGNANCY
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import AHA_2025, AHA_2025_MEMORY
from app.clinical.sentences import N_

# Total cardiovascular risk in 10 years, in percent, from which medicine comes earlier.
RAISED_RISK = 7.5
# From a first period to the years in which pregnancy is no longer expected.
FERTILE = (12, 55)


def _at_risk(person: Person) -> Answer:
    """Disease of heart or vessels, diabetes, kidney disease, or a 10-year risk of 7.5 %."""
    conditions = cardiovascular(person) | person.diabetes | kidney_disease(person)
    return conditions if conditions.true else conditions | prevent_cvd(person).at_least(RAISED_RISK)


def _medicine(person: Person) -> Answer:
    """BP-01: home mean of at least 130 and/or 80 in someone at risk."""
    return person.adult & person.home_mean(*HYPERTENSION) & _at_risk(person)


BP_01 = rule(
    AHA_2025,
    "BP-01",
    Text(
        title=N_("Blood pressure medicine when the risk is raised"),
        reason=N_("With a raised risk, medicine protects heart and brain from 130 over 80."),
        action=N_("Talk with your clinician about medicine for your blood pressure"),
        detail=N_(
            "The usual goal is under 130 over 80. Daily habits stay as important as before. Keep"
            " measuring at home, and do not start or stop a medicine before you have talked."
        ),
        note=N_(
            "Consider starting an antihypertensive drug with lifestyle change, goal below 130/80."
            " Check current medicines, kidney function and potassium first."
        ),
    ),
    _medicine,
    grade="COR 1",
    cost="low",
    urgency="soon",
    exclusions=(PREGNANCY,),
)


def _habits(person: Person) -> Answer:
    """BP-02: home mean of 130 to 139 over 80 to 89 in someone whose risk is low."""
    between = person.home_mean(*HYPERTENSION) & ~person.home_mean(*STAGE_2)
    return person.adult & between & ~_at_risk(person)


BP_02 = rule(
    AHA_2025,
    "BP-02",
    Text(
        title=N_("Daily habits before blood pressure medicine"),
        reason=N_("When the risk is low, daily habits come first for mildly raised pressure."),
        action=N_("Work on your blood pressure with daily habits for 3 to 6 months"),
        detail=N_(
            "Less salt, more fruit and vegetables, more movement, less alcohol and a lighter body"
            " each lower blood pressure. Then measure for a week again. If it is still 130 over"
            " 80 or more, talk with your clinician about medicine."
        ),
        note=N_(
            "Lifestyle programme for 3 to 6 months, then re-evaluate; drug treatment if the mean"
            " is still at or above 130/80."
        ),
    ),
    _habits,
    grade="COR 1",
    cost="none",
    audience="patient",
    exclusions=(PREGNANCY,),
)


def _baseline(person: Person) -> Answer:
    """BP-06: high blood pressure without a urine protein test in the last year."""
    return person.adult & hypertension(person) & ~person.done("uacr", YEAR)


BP_06 = rule(
    AHA_2025,
    "BP-06",
    Text(
        title=N_("Yearly tests with high blood pressure"),
        reason=N_("High blood pressure can harm the kidneys long before anyone feels it."),
        action=N_("Have your urine and blood tested"),
        detail=N_(
            "We have no urine protein test of the last 12 months on record. A urine and a blood"
            " sample show how kidneys, blood fats and blood sugar are doing. If you had these"
            " tests elsewhere, please tell us."
        ),
        note=N_(
            "Order urine albumin-creatinine ratio; at baseline also eGFR, electrolytes, lipids,"
            " glucose, TSH and an ECG."
        ),
    ),
    _baseline,
    grade="COR 1",
    cost="low",
)


def _harmful(person: Person) -> Answer:
    """BP-07: a pressure medicine that harms an unborn child, pregnant or hoping to be."""
    expecting = person.said("pregnant") | person.said("planning-pregnancy")
    if not expecting.true:
        expecting = person.aged(*FERTILE) & person.flag("pregnant")
    male = person.sex("male")
    could_be = ~male if male.true else expecting
    return could_be & person.takes(HARMFUL_IN_PREGNANCY)


BP_07 = rule(
    AHA_2025,
    "BP-07",
    Text(
        title=N_("A blood pressure medicine and pregnancy"),
        reason=N_("Some blood pressure medicines can harm an unborn child."),
        action=N_("Call your care team today about your blood pressure medicine"),
        detail=N_(
            "One of your medicines should not be taken during pregnancy. Please call before you"
            " take the next dose. There are other medicines that are safe for you and the child."
        ),
        note=N_(
            "Stop-and-call: avoid ACE inhibitors, ARBs, MRAs and atenolol in pregnancy or when it"
            " is planned; change to an agent that is safe."
        ),
        start=N_("Now."),
        change=N_("A negative pregnancy test, or another medicine."),
    ),
    _harmful,
    grade="COR 3 harm",
    cost="low",
    urgency="now",
    kind="safety",
)


def _differs(person: Person) -> Answer:
    """BP-08: one side of 130/80 at home, the other side at a visit."""
    home, office = person.home_mean(*HYPERTENSION), person.office(*HYPERTENSION)
    return person.adult & ((home & ~office) | (~home & office))


BP_08 = rule(
    AHA_2025_MEMORY,
    "BP-08",
    Text(
        title=N_("Different blood pressure at home and at visits"),
        reason=N_("Blood pressure at home and at visits do not agree, so one of them misleads."),
        action=N_("Measure your blood pressure at home for another week"),
        detail=N_(
            "Twice in the morning and twice in the evening, sitting quietly for five minutes"
            " first. Your clinician may also lend you a device that measures day and night. No"
            " medicine is changed before that."
        ),
        note=N_(
            "Possible masked or white-coat hypertension: confirm with repeat home or ambulatory"
            " monitoring before any change of drug."
        ),
        start=N_("This week."),
        change=N_("Home and visit readings that agree."),
    ),
    _differs,
    grade="COR 1/2a",
    cost="none",
    audience="patient",
)
