"""Plans and their lines (FHIR CarePlan and its activities). What is signed never changes.

Triggers made by the migration refuse any change of a signed plan, whoever asks; only its step
from approved to active and from active to superseded remains open.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of
from app.plans.rules import erased, lines
from app.plans.rules.lines import Audience, Decision, Suggestion
from app.plans.rules.states import PlanState

OPEN = text("state IN ('draft', 'in-review')")
ACTIVE = text("state = 'active'")


class PlanLine(Row):
    """One line: what a rule suggested or a clinician added, and what was decided about it."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint("(decision = 'undecided') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(rule_id IS NULL) = (rule_version IS NULL)", name="rule"),
        # A line in a guideline's terms reaches no patient as it is.
        CheckConstraint("audience <> 'clinician' OR decision <> 'accepted'", name="reworded"),
    )
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("care_plan.id"), index=True)
    # Its plan's; the line's words are sealed with that patient's key.
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    position: Mapped[int]
    rule_id: Mapped[str | None] = mapped_column(String(16))
    rule_version: Mapped[str | None] = mapped_column(String(16))
    audience: Mapped[Audience] = mapped_column(code_of(Audience))
    sealed_suggestion: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    starts_on: Mapped[date | None]
    decision: Mapped[Decision] = mapped_column(code_of(Decision))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    suggestion_json = Sealed("sealed_suggestion", of="patient_id", erased=erased.SUGGESTION)
    words_json = Sealed("sealed_words", of="patient_id", erased=erased.WORDS)
    reason = Sealed("sealed_reason", of="patient_id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def suggestion(self) -> Suggestion | None:
        """What a rule said in this line; None for a clinician's own."""
        if self.sealed_suggestion is None:
            return None
        return lines.suggestion(json.loads(self.suggestion_json))


class CarePlan(Row):
    """One version of a patient's plan."""

    __tablename__ = "care_plan"
    __table_args__ = (
        UniqueConstraint("patient_id", "number"),
        CheckConstraint(
            "(state IN ('approved', 'active', 'superseded')) = (approved_at IS NOT NULL)",
            name="signed",
        ),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="signer"),
        CheckConstraint("(approved_at IS NULL) = (number IS NULL)", name="numbered"),
        CheckConstraint(
            "(state IN ('superseded', 'discarded')) = (ended_at IS NOT NULL)", name="ended"
        ),
        Index(
            "uq_care_plan_open", "patient_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index(
            "uq_care_plan_active",
            "patient_id",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    number: Mapped[int | None]
    state: Mapped[PlanState] = mapped_column(code_of(PlanState))
    version: Mapped[int] = mapped_column()
    # A keyed fingerprint of the rules that spoke, to know whether a new draft is worth a look.
    basis: Mapped[str] = mapped_column(String(64))
    sealed_questions: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_news: Mapped[bytes | None] = mapped_column(LargeBinary)
    drafted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    questions_json = Sealed("sealed_questions", of="patient_id", erased="[]")
    news_json = Sealed("sealed_news", of="patient_id", erased="[]")
    lines: Mapped[list[PlanLine]] = relationship(
        order_by=PlanLine.position, cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def fresh(self) -> tuple[Suggestion, ...] | None:
        """What the rules suggest now, where that is not yet in the lines."""
        if self.sealed_news is None:
            return None
        return tuple(lines.suggestion(one) for one in json.loads(self.news_json))
