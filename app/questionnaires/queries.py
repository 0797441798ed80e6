"""What was answered: a person's own draft, what they sent, and what the rules may rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select

from app.care import queries as care
from app.care.queries import proxies
from app.clinical.guidelines import Fact
from app.clinical.questionnaires import Answers, Form, lifestyle
from app.kernel import clock, db, looks
from app.kernel.actor import Actor, Role
from app.questionnaires import rules
from app.questionnaires.models import Response
from app.questionnaires.rules import SENT, Draft, GivenPart, Part, ResponseStatus

# A coordinator reads answers only where the clinical record was opened to them.
READERS = frozenset({Role.PATIENT, Role.CLINICIAN, Role.COORDINATOR})
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Answered:
    """A response that was sent."""

    id: UUID
    patient_id: UUID
    status: ResponseStatus
    authored_at: datetime
    zone: str
    answers: Answers
    authored_by: UUID | None

    @property
    def by(self) -> str:
        """The carer who sent it in the patient's place."""
        return proxies.name_of(self.patient_id, self.authored_by)

    @property
    def parts(self) -> tuple[GivenPart, ...]:
        """Every question with its answer, part by part."""
        # What was answered is shown, also where nobody would ask for it now.
        whole = rules.PREGNANT in self.answers
        asked = form() if whole else form_for(self.patient_id, self.authored_at)
        return rules.read_back(asked, self.answers)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a patient stands: the draft to go on with, and what they sent last."""

    draft: Draft
    sent: Answered | None

    @property
    def begun(self) -> bool:
        """Whether there is a draft that was saved at least once."""
        return self.draft.version > 0


def form() -> Form:
    """The questionnaire that patients answer."""
    return lifestyle()


def form_for(patient_id: UUID, at: datetime | None = None) -> Form:
    """The questionnaire as one patient is asked, today or at an earlier moment."""
    patient = care.by_ids({patient_id})[patient_id]
    day = (at or clock.now()).astimezone(ZoneInfo(patient.zone)).date()
    return form() if rules.asks_about_pregnancy(patient.age(day)) else _without_pregnancy()


@cache
def _without_pregnancy() -> Form:
    return form().without(rules.PREGNANT)


_NEWEST = (
    select(Response)
    .where(Response.patient_id == bindparam("patient"))
    .order_by(Response.started_at.desc())
    .limit(2)
)


def standing(patient_id: UUID) -> Standing:
    """The draft and the latest answers of one patient. A new draft begins with those."""
    rows = db.session().scalars(_NEWEST, {"patient": patient_id}).all()
    drafts = [row for row in rows if row.status is ResponseStatus.IN_PROGRESS]
    sent = next((_answered(row) for row in rows if row.status in SENT), None)
    if drafts:
        return Standing(draft_of(drafts[0]), sent)
    return Standing(Draft(answers=sent.answers if sent else {}), sent)


def draft_of(row: Response) -> Draft:
    """A stored draft as the rules know it."""
    looks.note(row.patient_id, "answered")
    parts = {link: Part(**one) for link, one in row.parts.items()}
    return Draft(row.version, answers_of(row), parts)


def answers_of(row: Response) -> Answers:
    """The answers in a row, opened."""
    coded, written = (json.loads(one or "{}") for one in (row.coded_json, row.words_json))
    return form().kept(rules.joined(coded, written))


def sent(patient_id: UUID) -> list[Answered]:
    """Everything a patient sent, newest first."""
    rows = db.session().scalars(_sent(patient_id).limit(AT_ONCE))
    return [_answered(row) for row in rows]


def every(patient_id: UUID) -> Iterator[Answered]:
    """The same, however many they are; doors are the caller's."""
    rows = db.session().scalars(_sent(patient_id).execution_options(yield_per=AT_ONCE))
    return (_answered(row) for row in rows)


def latest(patient_id: UUID) -> Answered | None:
    """What a patient sent last."""
    row = db.session().scalar(_sent(patient_id).limit(1))
    return _answered(row) if row else None


def answered(actor: Actor, response_id: UUID) -> Answered | None:
    """One response that was sent, for the patient and whoever reads their clinical record."""
    row = db.session().get(Response, response_id)
    if row is None or row.status not in SENT or actor.role not in READERS | {Role.CARER}:
        return None
    return _answered(row) if care.may_read(actor, row.patient_id) else None


def facts(patient_id: UUID) -> list[Fact]:
    """The latest answers as facts for the guideline rules; their ids lead to the response."""
    found = latest(patient_id)
    if found is None:
        return []
    there = found.authored_at.astimezone(ZoneInfo(found.zone))
    asked = form_for(patient_id, found.authored_at)
    return list(asked.facts(found.answers, there, str(found.id)))


def _sent(patient_id: UUID) -> Select[Response]:
    return (
        select(Response)
        .where(Response.patient_id == patient_id, Response.status.in_(SENT))
        .order_by(Response.authored_at.desc())
    )


def _answered(row: Response) -> Answered:
    looks.note(row.patient_id, "answered")
    if row.authored_at is None:
        raise ValueError(f"response {row.id} was not sent")
    return Answered(
        row.id,
        row.patient_id,
        row.status,
        row.authored_at,
        row.zone,
        answers_of(row),
        row.authored_by,
    )
