"""Answering: one part at a time into a draft, and the draft to the care team."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.care import queries as care
from app.care.operations import acting
from app.clinical.questionnaires import Answers, Form
from app.kernel import audit, clock, db, news, outbox
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal, Stale
from app.questionnaires import queries, rules
from app.questionnaires.models import Response
from app.questionnaires.rules import STEPS, Draft, ResponseStatus, Step
from app.web.speech import say

SAVED = audit.tag("questionnaires.part_saved", "questionnaire_response", "part")
ANSWERED = audit.tag("questionnaires.answered", "questionnaire_response")

CHANGED = _l(
    "These answers were saved in another window after you opened this one."
    " Yours are still here: send them again to keep them."
)
SENT_BEFORE = _l("These answers were changed or sent in another window. Please look again.")
SENT_ALREADY = _l("You have sent these answers already.")
STILL_OPEN = _l("Some questions are still open. Please answer them first.")


def save_part(
    actor: Actor, part: str, posted: Mapping[str, str], *, shown: set[str], saves: int
) -> bool:
    """Save one part into the patient's draft; answers whether the part is whole.

    It is not while an answer brought up a question that was not on the page. `saves` is how
    often the part had been saved when the page was opened.
    """
    patient_id = acting.shown_to(actor)
    with _meeting_others(CHANGED), db.writing() as session:
        acting.ask_still(actor, patient_id)
        form = queries.form_for(patient_id)
        row, draft = _draft(session, patient_id, actor.zone)
        if draft.part(part).saves != saves:
            raise Stale(CHANGED)
        answers, whole = _read(form, draft, part, posted, shown)
        _store(row, answers)
        row.parts = {**row.parts, part: {"saves": saves + 1, "done": whole}}
        row.saved_at = clock.now()
        session.flush()
        audit.record(SAVED, entity_id=row.id, patient_id=patient_id, part=part)
        return whole


def send(actor: Actor, version: int) -> UUID:
    """Send the draft to the care team. From then on it never changes."""
    patient_id = acting.shown_to(actor)
    with _meeting_others(SENT_BEFORE), db.writing() as session:
        acting.ask_still(actor, patient_id)
        row = _stored_draft(session, patient_id)
        if row is None or row.version != version:
            _refuse_stale(session, patient_id, version)
        if not rules.can_be_sent(queries.form_for(patient_id), queries.draft_of(row)):
            raise Refusal(STILL_OPEN)
        row.status = STEPS[row.status, Step.SEND]
        row.authored_at = row.saved_at = clock.now()
        row.authored_by = actor.person_id
        session.flush()
        audit.record(ANSWERED, entity_id=row.id, patient_id=patient_id)
        outbox.hint("questionnaires", people=care.clinical_readers(patient_id), number=row.id)
        news.tell("questionnaires.answered", patient_id=patient_id, response_id=row.id)
        return row.id


class AlreadySent(Stale):
    """What the window shows is with the care team: there is nothing left to do."""


def _refuse_stale(session: Session, patient_id: UUID, version: int) -> NoReturn:
    """Sending raised the version by one, so the last that was sent tells what was shown."""
    where = (Response.patient_id == patient_id, Response.status.in_(rules.SENT))
    newest = select(Response.version).where(*where).order_by(Response.authored_at.desc()).limit(1)
    if session.scalar(newest) == version + 1:
        raise AlreadySent(SENT_ALREADY)
    raise Stale(SENT_BEFORE)


@contextmanager
def _meeting_others(sentence: object) -> Iterator[None]:
    """Two windows that save at the same moment: the later one is told, nothing is mixed."""
    try:
        yield
    except (IntegrityError, StaleDataError) as crossed:
        raise Stale(sentence) from crossed


def _stored_draft(session: Session, patient_id: UUID) -> Response | None:
    where = (Response.patient_id == patient_id, Response.status == ResponseStatus.IN_PROGRESS)
    return session.scalar(select(Response).where(*where).with_for_update())


def _draft(session: Session, patient_id: UUID, zone: str) -> tuple[Response, Draft]:
    """The patient's draft, begun with what they answered last when there is none yet."""
    row = _stored_draft(session, patient_id)
    if row is not None:
        return row, queries.draft_of(row)
    # Asked before the new row is there, which would answer for itself.
    draft, moment = queries.standing(patient_id).draft, clock.now()
    row = Response(
        patient_id=patient_id,
        questionnaire=queries.form().canonical,
        status=ResponseStatus.IN_PROGRESS,
        parts={},
        zone=zone,
        started_at=moment,
        saved_at=moment,
    )
    session.add(row)
    return row, draft


def _read(
    form: Form, draft: Draft, part: str, posted: Mapping[str, str], shown: set[str]
) -> tuple[Answers, bool]:
    """The draft's answers with this part's, and whether the part is whole."""
    found = form.read(posted, part, draft.answers)
    new = rules.newly_shown(form, part, found.answers, shown)
    for link, problem in found.problems.items():
        if link not in new:
            raise Refusal(say(problem), link)
    return found.answers, not new


def _store(row: Response, answers: Answers) -> None:
    coded, written = rules.split(queries.form(), answers)
    row.coded_json = json.dumps(coded)
    if written:
        row.words_json = json.dumps(written)
    else:
        row.sealed_words = None
