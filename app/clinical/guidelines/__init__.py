"""Guideline rules over one person's facts.

    evaluate(Facts([...]), today) -> Evaluation(proposals, unknown, settled)

Pure: the same facts on the same day give the same answer, in whatever order they come.
A rule proposes only what its evidence shows, and says so when it cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.clinical.guidelines.facts import Fact, Facts, birth_date, from_observation
from app.clinical.guidelines.glucose import DM_07
from app.clinical.guidelines.habits import ALC_01, PA_01, TOB_01
from app.clinical.guidelines.pressure import BP_03, BP_04
from app.clinical.guidelines.rule import (
    Evaluation,
    Found,
    Gap,
    Proposal,
    Rule,
    Unknown,
    Wording,
)
from app.clinical.guidelines.salt import BP_05
from app.clinical.guidelines.weight import OB_01
from app.clinical.sentences import Sentence

__all__ = [
    "RULES",
    "Evaluation",
    "Fact",
    "Facts",
    "Proposal",
    "Question",
    "Rule",
    "Unknown",
    "Wording",
    "birth_date",
    "evaluate",
    "from_observation",
    "gathered",
]

_ALL = (BP_04, DM_07, BP_03, BP_05, OB_01, TOB_01, ALC_01, PA_01)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})

_URGENCY = {"now": 0, "soon": 1, "routine": 2}


@dataclass(frozen=True)
class Question:
    """Several rules that wait for the same thing, said once."""

    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]
    rules: tuple[Rule, ...]


def evaluate(facts: Facts, today: date) -> Evaluation:
    """Ask every rule. Proposals come most urgent first, then in the order of RULES."""
    known = facts.until(today)
    proposals: list[Proposal] = []
    unknown: list[Unknown] = []
    settled: list[Rule] = []
    for rule in RULES.values():
        match rule.decide(known, today):
            case Found(wording, evidence):
                proposals.append(Proposal(rule, wording, evidence))
            case Gap(reason, missing, supply, needs, evidence):
                unknown.append(Unknown(rule, reason, missing, supply, needs, evidence))
            case None:
                settled.append(rule)
    proposals.sort(key=lambda proposal: _URGENCY[proposal.rule.urgency])
    return Evaluation(tuple(proposals), tuple(unknown), tuple(settled))


def gathered(unknown: Iterable[Unknown]) -> tuple[Question, ...]:
    """“What we cannot tell you”, each cause once with the rules that wait for it."""
    causes: dict[tuple[Sentence, Sentence], list[Unknown]] = {}
    for each in unknown:
        causes.setdefault((each.missing, each.supply), []).append(each)
    return tuple(
        Question(
            missing,
            supply,
            tuple(sorted({need for each in waiting for need in each.needs})),
            tuple(each.rule for each in waiting),
        )
        for (missing, supply), waiting in causes.items()
    )
