"""Rules about blood fats themselves: LIP-04, LIP-05, LIP-06 and LIP-08."""

from __future__ import annotations

from datetime import date, timedelta

from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import PREGNANCY, Case, Text, rule
from app.clinical.guidelines.conditions import very_high_ldl
from app.clinical.guidelines.medicines import STATINS
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import ACC_2026
from app.clinical.sentences import N_

HIGH_TRIGLYCERIDES, URGENT_TRIGLYCERIDES = 500, 1000
# A panel is due this long after a statin was started or changed.
FIRST_LOOK, LAST_LOOK = timedelta(weeks=4), timedelta(weeks=12)
PANEL = ("ldl-cholesterol", "total-cholesterol")

LIP_04 = rule(
    ACC_2026,
    "LIP-04",
    Text(
        title=N_("Very high LDL cholesterol"),
        reason=N_("LDL cholesterol of 190 or more is often inherited and harms vessels early."),
        action=N_("Talk with your clinician about treatment for very high cholesterol"),
        detail=N_(
            "A strong statin is the usual first step. Because it can run in families, parents,"
            " sisters, brothers and children may need a test too."
        ),
        note=N_(
            "Maximally tolerated statin; consider familial hypercholesterolaemia and cascade"
            " testing. Do not use a risk equation."
        ),
    ),
    very_high_ldl,
    grade="COR 1",
    cost="low",
    urgency="soon",
    exclusions=(PREGNANCY,),
)


def _never_measured(person: Person) -> Answer:
    """LIP-05: an adult whose Lp(a) is not on record, in either unit."""
    return person.adult & ~(person.done("lipoprotein-a") | person.done("lipoprotein-a-mass"))


LIP_05 = rule(
    ACC_2026,
    "LIP-05",
    Text(
        title=N_("Lipoprotein(a) once in life"),
        reason=N_("Lipoprotein(a) is inherited, hardly changes, and adds to the risk unseen."),
        action=N_("Have your lipoprotein(a) measured once"),
        detail=N_(
            "It takes one blood sample and never needs to be repeated. We have no result on"
            " record; if you had it measured elsewhere, please tell us."
        ),
        note=N_("Measure Lp(a) once in every adult; report in nmol/L, never convert units."),
    ),
    _never_measured,
    grade="COR 1",
    cost="low",
)


def _fats(person: Person) -> Answer:
    """LIP-06: triglycerides of 500 mg/dL or more."""
    return person.amount("triglycerides").at_least(HIGH_TRIGLYCERIDES)


LIP_06 = rule(
    ACC_2026,
    "LIP-06",
    Text(
        title=N_("Very high triglycerides"),
        reason=N_("Triglycerides of 500 or more can inflame the pancreas."),
        action=N_("Have the cause of your high blood fats looked into"),
        detail=N_(
            "Eat very little fat and sugar and drink no alcohol until you have talked with your"
            " clinician. A dietitian can help. With strong pain in the upper belly, go to"
            " hospital at once."
        ),
        note=N_(
            "Exclude secondary causes (diabetes, alcohol, thyroid, medicines), very-low-fat diet,"
            " dietitian; pancreatitis advice. Urgent from 1,000 mg/dL."
        ),
        start=N_("Now."),
        change=N_("Triglycerides under 500 mg/dL."),
    ),
    _fats,
    grade="COR 1",
    cost="medium",
    urgency="soon",
    kind="safety",
    cases=(
        Case(
            lambda person: person.amount("triglycerides").at_least(URGENT_TRIGLYCERIDES),
            urgency="now",
        ),
    ),
)


def _after_statin(person: Person) -> Answer:
    """LIP-08: a statin changed 4 to 12 weeks ago and no panel since."""
    fact = person.profile.latest("statin-changed")
    if fact is None or not isinstance(fact.value, date):
        # Without a statin there is no change to look after; with one, its day decides.
        return person.takes(STATINS) & Answer(None, (), ("statin-changed",))
    since = person.today - fact.value
    due = Answer(FIRST_LOOK <= since <= LAST_LOOK, (fact,))
    looked = person.done(PANEL[0], since.days) | person.done(PANEL[1], since.days)
    return due & ~looked if due.true else due


LIP_08 = rule(
    ACC_2026,
    "LIP-08",
    Text(
        title=N_("Blood fats after a new statin"),
        reason=N_("A blood test 4 to 12 weeks after a change shows whether a statin works."),
        action=N_("Have your blood fats tested"),
        detail=N_("One blood sample is enough, and you need not have an empty stomach for it."),
        note=N_("Order a lipid panel 4 to 12 weeks after starting or changing a statin."),
        start=N_("This week."),
        change=N_("A new result, or a change of your statin."),
    ),
    _after_statin,
    grade="COR 1",
    cost="low",
)
