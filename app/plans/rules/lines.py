"""A line of a plan: what a rule suggests, what it rests on, and what a clinician decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.clinical import Sentence
from app.clinical.guidelines import Recommendation, Wording, gathered

# A plan is looked over long before; a later day is a slip of the keyboard.
LATEST_START = timedelta(days=2 * 365)


class Decision(StrEnum):
    """What a clinician made of a line."""

    UNDECIDED = "undecided"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class Audience(StrEnum):
    """Whom a line speaks to before a clinician has touched it."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Problem(StrEnum):
    """Why a decision or an approval cannot be."""

    NEEDS_REWORDING = "needs-rewording"
    UNDECIDED_LINES = "undecided-lines"
    NOTHING_KEPT = "nothing-kept"
    STARTS_TOO_EARLY = "starts-too-early"
    STARTS_TOO_LATE = "starts-too-late"


KEPT = frozenset({Decision.ACCEPTED, Decision.EDITED})
# The urgency of a rule whose line must be looked at the same day.
NOW = "now"


@dataclass(frozen=True, slots=True)
class Words:
    """What the patient reads of one line, in the words of a person."""

    action: str
    detail: str
    why: str
    start: str
    change: str

    def to_json(self) -> dict[str, str]:
        """The words as plain JSON."""
        return asdict(self)


WORDS = tuple(field.name for field in fields(Words))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that a line rests on, and where it is written down."""

    key: str
    value: str
    unit: str | None
    when: datetime
    source: str
    source_id: str
    label: Sentence
    shown: Sentence

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Evidence:
        """Read back what `Fact.to_json` wrote."""
        return cls(
            key=stored["key"],
            value=stored["value"],
            unit=stored["unit"],
            when=datetime.fromisoformat(stored["when"]),
            source=stored["source"],
            source_id=stored["source_id"],
            label=Sentence.from_json(stored["label"]),
            shown=Sentence.from_json(stored["shown"]),
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one version of one rule said about one person, with everything it rests on."""

    rule_id: str
    rule_version: str
    title: Sentence
    wording: Wording
    note: Sentence
    source: str
    url: str
    grade: str
    strength: Sentence
    kind: str
    audience: Audience
    urgency: str
    verified: str
    evidence: tuple[Evidence, ...]

    @property
    def marks(self) -> tuple[tuple[str, str, str], ...]:
        """What tells one body of evidence from another."""
        return tuple(sorted((one.key, one.source_id, one.value) for one in self.evidence))

    def same_as(self, other: Suggestion) -> bool:
        """Whether the same rule rests on the same evidence."""
        return (self.rule_id, self.rule_version, self.marks) == (
            other.rule_id,
            other.rule_version,
            other.marks,
        )


def stored(found: Recommendation) -> dict[str, Any]:
    """A recommendation as plain JSON, whole: later versions of the rule do not change it."""
    if found.wording is None:
        raise ValueError(f"{found.rule.id} recommends nothing")
    rule = found.rule
    return {
        "rule_id": rule.id,
        "rule_version": rule.version,
        "title": rule.title.to_json(),
        "wording": found.wording.to_json(),
        "note": rule.note.to_json(),
        "source": rule.source,
        "url": rule.url,
        "grade": found.grade,
        "strength": found.strength.to_json(),
        "kind": rule.kind,
        "audience": rule.audience,
        "urgency": found.urgency,
        "verified": rule.verified,
        "evidence": [fact.to_json() for fact in found.evidence],
    }


def suggestion(kept: Mapping[str, Any]) -> Suggestion:
    """Read back what `stored` wrote."""
    return Suggestion(
        **{
            **kept,
            "title": Sentence.from_json(kept["title"]),
            "wording": Wording.from_json(kept["wording"]),
            "note": Sentence.from_json(kept["note"]),
            "strength": Sentence.from_json(kept["strength"]),
            "audience": Audience(kept["audience"]),
            "evidence": tuple(Evidence.from_json(one) for one in kept["evidence"]),
        }
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What we cannot tell, and what would settle it."""

    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]


def stored_questions(said: Iterable[Recommendation]) -> list[dict[str, Any]]:
    """What the rules could not tell, each cause once, as plain JSON."""
    return [
        {
            "missing": one.missing.to_json(),
            "supply": one.supply.to_json(),
            "needs": list(one.needs),
        }
        for one in gathered(said)
    ]


def questions(kept: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Read back what `stored_questions` wrote."""
    return tuple(
        Question(
            Sentence.from_json(one["missing"]),
            Sentence.from_json(one["supply"]),
            tuple(one["needs"]),
        )
        for one in kept
    )


def acceptance_problem(audience: Audience) -> Problem | None:
    """A line that speaks to clinicians must be put into words for the patient first."""
    return Problem.NEEDS_REWORDING if audience is Audience.CLINICIAN else None


def rewording_problem(audience: Audience, suggested: Words | None, words: Words) -> Problem | None:
    """Saving a clinicians' line as it was is not an edit."""
    same = suggested is not None and suggested == words
    return Problem.NEEDS_REWORDING if same and audience is Audience.CLINICIAN else None


def start_problem(starts_on: date | None, today: date) -> Problem | None:
    """A line cannot begin before today or in the far future; no day means the approval's."""
    if starts_on is None:
        return None
    if starts_on < today:
        return Problem.STARTS_TOO_EARLY
    return Problem.STARTS_TOO_LATE if starts_on - today > LATEST_START else None


def approval_problem(lines: Sequence[tuple[Audience, Decision]]) -> Problem | None:
    """Every line decided, one line kept, none in words meant for clinicians."""
    if any(decision is Decision.UNDECIDED for _audience, decision in lines):
        return Problem.UNDECIDED_LINES
    if not any(decision in KEPT for _audience, decision in lines):
        return Problem.NOTHING_KEPT
    if (Audience.CLINICIAN, Decision.ACCEPTED) in lines:
        return Problem.NEEDS_REWORDING
    return None
