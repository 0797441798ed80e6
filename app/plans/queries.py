"""Plans as people may see them: drafts for the clinicians of the care team, signed for patients."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import selectinload

from app.accounts import queries as accounts
from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import db, looks
from app.kernel.actor import Actor, Role
from app.plans.models import CarePlan, PlanLine
from app.plans.rules import by_hand, changes, lines, states
from app.plans.rules.changes import Changes, News
from app.plans.rules.choices import Standing
from app.plans.rules.lines import Audience, Decision, Problem, Question, Suggestion, Words
from app.plans.rules.states import PlanState, Step
from app.questionnaires import queries as questionnaires
from app.results import queries as results
from app.web.speech import say


@dataclass(frozen=True, slots=True)
class LineView:
    """One line with what a rule suggested and what a clinician made of it."""

    id: UUID
    plan_id: UUID
    audience: Audience
    suggestion: Suggestion | None
    words: Words | None
    decision: Decision
    reason: str
    starts_on: date | None
    decided_by: str
    decided_at: datetime | None
    version: int

    @property
    def suggested(self) -> Words | None:
        """The rule's words, as this reader reads them."""
        return in_words(self.suggestion) if self.suggestion else None

    @property
    def said(self) -> Words:
        """What the patient reads or would read: the clinician's words, otherwise the rule's."""
        accepted = self.decision is Decision.ACCEPTED and self.suggestion is not None
        found = self.suggested if accepted else self.words or self.suggested
        if found is None:
            raise ValueError(f"line {self.id} says nothing")
        return found

    @property
    def kept(self) -> bool:
        """Whether the line is for the patient."""
        return self.decision in lines.KEPT

    @property
    def edited(self) -> bool:
        """Whether the words are a clinician's; a guideline's grade does not speak for those."""
        return self.decision is Decision.EDITED

    @property
    def chosen_start(self) -> date | None:
        """The day that a clinician chose; the day of approval, which a signature adds, is none."""
        return self.starts_on if self.edited or self.suggestion is None else None

    @property
    def urgent(self) -> bool:
        """Whether its rule asks for a look the same day."""
        return self.suggestion is not None and self.suggestion.urgency == lines.NOW

    @property
    def needs_rewording(self) -> bool:
        """Whether a clinician must find the words for it."""
        return lines.acceptance_problem(self.audience) is not None

    @property
    def standing(self) -> Standing:
        """Where the line stands, for the table of choices."""
        from_rule = self.suggestion is not None
        return Standing(self.decision, self.audience, from_rule, self.words is not None)

    @property
    def compared(self) -> changes.Line:
        """The line as a comparison of two plans sees it."""
        said = self.said
        key = self.suggestion.rule_id if self.suggestion else said.action.casefold()
        start = self.starts_on if self.words else None
        return changes.Line(key, said.action, (said, start))


@dataclass(frozen=True, slots=True)
class PlanView:
    """One version of a patient's plan."""

    id: UUID
    patient: PatientView
    state: PlanState
    number: int | None
    version: int
    lines: tuple[LineView, ...]
    questions: tuple[Question, ...]
    fresh: tuple[Suggestion, ...] | None
    drafted_at: datetime
    changed_at: datetime
    opened_at: datetime | None
    opened_by: str
    approved_at: datetime | None
    approved_by: str
    ended_at: datetime | None
    by_hand: bool  # Whether no rule has a part in it, or none any more.

    def can(self, step: Step) -> bool:
        """Whether the step can be taken now."""
        return states.can(self.state, step)

    @property
    def kept(self) -> tuple[LineView, ...]:
        """The lines that are for the patient."""
        return tuple(one for one in self.lines if one.kept)

    @property
    def undecided(self) -> int:
        """How many lines still wait for a decision."""
        return sum(one.decision is Decision.UNDECIDED for one in self.lines)

    @property
    def problem(self) -> Problem | None:
        """Why it cannot be approved yet."""
        return lines.approval_problem([(one.audience, one.decision) for one in self.lines])

    @property
    def news(self) -> News:
        """What has come in since the review was opened."""
        if self.fresh is None:
            return News()
        return changes.news([one.suggestion for one in self.lines if one.suggestion], self.fresh)

    def unfounded(self, before: PlanView | None) -> tuple[LineView, ...]:
        """The lines in force that no rule suggests any more, and that this draft leaves out."""
        spoken = {one.suggestion.rule_id for one in self.lines if one.suggestion}
        kept = before.kept if before and not self.by_hand and self.state in states.OPEN else ()
        return tuple(one for one in kept if one.suggestion and one.suggestion.rule_id not in spoken)

    def since(self, before: PlanView | None) -> Changes:
        """What the patient will find different from an earlier version."""
        old = before.kept if before else ()
        return changes.between([one.compared for one in old], [one.compared for one in self.kept])


def in_words(suggestion: Suggestion) -> Words:
    """A rule's words in the reader's language."""
    wording = suggestion.wording
    return Words(**{name: say(getattr(wording, name)) for name in lines.WORDS})


