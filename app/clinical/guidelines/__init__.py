"""Guideline rules over one person's facts.

    evaluate(Profile([...]), today) -> [Recommendation, ...]

Pure: the same facts on the same day give the same answer, in whatever order they come.
A rule proposes only what its evidence shows, and says which datum it lacks when it cannot
tell. `RULES` holds every rule by its id. `screening(topic, **inputs)` asks one published
screening recommendation about bare figures; `TOPICS` holds those.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.clinical.guidelines.facts import Fact, birth_date, from_observation
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.questions import Question, gathered
from app.clinical.guidelines.registry import RULES
from app.clinical.guidelines.rule import Recommendation, Rule, Wording
from app.clinical.guidelines.topics import TOPICS, Screening, Topic, screening

__all__ = [
    "RULES",
    "TOPICS",
    "Fact",
    "Profile",
    "Question",
    "Recommendation",
    "Rule",
    "Screening",
    "Topic",
    "Wording",
    "birth_date",
    "evaluate",
    "from_observation",
    "gathered",
    "screening",
]


def evaluate(
    profile: Profile, today: date, rules: Iterable[Rule] | None = None
) -> list[Recommendation]:
    """What the rules say: most urgent first, then the strongest, then the least costly.

    Each rule appears once, as "recommended", "undecided" or "excluded", or not at all when
    it was decided and has nothing to say. `rules` asks only some of them.
    """
    known = profile.until(today)
    asked = RULES.values() if rules is None else rules
    outcomes = ((rule, rule.decide(known, today)) for rule in asked)
    said = [Recommendation.of(rule, outcome) for rule, outcome in outcomes if outcome is not None]
    return sorted(said, key=lambda one: one.order)
