"""Asking about a look at one's record, and answering; taking a copy of the record."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.operations import notices
from app.accounts.rules import Happening
from app.kernel import audit, clock, db, looks, outbox
from app.kernel.actor import Actor
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, TooMany
from app.records.models import LookQuestion

QUESTIONED = audit.tag("records.look_questioned", "look_question")
ANSWERED = audit.tag("records.look_question_answered", "look_question")
COPIES = Limit("record-copy", ((5, timedelta(days=1)),))
COPIED_ENOUGH = _l(
    "You have taken five copies of your record today. Please use one of those, or come back"
    " tomorrow for a new one."
)
ASKED_ALREADY = _l("You have asked about this already. The privacy officer has your question.")
ANSWERED_ALREADY = _l("This question was answered already.")


def ask(patient_id: UUID, look_id: UUID, words: str) -> UUID:
    """Open a task for the privacy officer; one for each line. Raises Refusal."""
    with db.writing() as session:
        asked = select(LookQuestion.id).where(
            LookQuestion.patient_id == patient_id, LookQuestion.look_id == look_id
        )
        if session.scalar(asked) is not None:
            raise Refusal(ASKED_ALREADY, "words")
        row = LookQuestion(
            patient_id=patient_id, look_id=look_id, words=words, asked_at=clock.now()
        )
        session.add(row)
        audit.record(QUESTIONED, entity_id=row.id, patient_id=patient_id)
        return row.id


def answer(actor: Actor, question_id: UUID, patient_person: UUID, words: str) -> None:
    """Answer it; the patient reads the answer beside the line. Raises Refusal."""
    with db.writing() as session:
        locked = select(LookQuestion).where(LookQuestion.id == question_id).with_for_update()
        row = session.scalars(locked).one()
        if row.answered_at is not None:
            raise Refusal(ANSWERED_ALREADY, "answer")
        row.answer, row.answered_at, row.answered_by = words, clock.now(), actor.person_id
        audit.record(ANSWERED, entity_id=row.id, patient_id=row.patient_id)
        outbox.hint("records", people=[patient_person], number=row.id)


def count_copy(actor: Actor) -> None:
    """Count one copy of a record before it is made: it is work. Raises TooMany."""
    try:
        COPIES.take(actor.person_id.hex)
    except TooMany as refusal:
        raise TooMany(COPIED_ENOUGH, refusal.seconds) from None


def note_copy(actor: Actor, patient_id: UUID, device: str) -> None:
    """Write down that a copy leaves with what was made ready to be shown, and tell its owner.

    The form's key is not used up: whoever presses twice gets the second answer, and the browser
    has thrown the first one away.
    """
    with db.writing(claims=False):
        looks.take_out(patient_id)
        notices.tell(actor.person_id, Happening.RECORD_COPIED, device)
