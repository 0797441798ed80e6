"""Booking, moving and ending visits; everyone of the patient is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.appointments import rules
from app.appointments.models import Appointment
from app.appointments.rules import AppointmentState, Problem, Step
from app.care import queries as care
from app.care.operations import acting
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import HOLDERS, Actor, Power, Role
from app.kernel.refusal import Refusal, Stale

BOOKED = audit.tag("appointments.booked", "appointment", "minutes")
MOVED = audit.tag("appointments.moved", "appointment", "minutes")
CANCELLED = audit.tag("appointments.cancelled", "appointment")
FULFILLED = audit.tag("appointments.fulfilled", "appointment")
MISSED = audit.tag("appointments.missed", "appointment")

CHANGED = "appointments"
WORDS = {
    Problem.OVER: _l("This visit is over or was cancelled, so it cannot be changed."),
    Problem.NOT_YOURS: _l("Please ask your care team to change this visit."),
    Problem.BEGUN: _l("This visit has begun. Please call the clinic if you cannot come."),
    Problem.NOT_BEGUN: _l("This visit has not begun yet."),
    Problem.PAST: _l("This time has passed. Please choose a later one."),
    Problem.TOO_FAR: _l("Please choose a time within a year from now."),
    Problem.LENGTH: _l("Please choose a length between 5 minutes and 4 hours."),
    Problem.TAKEN: _l("The clinician has another visit then. Please choose another time."),
    Problem.PATIENT_BUSY: _l("The patient has another visit then. Please choose another time."),
    Problem.NO_SUCH_TIME: _l(
        "The clocks change that night and skip this time. Please choose another."
    ),
    Problem.TWICE: _l(
        "The clocks change that night and this time comes twice. Please choose another."
    ),
}
FIELDS = {Problem.LENGTH: "minutes"}
VISIT_AHEAD = _l("They have a visit with this patient ahead. Please move or cancel it first.")
NOT_OF_TEAM = _l("Please choose a clinician of this patient's care team.")
LEFT_TEAM = _l(
    "The clinician of this visit no longer treats the patient. Please cancel it, and book another"
    " one with somebody who does."
)
CHANGED_MEANWHILE = _l(
    "Somebody else changed this visit while you had it open. Please look at it again below."
)


def refuse(problem: Problem | None, field: str | None = None) -> None:
    """Raise the refusal for a problem, if there is one."""
    if problem is not None:
        raise Refusal(WORDS[problem], field)


def book(*, patient_id: UUID, clinician_id: UUID, starts_at: datetime, minutes: int) -> UUID:
    """Plan a visit of a patient with a clinician of their team; answers its id."""
    with db.writing() as session:
        _take_turns(session, clinician_id, patient_id)
        if not _treats(clinician_id, patient_id):
            raise Refusal(NOT_OF_TEAM, "clinician")
        row = Appointment(
            patient_id=patient_id,
            clinician_id=clinician_id,
            starts_at=starts_at,
            minutes=minutes,
            created_at=clock.now(),
        )
        _ask_slot(session, row, starts_at, minutes)
        session.add(row)
        _flush(session)
        audit.record(BOOKED, entity_id=row.id, patient_id=patient_id, minutes=minutes)
        _tell(row)
        return row.id


def move(
    actor: Actor, appointment_id: UUID, *, starts_at: datetime, minutes: int, version: int
) -> None:
    """Put a booked visit at another time."""
    with db.writing() as session:
        row = _load(session, appointment_id)
        _ask_step(row, Step.MOVE, actor, version)
        _take_turns(session, row.clinician_id, row.patient_id)
        if not _treats(row.clinician_id, row.patient_id):
            raise Refusal(LEFT_TEAM)
        _ask_slot(session, row, starts_at, minutes)
        row.starts_at, row.minutes = starts_at, minutes
        _flush(session)
        audit.record(MOVED, entity_id=row.id, patient_id=row.patient_id, minutes=minutes)
        _tell(row)


def cancel(actor: Actor, appointment_id: UUID, *, version: int) -> None:
    """Call a visit off."""
    with db.writing() as session:
        row = _load(session, appointment_id)
        if actor.role in HOLDERS:
            acting.ask_still(actor, row.patient_id)
        _ask_step(row, Step.CANCEL, actor, version)
        row.state = AppointmentState.CANCELLED
        audit.record(CANCELLED, entity_id=row.id, patient_id=row.patient_id)
        _tell(row)


def miss(actor: Actor, appointment_id: UUID, *, version: int) -> None:
    """Note that the patient did not come."""
    with db.writing() as session:
        row = _load(session, appointment_id)
        _ask_step(row, Step.MISS, actor, version)
        row.state = AppointmentState.NOSHOW
        audit.record(MISSED, entity_id=row.id, patient_id=row.patient_id)
        _tell(row)


def fulfil(appointment_id: UUID) -> None:
    """The visit took place; a second telling changes nothing. Doors are the caller's."""
    with db.writing() as session:
        row = _load(session, appointment_id)
        if row.state is AppointmentState.FULFILLED:
            return
        if rules.after(row.state, Step.FULFIL) is None:
            refuse(Problem.OVER)
        row.state = AppointmentState.FULFILLED
        audit.record(FULFILLED, entity_id=row.id, patient_id=row.patient_id)
        _tell(row)


