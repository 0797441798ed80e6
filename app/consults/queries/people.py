"""The people of a visit: who has which seat in it, and where each of them is now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.appointments.queries import AppointmentView
from app.consults import rules
from app.consults.models import ConsultGuest, Presence
from app.consults.rules.guests import GuestState
from app.kernel import db


@dataclass(frozen=True, slots=True)
class Seated:
    """A person of a visit. The seat is their place at the media node as well."""

    seat: int
    name: str


@dataclass(frozen=True, slots=True)
class Other:
    """Where the other person is, and which connection of theirs counts."""

    connection: str
    place: str
    sound: bool
    picture: bool


@dataclass(frozen=True, slots=True)
class Companion:
    """One of all those whom a person may meet in the visit: where they are, and who."""

    connection: str
    place: str
    sound: bool
    picture: bool
    seat: int
    name: str


def seated(appointment: AppointmentView) -> dict[UUID, Seated]:
    """Everybody who may be in this visit, by person."""
    let_in = _guests(appointment.id, ConsultGuest.state == GuestState.OPENED)
    return {**_the_two(appointment), **let_in}


def ever_seated(appointment: AppointmentView) -> dict[UUID, Seated]:
    """The same with the guests who have gone since, for what was recorded of them."""
    return {**_the_two(appointment), **_guests(appointment.id)}


def _the_two(appointment: AppointmentView) -> dict[UUID, Seated]:
    return {
        appointment.patient_person_id: Seated(rules.PATIENT_SEAT, appointment.patient_name),
        appointment.clinician_id: Seated(rules.CLINICIAN_SEAT, appointment.clinician_name),
    }


def _guests(appointment_id: UUID, *where: ColumnElement[bool]) -> dict[UUID, Seated]:
    came = (ConsultGuest.appointment_id == appointment_id, ConsultGuest.person_id.is_not(None))
    rows = db.session().scalars(select(ConsultGuest).where(*came, *where))
    return {row.person_id: Seated(row.seat, row.name) for row in rows if row.person_id}


def counterpart(appointment: AppointmentView, seat: int) -> UUID:
    """Whom someone comes to meet: the clinician the patient, everybody else the clinician."""
    meets = seat == rules.CLINICIAN_SEAT
    return appointment.patient_person_id if meets else appointment.clinician_id


def other(row: Presence | None) -> Other | None:
    """One person, as the other's page may know them."""
    if row is None:
        return None
    return Other(row.connection, row.place.value, row.sound, row.picture)


def companions(
    here: dict[UUID, Presence], people: dict[UUID, Seated], *, of: int
) -> tuple[Companion, ...]:
    """Everybody who has the room open but the one with the seat `of`, by seat."""
    found = [
        Companion(
            row.connection,
            row.place.value,
            row.sound,
            row.picture,
            people[one].seat,
            people[one].name,
        )
        for one, row in here.items()
        if one in people and people[one].seat != of
    ]
    return tuple(sorted(found, key=lambda one: one.seat))
