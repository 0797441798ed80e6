"""Records that were opened from outside the care team: by whom, until when, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.accounts import queries as accounts
from app.accounts.queries import Who
from app.accounts.queries.called import patients_called
from app.care.models import Patient
from app.care.models.breaking import BreakGlass
from app.kernel import clock, db, looks
from app.kernel.actor import Actor, Role

# Asked for every clinician who finds a patient not theirs, and so written down once.
_OPEN = select(BreakGlass.id, BreakGlass.patient_id, BreakGlass.ends_at).where(
    BreakGlass.person_id == bindparam("person"),
    BreakGlass.opened_at <= bindparam("moment"),
    BreakGlass.ends_at > bindparam("moment"),
)


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record that a clinician has open just now."""

    id: UUID
    patient_id: UUID
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening, for the patient and for the privacy officer."""

    id: UUID
    patient_id: UUID
    who: Who | None
    reason: str
    opened_at: datetime
    ends_at: datetime
    read: bool
    finding: str
    reviewed_at: datetime | None

    def covers(self, person_id: UUID, first: datetime, last: datetime) -> bool:
        """Whether one of this person's looks in a span of time rests on it."""
        mine = self.who is not None and self.who.id == person_id
        return mine and self.opened_at <= last and first <= self.ends_at


def open_records(actor: Actor) -> list[OpenRecord]:
    """What this clinician has open just now, the first to close first."""
    if actor.role is not Role.CLINICIAN:
        return []
    return db.remembered(("care.open_records", actor.person_id), lambda: _open_records(actor))


def _open_records(actor: Actor) -> list[OpenRecord]:
    asked = {"person": actor.person_id, "moment": clock.now()}
    rows = db.session().execute(_OPEN, asked)
    return sorted((OpenRecord(*row) for row in rows), key=lambda one: one.ends_at)


def open_record(actor: Actor, patient_id: UUID) -> OpenRecord | None:
    """Whether and until when this clinician has a patient's record open."""
    found = [one for one in open_records(actor) if one.patient_id == patient_id]
    return found[-1] if found else None


def own_open_record(actor: Actor, opening_id: UUID) -> OpenRecord | None:
    """One of them, for ending it."""
    return next((one for one in open_records(actor) if one.id == opening_id), None)


def found(name: str, born: date) -> list[UUID]:
    """The patients with exactly this name and date of birth."""
    people = patients_called(name)
    rows = db.session().scalars(select(Patient).where(Patient.person_id.in_(people)))
    return [row.id for row in rows if row.birth_date == born]


def of_patient(patient_id: UUID) -> list[Opening]:
    """Every opening of a patient's record, the latest first; doors are the caller's."""
    asked = select(BreakGlass).where(BreakGlass.patient_id == patient_id)
    return _openings(db.session().scalars(asked.order_by(BreakGlass.opened_at.desc())))


def unread(patient_id: UUID) -> int:
    """Of how many the patient has not said that they read of it."""
    where = (BreakGlass.patient_id == patient_id, BreakGlass.read_at.is_(None))
    return db.session().scalar(select(func.count()).select_from(BreakGlass).where(*where)) or 0


def to_review(actor: Actor) -> list[Opening]:
    """The openings that the privacy officer has yet to look into, the oldest first."""
    if not actor.officer:
        return []
    waiting = select(BreakGlass).where(BreakGlass.reviewed_at.is_(None))
    return _openings(db.session().scalars(waiting.order_by(BreakGlass.opened_at)))


def review_count(actor: Actor) -> int:
    """How many of them there are."""
    if not actor.officer:
        return 0
    waiting = select(func.count()).select_from(BreakGlass)
    return db.session().scalar(waiting.where(BreakGlass.reviewed_at.is_(None))) or 0


def opening(actor: Actor, opening_id: UUID) -> Opening | None:
    """One opening, for the privacy officer."""
    row = db.session().get(BreakGlass, opening_id) if actor.officer else None
    return _openings([row])[0] if row else None


def _openings(rows: Iterable[BreakGlass]) -> list[Opening]:
    found = list(rows)
    people = accounts.people({row.person_id for row in found})
    for row in found:
        looks.note(row.patient_id, "opening", row.id)
    return [
        Opening(
            row.id,
            row.patient_id,
            people.get(row.person_id),
            row.reason,
            row.opened_at,
            row.ends_at,
            row.read_at is not None,
            row.finding,
            row.reviewed_at,
        )
        for row in found
    ]