def ask_nothing_is_ahead(patient_id: UUID, clinician_id: UUID) -> None:
    """Refuse while this clinician is to meet the patient: nobody would be there for them."""
    with db.writing() as session:
        _take_turns(session, clinician_id, patient_id)
        booked = select(Appointment.starts_at, Appointment.minutes).where(
            Appointment.patient_id == patient_id,
            Appointment.clinician_id == clinician_id,
            Appointment.state == AppointmentState.BOOKED,
        )
        rows = session.execute(booked).all()
        now = clock.now()
        if any(rules.is_upcoming(AppointmentState.BOOKED, *row, now) for row in rows):
            raise Refusal(VISIT_AHEAD)


def _load(session: Session, appointment_id: UUID) -> Appointment:
    row = session.get(Appointment, appointment_id, with_for_update=True)
    if row is None:
        raise LookupError(f"no appointment {appointment_id}")
    return row


def _ask_step(row: Appointment, step: Step, actor: Actor, version: int) -> None:
    refuse(rules.step_problem(row.state, step, actor.role, row.starts_at, clock.now()))
    if row.version != version:
        raise Stale(CHANGED_MEANWHILE)


def _ask_slot(session: Session, row: Appointment, starts_at: datetime, minutes: int) -> None:
    problem = rules.slot_problem(starts_at, minutes, clock.now())
    refuse(problem, FIELDS.get(problem, "day") if problem else None)
    others = session.execute(
        select(Appointment.clinician_id, Appointment.starts_at, Appointment.minutes).where(
            Appointment.state == AppointmentState.BOOKED,
            Appointment.id != row.id,
            or_(
                Appointment.clinician_id == row.clinician_id,
                Appointment.patient_id == row.patient_id,
            ),
        )
    ).all()
    theirs = [(one.starts_at, one.minutes) for one in others if one[0] == row.clinician_id]
    if rules.overlaps(starts_at, minutes, theirs):
        refuse(Problem.TAKEN, "clock")
    if rules.overlaps(starts_at, minutes, [(one.starts_at, one.minutes) for one in others]):
        refuse(Problem.PATIENT_BUSY, "clock")


def _treats(clinician_id: UUID, patient_id: UUID) -> bool:
    """Whether the visit has somebody who may hold it.

    Asked when it is this booking's turn: somebody may be leaving the team at the same moment.
    """
    return clinician_id in {one.id for one in care.team_with(patient_id, Role.CLINICIAN)}


def _take_turns(session: Session, *people: UUID) -> None:
    """Let one booking at a time look at these people's visits and team, until it commits.

    On SQLite writers already take turns. Always in the same order, so that two never wait for
    each other.
    """
    if db.database().sqlite:
        return
    for number in sorted(int.from_bytes(one.bytes[:8], signed=True) for one in people):
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Refusal(WORDS[Problem.TAKEN], "clock") from error


def _tell(row: Appointment) -> None:
    outbox.hint(CHANGED, people=care.everyone(row.patient_id, Power.VISITS), number=row.id)
