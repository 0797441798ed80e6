"""Rules about kidney results: CKD-01, CKD-02 and CKD-03."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.clinical.guidelines import figures, known
from app.clinical.guidelines.answers import NO, Answer
from app.clinical.guidelines.build import PREGNANCY, Text, rule
from app.clinical.guidelines.conditions import (
    HIGH_UACR,
    LOW_EGFR,
    ON_RENIN_BLOCKER,
    kidney_disease,
)
from app.clinical.guidelines.person import PERSISTS, Person, whichever
from app.clinical.guidelines.sources import KDIGO_2024
from app.clinical.sentences import N_

REFER_EGFR, REFER_UACR, REFER_KFRE = 30, 300, 3
# A sustained fall: more than a fifth below where it was in the two years before.
FALLEN_TO, FALL_WITHIN = Decimal("0.8"), timedelta(days=2 * 365)


def _marked(person: Person) -> Answer:
    """EGFR below 60 or UACR from 30 mg/g, by the tests that were made."""
    low = figures.egfr(person).below(LOW_EGFR)
    return whichever(low, person.amount("uacr").at_least(HIGH_UACR))


def _first_time(person: Person) -> Answer:
    """CKD-01: a mark of kidney disease that is neither known nor confirmed yet."""
    confirmed = kidney_disease(person)
    return _marked(person) & ~(confirmed if confirmed.true else NO)


CKD_01 = rule(
    KDIGO_2024,
    "CKD-01",
    Text(
        title=N_("Confirm a kidney result"),
        reason=N_("One kidney result outside the usual range may be chance."),
        action=N_("Have your kidney tests repeated in 3 months"),
        detail=N_(
            "Drink as usual before the test. Ask before you take pain tablets such as ibuprofen,"
            " because they strain the kidneys."
        ),
        note=N_(
            "Repeat to confirm for at least 3 months; review nephrotoxic drugs; look for an acute"
            " cause first."
        ),
        start=N_("Today with the tablets; in 3 months with the test."),
    ),
    _first_time,
    grade="1B/practice point",
    cost="low",
    urgency="soon",
)


def _protein(person: Person) -> Answer:
    """CKD-02: kidney disease with a UACR from 30 mg/g."""
    return kidney_disease(person) & person.amount("uacr").at_least(HIGH_UACR)


CKD_02 = rule(
    KDIGO_2024,
    "CKD-02",
    Text(
        title=N_("A medicine that protects the kidneys"),
        reason=N_("Protein in the urine wears the kidneys out, and a medicine can slow that."),
        action=N_("Talk with your clinician about a medicine that protects your kidneys"),
        detail=N_(
            "It also lowers blood pressure. A blood test 2 to 4 weeks later makes sure that it"
            " suits you."
        ),
        note=N_(
            "ACE inhibitor or ARB if blood pressure allows (1B for A3, 2C for A2); potassium and"
            " creatinine 2 to 4 weeks later."
        ),
    ),
    _protein,
    grade="1B (A3) / 2C (A2)",
    cost="low",
    exclusions=(PREGNANCY, ON_RENIN_BLOCKER),
)


def _fallen(person: Person) -> Answer:
    """The last two eGFR are both more than a fifth below one of the two years before."""
    facts = person.profile.every("egfr")
    if len(facts) < 3:  # noqa: PLR2004 - one to fall from, and two that show it lasts
        return NO
    *before, first, last = facts
    started = [
        fact
        for fact in before
        if PERSISTS <= last.day - fact.day <= FALL_WITHIN
        and max(known.amount(first), known.amount(last)) < known.amount(fact) * FALLEN_TO
    ]
    return Answer(true=True, facts=(started[0], first, last)) if started else NO


def _refer(person: Person) -> Answer:
    """CKD-03: eGFR below 30, a sustained fall, UACR from 300 with blood, or KFRE from 3 %."""
    egfr, uacr = figures.egfr(person), person.amount("uacr")
    bleeding = uacr.at_least(REFER_UACR) & person.flag("haematuria")
    failing = egfr.below(LOW_EGFR) & person.amount("kfre-5y").at_least(REFER_KFRE)
    severe = egfr.below(REFER_EGFR) | _fallen(person)
    return severe if severe.true else severe | bleeding | failing


CKD_03 = rule(
    KDIGO_2024,
    "CKD-03",
    Text(
        title=N_("A kidney specialist"),
        reason=N_("Your kidney results call for a specialist's eye."),
        action=N_("See a kidney specialist"),
        detail=N_(
            "A specialist finds the cause and what slows it down. Bring the list of everything"
            " you take, also what you buy without a prescription."
        ),
        note=N_(
            "Refer: eGFR below 30, sustained fall, UACR at or above 300 mg/g with haematuria, or"
            " 5-year KFRE of 3 to 5 % or more."
        ),
        start=N_("Within the next weeks."),
    ),
    _refer,
    grade="practice point",
    cost="high",
    urgency="soon",
)
