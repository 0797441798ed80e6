"""Which visits a person may see: their own, or those of the patients whom they coordinate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts import queries as accounts
from app.appointments import rules
from app.appointments.models import Appointment
from app.appointments.rules import AppointmentState, Step
from app.care import queries as care
from app.kernel import clock, db
from app.kernel.actor import HOLDERS, Actor, Role

# Whom a visit may be opened for as a call: one that was cancelled or missed is over.
JOINABLE = frozenset({AppointmentState.BOOKED, AppointmentState.FULFILLED})


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """A visit with its two people."""

    id: UUID
    patient_id: UUID
    patient_person_id: UUID
    patient_name: str
    patient_zone: str
    clinician_id: UUID
    clinician_name: str
    clinician_zone: str
    starts_at: datetime
    minutes: int
    state: AppointmentState
    version: int

    @property
    def ends_at(self) -> datetime:
        """When it should be over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def steps_for(self, actor: Actor) -> list[Step]:
        """The steps that this person may take now."""
        return rules.steps_open_to(self.state, actor.role, self.starts_at, clock.now())


def appointment(actor: Actor, appointment_id: UUID) -> AppointmentView | None:
    """One visit: for its patient, its clinician, and the patient's coordinators."""
    mine = _scoped(actor)
    return _one(mine.where(Appointment.id == appointment_id)) if mine is not None else None


def of_staff(actor: Actor, appointment_id: UUID) -> AppointmentView | None:
    """One visit, for the staff who may plan it."""
    return None if actor.role in HOLDERS else appointment(actor, appointment_id)


def joinable(actor: Actor, appointment_id: UUID) -> AppointmentView | None:
    """One visit, for the two people who meet in it; never one that was cancelled or missed."""
    found = appointment(actor, appointment_id)
    if found is None or found.state not in JOINABLE:
        return None
    meets = actor.person_id in {found.patient_person_id, found.clinician_id}
    return found if meets else None


def known(appointment_id: UUID) -> AppointmentView | None:
    """One visit, for a room that has let its people in already."""
    return _one(select(Appointment).where(Appointment.id == appointment_id))


def visits(actor: Actor) -> list[AppointmentView]:
    """Every visit that this person may see, the latest first."""
    return db.remembered(("appointments.visits", actor.person_id), lambda: _visits(actor))


def _visits(actor: Actor) -> list[AppointmentView]:
    mine = _scoped(actor)
    if mine is None:
        return []
    return _views(db.session().scalars(mine.order_by(Appointment.starts_at.desc())).all())


def upcoming(actor: Actor) -> list[AppointmentView]:
    """The visits that are ahead or going on, the next first."""
    return [one for one in reversed(visits(actor)) if _is_upcoming(one)]


def of_patient(patient_id: UUID) -> list[AppointmentView]:
    """A patient's visits, the latest first; whoever asks has already been let into the chart."""
    wanted = select(Appointment).where(Appointment.patient_id == patient_id)
    return _views(db.session().scalars(wanted.order_by(Appointment.starts_at.desc())).all())


def upcoming_of_patient(patient_id: UUID) -> list[AppointmentView]:
    """A patient's visits that are ahead or going on, the next first."""
    return [one for one in reversed(of_patient(patient_id)) if _is_upcoming(one)]


def _is_upcoming(one: AppointmentView) -> bool:
    return rules.is_upcoming(one.state, one.starts_at, one.minutes, clock.now())


def _scoped(actor: Actor) -> Select[Appointment] | None:
    wanted = select(Appointment)
    if actor.role in HOLDERS:
        own = care.own(actor)
        return wanted.where(Appointment.patient_id == own.id) if own else None
    if actor.role is Role.CLINICIAN:
        # Whoever has left the care team finds neither what is ahead nor what was.
        mine = Appointment.patient_id.in_(care.patient_ids(actor))
        return wanted.where(Appointment.clinician_id == actor.person_id, mine)
    if actor.role is Role.COORDINATOR:
        return wanted.where(Appointment.patient_id.in_(care.patient_ids(actor)))
    return None


def _one(statement: Select[Appointment]) -> AppointmentView | None:
    row = db.session().scalar(statement)
    return _views([row])[0] if row else None


def _views(rows: Iterable[Appointment]) -> list[AppointmentView]:
    found = list(rows)
    patients = care.by_ids({row.patient_id for row in found})
    people = accounts.people({row.clinician_id for row in found})
    return [
        AppointmentView(
            id=row.id,
            patient_id=row.patient_id,
            patient_person_id=patients[row.patient_id].person_id,
            patient_name=patients[row.patient_id].name,
            patient_zone=patients[row.patient_id].zone,
            clinician_id=row.clinician_id,
            clinician_name=people[row.clinician_id].name,
            clinician_zone=people[row.clinician_id].zone,
            starts_at=row.starts_at,
            minutes=row.minutes,
            state=row.state,
            version=row.version,
        )
        for row in found
    ]
