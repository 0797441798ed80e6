"""Rules about aorta, bones and sleep: AAA-01, OST-01 and SLP-01."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical.guidelines import criteria, known
from app.clinical.guidelines.answers import Answer, Figure
from app.clinical.guidelines.build import Text, rule, told
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import AASM, AORTA_2019, BONE_2025
from app.clinical.sentences import N_

SEVERE_OBESITY = 35
HALF = Decimal("0.5")


def pack_years(person: Person) -> Figure:
    """Packs a day times years of smoking, as reported."""
    return person.amount("pack-years")


def years_since_quit(person: Person) -> Figure:
    """Years since the last cigarette: whole ones, and a half more once their day is over."""
    fact = person.fresh("quit-date")
    if fact is None or not isinstance(fact.value, date):
        return Figure(None, (), ("quit-date",))
    years = known.age(fact.value, person.today)
    over = years == known.age(fact.value, person.today - timedelta(days=1))
    return Figure(years + HALF * over, (fact,))


def _aorta(person: Person) -> Answer:
    """AAA-01: a man of 65 to 75 years who ever smoked, never looked at before."""
    meant = criteria.aorta(person.age, person.sex("male"), person.never_smoked)["B"]
    return meant & ~person.done("aortic-ultrasound")


AAA_01 = rule(
    AORTA_2019,
    "AAA-01",
    Text(
        title=N_("One ultrasound of the aorta"),
        reason=N_("In men who ever smoked, the great vessel in the belly can widen unnoticed."),
        action=N_("Have one ultrasound of your aorta"),
        detail=N_(
            "It is painless, takes ten minutes and is needed only once. We have none on record;"
            " if you had one elsewhere, please tell us."
        ),
        note=N_("One-time ultrasonography at 65 to 75 years in men who have ever smoked."),
        start=N_("Within the next months."),
        change=N_("Sudden strong pain in belly or back: call the emergency number."),
    ),
    _aorta,
    grade="B",
    cost="medium",
    exclusions=(told("aortic-aneurysm", N_("Your aorta is already being looked after.")),),
)


def _bones(person: Person) -> Answer:
    """OST-01: a woman from 65, or earlier after menopause when a risk tool says so."""
    risk, after = person.flag("fracture-risk"), person.flag("menopause")
    meant = criteria.bone(person.age, person.sex("female"), after, risk)["B"]
    return meant & ~person.done("bone-density")


OST_01 = rule(
    BONE_2025,
    "OST-01",
    Text(
        title=N_("A bone density scan"),
        reason=N_("Bones grow thin unnoticed after menopause, and a scan shows it in time."),
        action=N_("Have your bone density measured"),
        detail=N_(
            "A short scan with very little radiation. We have none on record; if you had one"
            " elsewhere, please tell us."
        ),
        note=N_(
            "DXA in women from 65 years, and in postmenopausal women below 65 years at increased"
            " risk by a clinical risk tool."
        ),
        start=N_("Within the next months."),
        change=N_("A broken bone after a light fall: tell us."),
    ),
    _bones,
    grade="B",
    cost="medium",
    exclusions=(told("osteoporosis", N_("Your bones are already being looked after.")),),
)


def _sleep(person: Person) -> Answer:
    """SLP-01: BMI from 35, or snoring with sleepiness, or resistant hypertension."""
    tired = person.flag("snoring") & person.flag("daytime-sleepiness")
    heavy = person.bmi.at_least(SEVERE_OBESITY)
    return person.adult & (heavy | tired | person.said("resistant-hypertension"))


SLP_01 = rule(
    AASM,
    "SLP-01",
    Text(
        title=N_("A look at your sleep"),
        reason=N_("Breathing that stops in sleep makes people tired and raises blood pressure."),
        action=N_("Have your breathing in sleep looked at"),
        detail=N_(
            "Often a small device for one night at home is enough. Do not drive when you feel"
            " sleepy."
        ),
        note=N_("Evaluate for obstructive sleep apnoea; home test or polysomnography."),
        start=N_("Within the next months."),
        change=N_("Falling asleep at the wheel or at work: tell us at once."),
    ),
    _sleep,
    grade="conditional",
    cost="medium",
    exclusions=(told("sleep-apnoea", N_("Your sleep apnoea is already being looked after.")),),
)
