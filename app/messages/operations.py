"""Sending a message, and noting how far a person has read."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.care import queries as care
from app.care.operations import acting
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import HOLDERS, Actor, Power
from app.kernel.refusal import Refusal
from app.messages import rules
from app.messages.models import Conversation, Message, ReadMark

SENT = audit.tag("messages.sent", "message", "number")

CHANGED = "messages"
EMPTY = _l("Please write something first.")
TOO_LONG = _l(
    "Please use at most %(count)s characters, or send two messages.",
    count=rules.LONGEST_CHARACTERS,
)
NO_TEAM = _l(
    "Nobody is on your care team at the moment, so nobody would read this."
    " Please telephone the clinic."
)
NOT_YOURS = _l("You are no longer on this patient's care team.")


def send(actor: Actor, patient_id: UUID, body: str) -> int:
    """Put a message into a patient's conversation; answers its number."""
    if not body.strip():
        raise Refusal(EMPTY, "body")
    if len(body) > rules.LONGEST_CHARACTERS:
        raise Refusal(TOO_LONG, "body")
    with db.writing() as session:
        if actor.role in HOLDERS:
            acting.ask_still(actor, patient_id)
        elif not care.may_see(actor, patient_id):
            raise Refusal(NOT_YOURS)
        if not care.team(patient_id):
            raise Refusal(NO_TEAM, "body")
        message = Message(
            patient_id=patient_id,
            number=_next_number(session, patient_id),
            author_id=actor.person_id,
            body=body,
            sent_at=clock.now(),
        )
        session.add(message)
        audit.record(
            SENT, actor=actor, entity_id=message.id, patient_id=patient_id, number=message.number
        )
        _tell(patient_id)
        return message.number


def mark_read(actor: Actor, patient_id: UUID, number: int) -> None:
    """Note that this person has seen everything up to `number`; marks only move forward."""
    if not _is_news(actor, patient_id, number):
        return  # Looking again costs no writing transaction.
    with db.writing(claims=False) as session:
        _move_mark(session, actor, patient_id, number)
        _tell(patient_id)


def _next_number(session: Session, patient_id: UUID) -> int:
    """One more than the last, in one statement that holds the conversation's row until commit.

    So numbers have no gaps, and a higher one is never visible before a lower one.
    """
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    row = insert(Conversation).values(id=uuid4(), patient_id=patient_id, last_number=1)
    counted = row.on_conflict_do_update(
        index_elements=["patient_id"], set_={"last_number": Conversation.last_number + 1}
    ).returning(Conversation.last_number)
    return int(session.execute(counted).scalar_one())


def _move_mark(session: Session, actor: Actor, patient_id: UUID, number: int) -> None:
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    moment = clock.now()
    row = insert(ReadMark).values(
        id=uuid4(),
        person_id=actor.person_id,
        patient_id=patient_id,
        number=number,
        read_at=moment,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["person_id", "patient_id"],
            set_={"number": number, "read_at": moment},
            where=ReadMark.number < number,
        )
    )


def _is_news(actor: Actor, patient_id: UUID, number: int) -> bool:
    """Whether somebody else wrote between this person's mark and `number`."""
    mine = (ReadMark.patient_id == patient_id, ReadMark.person_id == actor.person_id)
    mark = db.session().scalar(select(ReadMark.number).where(*mine)) or 0
    wanted = select(Message.id).where(
        Message.patient_id == patient_id,
        Message.number > mark,
        Message.number <= number,
        Message.author_id != actor.person_id,
    )
    return db.session().scalar(wanted.limit(1)) is not None


def _tell(patient_id: UUID) -> None:
    outbox.hint(CHANGED, people=care.everyone(patient_id, Power.MESSAGES), number=patient_id)
