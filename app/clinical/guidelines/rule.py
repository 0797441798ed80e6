"""The shapes of a rule and of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.clinical.guidelines.facts import Fact, Facts
from app.clinical.sentences import Sentence

Kind = Literal["recommend", "safety"]
Audience = Literal["patient", "clinician"]
Urgency = Literal["now", "soon", "routine"]
Reason = Literal["absent", "old", "not enough", "outside"]


WORDS = ("action", "detail", "why", "start", "change")


@dataclass(frozen=True)
class Wording:
    """What the patient reads once a clinician has approved the line; all of it editable."""

    action: Sentence  # what to do, as a heading
    detail: Sentence  # how
    why: Sentence  # why this, for you: from the person's own data and days
    start: Sentence  # when to start
    change: Sentence  # what would change it

    def to_json(self) -> dict[str, Any]:
        """The words as plain JSON, so that a stored draft can still be translated."""
        return {name: getattr(self, name).to_json() for name in WORDS}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Wording:
        """Read back what `to_json` wrote."""
        return cls(**{name: Sentence.from_json(stored[name]) for name in WORDS})


@dataclass(frozen=True)
class Found:
    """The rule applies: the words for this person and the facts that made it apply."""

    wording: Wording
    evidence: tuple[Fact, ...]


@dataclass(frozen=True)
class Gap:
    """The rule cannot decide: what is missing, and how the person can supply it."""

    reason: Reason
    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]
    evidence: tuple[Fact, ...] = ()


Outcome = Found | Gap | None  # None: decided, and nothing to propose


@dataclass(frozen=True)
class Rule:
    """One guideline statement. `decide` is pure: the facts and the day, nothing else.

    `audience` is who decides what the line means: "clinician" marks a line that is a
    question to the clinician first, with `note` in the guideline's terms.
    """

    id: str
    version: str
    title: Sentence
    source: str
    url: str
    grade: str
    strength: Sentence
    kind: Kind
    audience: Audience
    urgency: Urgency
    note: Sentence
    verified: str
    decide: Callable[[Facts, date], Outcome]


@dataclass(frozen=True)
class Proposal:
    """A line for the draft, with everything it rests on."""

    rule: Rule
    wording: Wording
    evidence: tuple[Fact, ...]


@dataclass(frozen=True)
class Unknown:
    """What a rule could not tell, and what would settle it."""

    rule: Rule
    reason: Reason
    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]
    evidence: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """Every rule's answer, each rule in exactly one of the three."""

    proposals: tuple[Proposal, ...]
    unknown: tuple[Unknown, ...]
    settled: tuple[Rule, ...]