def for_clinician(actor: Actor, plan_id: UUID) -> PlanView | None:
    """A plan in any state, for the clinicians of the patient's care team."""
    row = db.session().scalar(_plans().where(CarePlan.id == plan_id))
    if row is None or care.patient_of_clinician(actor, row.patient_id) is None:
        return None
    return _view(row)


def line_for_clinician(actor: Actor, line_id: UUID) -> LineView | None:
    """A line of such a plan."""
    row = db.session().get(PlanLine, line_id)
    plan = for_clinician(actor, row.plan_id) if row else None
    return next((one for one in plan.lines if one.id == line_id), None) if plan else None


def open_plans(actor: Actor) -> list[PlanView]:
    """The drafts that wait for this clinician or a colleague, oldest first."""
    return _many(_plans().where(*_waits_for(actor)).order_by(CarePlan.drafted_at))


def open_count(actor: Actor) -> int:
    """How many drafts wait."""
    return len(db.session().scalars(select(CarePlan.id).where(*_waits_for(actor))).all())


def _waits_for(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    patients = care.patients(actor) if actor.role is Role.CLINICIAN else []
    mine = CarePlan.patient_id.in_([one.id for one in patients])
    return CarePlan.state.in_(states.OPEN), mine


def published(actor: Actor, plan_id: UUID) -> PlanView | None:
    """A plan that the patient may read, active or superseded; a draft is not there for them."""
    mine = care.own(actor)
    row = db.session().scalar(_plans().where(CarePlan.id == plan_id))
    if mine is None or row is None or row.patient_id != mine.id:
        return None
    return _view(row) if row.state in states.READABLE else None


def versions(patient_id: UUID) -> list[PlanView]:
    """Every signed plan of a patient, newest first."""
    return _many(
        _plans()
        .where(CarePlan.patient_id == patient_id, CarePlan.state.in_(states.READABLE))
        .order_by(CarePlan.number.desc())
    )


def active(patient_id: UUID) -> PlanView | None:
    """The plan that a patient lives by."""
    row = db.session().scalar(_ACTIVE, {"patient": patient_id})
    return _view(row) if row else None


def open_of(patient_id: UUID) -> PlanView | None:
    """The draft of a patient, under review or not. For staff pages and the patient's thread."""
    where = (CarePlan.patient_id == patient_id, CarePlan.state.in_(states.OPEN))
    row = db.session().scalar(_plans().where(*where))
    return _view(row) if row else None


def is_being_reviewed(patient_id: UUID) -> bool:
    """Whether a clinician has opened a draft, or one waits that the patient gave something to."""
    state = db.session().scalar(_DRAFT, {"patient": patient_id})
    if state is not PlanState.DRAFT:
        return state is PlanState.IN_REVIEW
    readings = results.recent(patient_id, limit=1).values()
    return any(readings) or questionnaires.latest(patient_id) is not None


def _plans() -> Select[CarePlan]:
    return select(CarePlan).options(selectinload(CarePlan.lines))


# Asked for every patient's first page, and so written down once.
_ACTIVE = _plans().where(
    CarePlan.patient_id == bindparam("patient"), CarePlan.state == PlanState.ACTIVE
)
_DRAFT = select(CarePlan.state).where(
    CarePlan.patient_id == bindparam("patient"), CarePlan.state.in_(states.OPEN)
)


def _many(asked: Select[CarePlan]) -> list[PlanView]:
    return [_view(row) for row in db.session().scalars(asked)]


def _view(row: CarePlan) -> PlanView:
    looks.note(row.patient_id, "plan", row.id)
    deciders = [one.decided_by for one in row.lines]
    ids = {one for one in (row.approved_by, row.opened_by, *deciders) if one}
    names = {one.id: one.name for one in accounts.people(ids).values()}
    return PlanView(
        id=row.id,
        patient=care.by_ids({row.patient_id})[row.patient_id],
        state=row.state,
        number=row.number,
        version=row.version,
        lines=_in_order(_line(one, names) for one in row.lines),
        questions=lines.questions(json.loads(row.questions_json)),
        fresh=row.fresh,
        drafted_at=row.drafted_at,
        changed_at=row.changed_at,
        opened_at=row.opened_at,
        opened_by=_name(row.opened_by, names),
        approved_at=row.approved_at,
        approved_by=_name(row.approved_by, names),
        ended_at=row.ended_at,
        by_hand=by_hand.rests_on_no_rules(row.basis),
    )


def _in_order(found: Iterable[LineView]) -> tuple[LineView, ...]:
    """What cannot wait stands first, also where it came in after the other lines."""
    return tuple(sorted(found, key=lambda one: not one.urgent))


def _line(row: PlanLine, names: dict[UUID, str]) -> LineView:
    return LineView(
        id=row.id,
        plan_id=row.plan_id,
        audience=row.audience,
        suggestion=row.suggestion,
        words=Words(**json.loads(row.words_json)) if row.sealed_words else None,
        decision=row.decision,
        reason=row.reason,
        starts_on=row.starts_on,
        decided_by=_name(row.decided_by, names),
        decided_at=row.decided_at,
        version=row.version,
    )


def _name(person: UUID | None, names: dict[UUID, str]) -> str:
    return names.get(person, "") if person else ""
