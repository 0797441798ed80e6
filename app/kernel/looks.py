"""Looks: who saw which patient's data, written down before the answer leaves.

Pages and socket events pass through here on their way out (see `room`). What is noted on the way -
the thing that the door loaded, and what a room's queries made ready to be shown - becomes one
event for each patient. When it cannot be written, the answer does not leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import g, has_request_context, request
from sqlalchemy import Select, func, select
from werkzeug import Response

from app.kernel import actor as actors
from app.kernel import audit, db
from app.kernel.actor import Actor, Role
from app.kernel.models import AuditEvent

SEEN = audit.tag("record.seen", "record", "door", "kinds", "why")
TAKEN = audit.tag("record.taken", "record", "kinds", "why")
TAGS = (SEEN.name, TAKEN.name)
OWN, CARE_TEAM, PRIVACY, GUEST = "own", "care_team", "privacy", "guest"
CARER = "carer"
BREAK_GLASS, EXPORT = "break_glass", "export"
MOST_AT_ONCE = 5000
BATCH = 500
SHOWN_BELOW = 300  # A redirect or a refusal shows nothing.
REASONS = {
    Role.PATIENT: OWN,
    Role.CLINICIAN: CARE_TEAM,
    Role.COORDINATOR: CARE_TEAM,
    Role.ADMINISTRATOR: PRIVACY,
    Role.CARER: CARER,
    Role.GUEST: GUEST,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One person was shown something of one patient, once, or took a copy (`why` is EXPORT).

    `door` is the page or event that showed it, such as "web.today"; a copy has none.
    """

    id: UUID
    at: datetime
    person_id: UUID
    kinds: tuple[str, ...]
    why: str
    door: str


def note(patient_id: UUID, kind: str, thing_id: UUID | None = None) -> None:
    """Say that the answer shows something of this kind of a patient; `thing_id` where it is one."""
    if not has_request_context():
        return  # A job or a command shows nothing to anybody.
    noted: dict[UUID, dict[str, UUID | None]] = g.setdefault("looks", {})
    noted.setdefault(patient_id, {}).setdefault(kind, thing_id)


def because(patient_id: UUID, why: str) -> None:
    """Say that this patient is shown for another reason than the reader's role."""
    if has_request_context():
        g.setdefault("looks_because", {})[patient_id] = why


def forget() -> None:
    """What was noted so far is not shown."""
    g.pop("looks", None)


def watched(door: str, view: Callable[..., Any], *, goes_on: bool) -> Callable[..., Any]:
    """The page, followed by the event of having been seen.

    `goes_on`: the script of a page that is open reads on; only what it newly shows counts.
    """

    @wraps(view)
    def seen(**things: Any) -> Any:
        if goes_on:
            forget()
        else:
            _note_loaded(things)
        answer = view(**things)
        shows = not isinstance(answer, Response) or answer.status_code < SHOWN_BELOW
        # A head alone shows nothing: open pages ask for it to learn whether they are online.
        if shows and request.method != "HEAD":
            write(door)
        return answer

    return seen


def heard(door: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a socket event: loading its thing shows nothing, its answer may."""

    @wraps(handler)
    def seen(actor: Actor, payload: object, **things: Any) -> Any:
        forget()
        answer = handler(actor, payload, **things)
        write(door)
        return answer

    return seen


def _note_loaded(things: dict[str, Any]) -> None:
    for name, thing in things.items():
        patient = getattr(thing, "patient_id", None)
        if patient is not None:
            note(patient, name, thing.id)


def write(door: str) -> None:
    """One event for each patient noted, in one insert of its own; raises when it fails."""
    noted: dict[UUID, dict[str, UUID | None]] = g.pop("looks", {})
    who = actors.current()
    if not noted or who is None:
        return
    usual = REASONS.get(who.role, who.role.value)
    because: dict[UUID, str] = g.get("looks_because", {})
    events = [
        audit.event(
            SEEN,
            entity_id=next((one for one in kinds.values() if one), patient),
            patient_id=patient,
            door=door,
            kinds=sorted(kinds),
            why=because.get(patient, usual),
        )
        for patient, kinds in noted.items()
    ]
    audit.append(events)


def take_out(patient_id: UUID) -> None:
    """One event in the open transaction, in place of a look: what was noted leaves as a copy."""
    noted: dict[UUID, dict[str, UUID | None]] = g.pop("looks", {})
    kinds = sorted(noted.pop(patient_id, {}))
    if noted:
        raise RuntimeError("a copy of one record may show nothing of another")
    audit.record(TAKEN, entity_id=patient_id, patient_id=patient_id, kinds=kinds, why=EXPORT)


def of_patient(patient_id: UUID, begin: datetime, end: datetime) -> list[Look]:
    """Who was shown something of this patient in a span of time, the earliest first."""
    asked = _asked(patient_id).where(AuditEvent.at >= begin, AuditEvent.at < end)
    rows = db.session().scalars(asked.order_by(AuditEvent.at).limit(MOST_AT_ONCE))
    return [_look(row) for row in rows]


def every(patient_id: UUID) -> Iterator[Sequence[Look]]:
    """Every look there ever was at this patient's data, the earliest first, some at a time."""
    asked = _asked(patient_id).order_by(AuditEvent.at, AuditEvent.id)
    rows = db.session().scalars(asked.execution_options(yield_per=BATCH))
    for some in rows.partitions():
        yield [_look(row) for row in some]


def one_of_patient(patient_id: UUID, event_id: UUID) -> Look | None:
    """One look at this patient's data."""
    row = db.session().scalar(_asked(patient_id).where(AuditEvent.id == event_id))
    return _look(row) if row else None


def first_of_patient(patient_id: UUID) -> datetime | None:
    """When somebody was first shown something of this patient."""
    where = (AuditEvent.patient_id == patient_id, AuditEvent.tag.in_(TAGS))
    return db.session().scalar(select(func.min(AuditEvent.at)).where(*where))


def _asked(patient_id: UUID) -> Select[AuditEvent]:
    return select(AuditEvent).where(
        AuditEvent.patient_id == patient_id,
        AuditEvent.tag.in_(TAGS),
        AuditEvent.actor_id.is_not(None),
    )


def _look(row: AuditEvent) -> Look:
    if row.actor_id is None:
        raise ValueError(f"look {row.id} was nobody's")
    said = row.detail
    kinds, door = tuple(said["kinds"]), said.get("door", "")
    return Look(row.id, row.at, row.actor_id, kinds, said["why"], door)
