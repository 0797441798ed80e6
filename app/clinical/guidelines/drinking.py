"""The rule that rests on the answers about alcohol: ALC-01.

It speaks in pregnancy too, as the recommendation does, and then of no alcohol at all.
"""

from __future__ import annotations

from datetime import date

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.known import (
    UNDER_18,
    USPSTF,
    answer,
    not_adult,
    pregnancy,
    unanswered,
)
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.guidelines.sources import PAGE
from app.clinical.sentences import N_, Sentence

ALCOHOL_ITEMS = ("alcohol-frequency", "alcohol-amount", "alcohol-binge")
ALCOHOL_ITEM_POINTS = 4
RISKY_MALE, RISKY_FEMALE = 4, 3
ALCOHOL_TOPIC = Sentence(N_("alcohol"))
SEX_MATTERS = N_("Whether your alcohol answers call for advice depends on your sex at birth.")


def _alcohol_bounds(known: dict[str, Fact]) -> tuple[int, int]:
    """The least and the most AUDIT-C the answers so far allow."""
    points = [fact.value for fact in known.values() if isinstance(fact.value, int)]
    frequency = known.get(ALCOHOL_ITEMS[0])
    if frequency is not None and frequency.value == 0:
        return 0, 0  # someone who never drinks is asked nothing more
    least = sum(points)
    return least, least + ALCOHOL_ITEM_POINTS * (len(ALCOHOL_ITEMS) - len(points))


def _alcohol(profile: Profile, today: date) -> Outcome:
    """ALC-01: AUDIT-C at least 4 (male) or 3 (female)."""
    if (gap := not_adult(profile, today)) is not None:
        return gap
    expecting = pregnancy(profile, today)
    known = {
        key: fact for key in ALCOHOL_ITEMS if (fact := answer(profile, key, today)) is not None
    }
    least, most = _alcohol_bounds(known)
    sex = profile.latest("sex-at-birth")
    limits = {"male": (RISKY_MALE,), "female": (RISKY_FEMALE,)}
    possible = limits.get(str(sex.value) if sex else "", (RISKY_FEMALE, RISKY_MALE))
    if most < min(possible):
        return None
    if least >= max(possible):
        deciding = (sex if len(possible) == 1 else None, expecting)
        evidence = (*known.values(), *(fact for fact in deciding if fact is not None))
        return Found(_alcohol_wording(least, tuple(known.values()), expecting), evidence)
    if least == most:
        needs, told = ("sex-at-birth",), tuple(known.values())
        return Gap("absent", Sentence(SEX_MATTERS), Sentence(ASK_OR_ANSWER), needs, told)
    return unanswered(profile, ALCOHOL_ITEMS, ALCOHOL_TOPIC, today)


ASK_OR_ANSWER = N_("Talk it over with your care team, or answer the questions about you.")


DRINK_LESS = N_(
    "A short, friendly talk helps many people. Until then, try days without alcohol and smaller"
    " glasses. If you drink every day and feel shaky or sweaty without it, do not stop suddenly:"
    " tell us first."
)
DRINK_NOTHING = N_(
    "In pregnancy no amount of alcohol is known to be safe for the child, and a short, friendly"
    " talk helps to do without. If you drink every day and feel shaky or sweaty without it, do not"
    " stop suddenly: call us today."
)


def _alcohol_wording(least: int, known: tuple[Fact, ...], expecting: Fact | None) -> Wording:
    return Wording(
        action=Sentence(N_("Talk for a few minutes with your care team about drinking less")),
        detail=Sentence(DRINK_NOTHING if expecting else DRINK_LESS),
        why=Sentence(
            N_(
                "Your answers of %(day)s about alcohol add up to %(points)s of 12 points. At"
                " this level drinking can begin to harm, often before anyone notices."
            ),
            {"day": max(fact.day for fact in known), "points": least},
        ),
        start=Sentence(N_("At your next visit or message.")),
        change=Sentence(
            N_("Drinking less for 3 months, pregnancy, a new medicine, or shaking without alcohol.")
        ),
    )


ALC_01 = Rule(
    id="ALC-01",
    version="2018.1",
    title=Sentence(N_("Drinking less alcohol")),
    source="USPSTF 2018, unhealthy alcohol use; AUDIT-C: Bush 1998, derived from WHO AUDIT",
    url=f"{USPSTF}uspstf/recommendation/unhealthy-alcohol-use-in-adolescents-and-adults"
    "-screening-and-behavioral-counseling-interventions",
    grade="B",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="none",
    reason=Sentence(N_("A short talk helps many people drink less, before drinking harms.")),
    note=Sentence(
        N_(
            "AUDIT-C at least 4 (male) or 3 (female): brief counselling; consider the full"
            " AUDIT and signs of dependence."
        )
    ),
    verified=PAGE,
    exclusions=(UNDER_18,),
    decide=_alcohol,
)
