"""Rules about mood and worry: DEP-01, DEP-02 and ANX-01."""

from __future__ import annotations

from datetime import timedelta

from app.clinical.guidelines import known
from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import Text, rule
from app.clinical.guidelines.person import Person, whichever
from app.clinical.guidelines.sources import ANXIETY_2023, DEPRESSION_2023, SAFETY
from app.clinical.sentences import N_

PHQ9, PHQ2, GAD7 = 10, 3, 10
ANXIETY_AGES = (19, 64)
# A plan is looked over every 3 months at the latest, so by then somebody has talked with the
# person; the same time for which very low blood sugar is kept (DM-07).
DANGER_LASTS = timedelta(days=90)


def _low(person: Person) -> Answer:
    """DEP-01: PHQ-9 from 10; without one, PHQ-2 from 3."""
    nine = person.amount("phq9").at_least(PHQ9)
    two = person.amount("phq2").at_least(PHQ2)
    return person.adult & (nine if nine.true is not None else whichever(nine, two))


DEP_01 = rule(
    DEPRESSION_2023,
    "DEP-01",
    Text(
        title=N_("Low mood"),
        reason=N_("Your answers about mood show that things may be hard at present."),
        action=N_("Talk with a clinician about how you feel"),
        detail=N_(
            "Low mood can be treated, by talking, by medicine, or both. If things get worse, or"
            " you think of harming yourself, call for help at once."
        ),
        note=N_("PHQ-9 at or above 10 (after PHQ-2 at or above 3, complete the PHQ-9): assess."),
        start=N_("Within the next two weeks."),
        change=N_("Feeling better for some weeks, or worse: tell us at once."),
    ),
    _low,
    grade="B",
    cost="low",
    urgency="soon",
)


def _danger(person: Person) -> Answer:
    """DEP-02: any answer above zero to item 9 of the PHQ-9 in 90 days, or the last one; any age.

    One later zero takes nothing back: such thoughts come and go, and people also hide them.
    """
    kept = tuple(
        fact
        for fact in person.profile.every("phq9-item9")
        if person.today - fact.day <= DANGER_LASTS and known.amount(fact) >= 1
    )
    return Answer(true=True, facts=kept) if kept else person.amount("phq9-item9").at_least(1)


DEP_02 = rule(
    SAFETY,
    "DEP-02",
    Text(
        title=N_("Thoughts of being better off dead"),
        reason=N_("You told us of thoughts of being better off dead or of hurting yourself."),
        action=N_("Talk to someone now; you are not alone"),
        detail=N_(
            "If you might act on these thoughts, call the emergency number or a crisis line now,"
            " or go to the nearest emergency department. Stay with someone you trust. Your care"
            " team is told and will call you today."
        ),
        note=N_(
            "PHQ-9 item 9 above 0: show crisis resources, same-day clinician contact and risk"
            " assessment. Never wait for the approval of a plan. An answer above 0 is kept for 90"
            " days; a later 0 does not clear it."
        ),
        start=N_("Now."),
        change=N_("A talk with a clinician who knows how you are."),
    ),
    _danger,
    grade="safety",
    cost="none",
    urgency="now",
    kind="safety",
)


def _worry(person: Person) -> Answer:
    """ANX-01: 19 to 64 years with a GAD-7 from 10."""
    return person.aged(*ANXIETY_AGES) & person.amount("gad7").at_least(GAD7)


ANX_01 = rule(
    ANXIETY_2023,
    "ANX-01",
    Text(
        title=N_("Worry and tension"),
        reason=N_("Your answers show that worry weighs on you at present."),
        action=N_("Talk with a clinician about your worries"),
        detail=N_("Worry can be treated, by talking, by medicine, or both."),
        note=N_("GAD-7 at or above 10 at 19 to 64 years: clinical assessment."),
        start=N_("Within the next month."),
        change=N_("Feeling calmer for some weeks, or worse."),
    ),
    _worry,
    grade="B",
    cost="low",
)
