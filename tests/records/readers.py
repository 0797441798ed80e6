"""Looks at a record, and questions about them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.kernel import db, looks
from app.kernel.models import AuditEvent
from app.records import operations
from app.records.models import LookQuestion

WORDS = "Why?"


def latest(patient_id: UUID, person_id: UUID) -> UUID:
    """The first look of this person, which stands for all of that visit."""
    asked = select(AuditEvent.id).where(
        AuditEvent.patient_id == patient_id,
        AuditEvent.actor_id == person_id,
        AuditEvent.tag == looks.SEEN.name,
    )
    found = db.session().scalars(asked.order_by(AuditEvent.at)).first()
    assert found is not None
    return found


def asked(patient_id: UUID, look_id: UUID, words: str = WORDS) -> UUID:
    """A question that waits: for this look, or for one more at the same record."""
    mine = select(LookQuestion).where(LookQuestion.patient_id == patient_id)
    asked_about = set()
    for row in db.session().scalars(mine):
        if row.answered_at is None:
            return row.id
        asked_about.add(row.look_id)
    if look_id in asked_about:
        where = (AuditEvent.patient_id == patient_id, AuditEvent.tag == looks.SEEN.name)
        seen = db.session().scalars(select(AuditEvent.id).where(*where))
        look_id = next(one for one in seen if one not in asked_about)
    return operations.ask(patient_id, look_id, words)
