"""The shapes of a rule and of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.strengths import GRADES, RANKS
from app.clinical.sentences import Sentence

Kind = Literal["recommend", "safety"]
Audience = Literal["patient", "clinician"]
Urgency = Literal["now", "soon", "routine"]
Cost = Literal["none", "low", "medium", "high"]
Reason = Literal["absent", "old", "not enough", "outside"]
Status = Literal["recommended", "undecided", "excluded"]

URGENCIES: tuple[Urgency, ...] = ("now", "soon", "routine")
# What acting costs in money and trouble: a habit or a talk, a blood test or a plain
# tablet, a scan or a programme, a procedure or a specialist.
COSTS: tuple[Cost, ...] = ("none", "low", "medium", "high")

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
    """The rule applies: the words for this person and the facts that made it apply.

    `urgency` and `grade` are given where this person's case is graded apart from the rule.
    """

    wording: Wording
    evidence: tuple[Fact, ...]
    urgency: Urgency | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Gap:
    """The rule cannot speak: what is missing, and how the person can supply it.

    `reason` "outside" means that the person is outside the rule: nothing is missing.
    """

    reason: Reason
    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]
    evidence: tuple[Fact, ...] = ()


Outcome = Found | Gap | None  # None: decided, and nothing to propose


@dataclass(frozen=True)
class Rule:
    """One guideline statement. `decide` is pure: the profile and the day, nothing else.

    `audience` is who decides what the line means: "clinician" marks a line that is a
    question to the clinician first, with `note` in the guideline's terms. `reason` says in
    plain words why the rule exists, `exclusions` to whom it does not speak.
    """

    id: str
    version: str
    title: Sentence
    source: str
    url: str
    grade: str
    kind: Kind
    audience: Audience
    urgency: Urgency
    cost: Cost
    reason: Sentence
    note: Sentence
    verified: str
    exclusions: tuple[Sentence, ...]
    decide: Callable[[Profile, date], Outcome]

    @property
    def strength(self) -> Sentence:
        """The grade in plain words."""
        return GRADES[self.grade]


@dataclass(frozen=True)
class Recommendation:
    """What one rule says about one person.

    `status` is "recommended" (`wording` says what and why), "undecided" (`gap` names the
    datum that would decide) or "excluded" (`gap` says why the rule does not speak to this
    person). A rule that was decided and has nothing to say is not in the list at all.
    `evidence` holds the facts it used.
    """

    rule: Rule
    status: Status
    urgency: Urgency
    grade: str
    evidence: tuple[Fact, ...]
    wording: Wording | None = None
    gap: Gap | None = None

    @classmethod
    def of(cls, rule: Rule, outcome: Found | Gap) -> Recommendation:
        """A rule's outcome as it is handed out."""
        if isinstance(outcome, Found):
            urgency, grade = outcome.urgency or rule.urgency, outcome.grade or rule.grade
            return cls(rule, "recommended", urgency, grade, outcome.evidence, outcome.wording)
        status: Status = "excluded" if outcome.reason == "outside" else "undecided"
        return cls(rule, status, rule.urgency, rule.grade, outcome.evidence, gap=outcome)

    @property
    def strength(self) -> Sentence:
        """The grade of this case in plain words."""
        return GRADES[self.grade]

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of the facts that would decide."""
        return self.gap.needs if self.gap else ()

    @property
    def reason(self) -> Sentence:
        """Why, in plain words: why this is proposed, or why the rule could not speak."""
        if self.wording is not None:
            return self.wording.why
        return self.gap.missing if self.gap is not None else self.rule.reason

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Urgency, then strength, then cost; the id makes the order total."""
        return (
            URGENCIES.index(self.urgency),
            RANKS[self.grade],
            COSTS.index(self.rule.cost),
            self.rule.id,
        )
