"""Guests as the two of a visit may see them, and a link as whoever holds it may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.appointments import queries as appointments
from app.appointments.queries import AppointmentView
from app.consults import queries
from app.consults.models import ConsultGuest
from app.consults.queries import VisitView
from app.consults.rules import Door, opens_at
from app.consults.rules import guests as rules
from app.consults.rules.guests import GuestState, GuestStep, Worth
from app.kernel import db
from app.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class GuestView:
    """Somebody invited to a visit, for the patient and the clinician of it."""

    id: UUID
    visit: VisitView
    name: str
    seat: int
    state: GuestState

    def may(self, step: str) -> bool:
        """Whether the one who looks may take this step now."""
        return rules.may_take(self.visit.seat, self.state, GuestStep(step))

    def told(self) -> dict[str, object]:
        """As it travels to a page."""
        return {"id": str(self.id), "name": self.name, "seat": self.seat, "state": self.state.value}


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link as whoever holds it may see it: who invites to what, and when."""

    id: UUID
    appointment: AppointmentView
    name: str
    inviter: str
    worth: Worth
    # Who came in by it.
    person_id: UUID | None

    @property
    def opens_at(self) -> datetime:
        """From when it lets its holder in."""
        return opens_at(self.appointment.starts_at)


@dataclass(frozen=True, slots=True)
class Farewell:
    """How a guest's part in a visit ended, for that guest; `inviter` is whom they may ask."""

    removed: bool
    inviter: str


def hash_of(link: UUID) -> str:
    """What is kept of a link."""
    return sha256(link.bytes).hexdigest()


def guests(one: VisitView) -> list[GuestView]:
    """Everybody who was ever invited to a visit, the earliest first."""
    wanted = select(ConsultGuest).where(ConsultGuest.appointment_id == one.id)
    rows = db.session().scalars(wanted.order_by(ConsultGuest.created_at))
    return [_view(row, one) for row in rows]


def present_guests(one: VisitView) -> list[GuestView]:
    """Those who have a seat, by seat."""
    living = [guest for guest in guests(one) if guest.state in rules.LIVE]
    return sorted(living, key=lambda guest: guest.seat)


def guest(actor: Actor, guest_id: UUID) -> GuestView | None:
    """One guest, for the patient and the clinician of the visit alone."""
    row = db.session().get(ConsultGuest, guest_id)
    if row is None or actor.role is Role.GUEST:
        return None
    one = queries.visit(actor, row.appointment_id)
    return _view(row, one) if one is not None else None


def guest_for_clinician(actor: Actor, guest_id: UUID) -> GuestView | None:
    """The same for the clinician alone, who decides."""
    return guest(actor, guest_id) if actor.role is Role.CLINICIAN else None


def asked(actor: Actor) -> list[GuestView]:
    """Whom this clinician is asked to let into a visit that is ahead or going on."""
    ahead = [one.id for one in appointments.upcoming(actor)]
    wanted = select(ConsultGuest.id).where(
        ConsultGuest.state == GuestState.ASKED, ConsultGuest.appointment_id.in_(ahead)
    )
    numbers = db.session().scalars(wanted.order_by(ConsultGuest.created_at)).all()
    found = [guest_for_clinician(actor, number) for number in numbers]
    return [one for one in found if one is not None and one.visit.door is not Door.FINISHED]


def invitation(_actor: Actor | None, link: UUID) -> Invitation | None:
    """What a link leads to, for whoever holds it; None for one that was never given out."""
    row = db.session().scalar(select(ConsultGuest).where(ConsultGuest.token_hash == hash_of(link)))
    appointment = appointments.known(row.appointment_id) if row is not None else None
    if row is None or appointment is None:
        return None
    inviter = accounts.who(row.invited_by)
    return Invitation(
        id=row.id,
        appointment=appointment,
        name=row.name,
        inviter=inviter.name if inviter else "",
        worth=rules.worth(row.state, _door(appointment)),
        person_id=row.person_id,
    )


def farewell(guest_id: UUID, appointment_id: UUID) -> Farewell | None:
    """How the part of this guest in this visit ended; None for whoever was never let into it."""
    came = (ConsultGuest.person_id == guest_id, ConsultGuest.appointment_id == appointment_id)
    row = db.session().scalar(select(ConsultGuest).where(*came))
    if row is None:
        return None
    inviter = accounts.who(row.invited_by)
    return Farewell(row.state is GuestState.REMOVED, inviter.name if inviter else "")


def perhaps_over(moment: datetime) -> list[tuple[UUID, UUID]]:
    """Guests whose visit may be over, each with the appointment."""
    wanted = select(ConsultGuest.id, ConsultGuest.appointment_id).where(
        ConsultGuest.ended_at.is_(None), ConsultGuest.expires_at < moment
    )
    return [(row.id, row.appointment_id) for row in db.session().execute(wanted)]


def is_over(appointment_id: UUID) -> bool:
    """Whether nobody can join this visit any more."""
    found = appointments.known(appointment_id)
    return found is None or _door(found) in {Door.OVER, Door.FINISHED}


def _door(appointment: AppointmentView) -> Door:
    if appointment.state not in appointments.JOINABLE:
        return Door.OVER
    return queries.view(appointment, rules.GUEST_SEATS[0]).door


def _view(row: ConsultGuest, one: VisitView) -> GuestView:
    return GuestView(row.id, one, row.name, row.seat, row.state)
