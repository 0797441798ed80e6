"""A visit as its people may see it, and where the others are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.appointments import queries as appointments
from app.appointments.queries import AppointmentView
from app.appointments.rules import AppointmentState
from app.consults import rules
from app.consults.models import Call, Consult, Presence
from app.consults.queries import people
from app.consults.queries.people import Companion, Other
from app.consults.rules import CallState, Door, Place, VisitState
from app.kernel import clock, db, looks
from app.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit for one of its people: `other` is the one whom they have come to meet."""

    appointment: AppointmentView
    consult_id: UUID | None
    state: VisitState
    started_at: datetime | None
    finished_at: datetime | None
    other_id: UUID
    other_name: str
    door: Door
    seat: int

    @property
    def id(self) -> UUID:
        """The visit is addressed by its appointment."""
        return self.appointment.id

    @property
    def opens_at(self) -> datetime:
        """From when the room can be joined."""
        return rules.opens_at(self.appointment.starts_at)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page is told about visit, call and the others who have the room open.

    Of two that come in the wrong order, the one with the higher `version` is the newer.
    """

    version: int
    visit: str
    call: str
    door: str
    other: Other | None
    others: tuple[Companion, ...]

    def told(self) -> dict[str, object]:
        """As it travels."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CallView:
    """A call that is going on; `node` has its room, once somebody asked for one."""

    id: UUID
    node: str | None


def visit(actor: Actor, appointment_id: UUID) -> VisitView | None:
    """One visit, for its patient, its clinician and the guests who were let into it."""
    if actor.role is Role.GUEST:
        found = appointments.known(appointment_id)
    else:
        found = appointments.joinable(actor, appointment_id)
    if found is None or found.state not in appointments.JOINABLE:
        return None
    mine = people.seated(found).get(actor.person_id)
    if mine is None:
        return None
    looks.note(found.patient_id, "appointment", found.id)
    return view(found, mine.seat)


def view(found: AppointmentView, seat: int) -> VisitView:
    """A visit as the one with this seat has it; whether they may have it is the caller's to ask."""
    row = db.session().scalar(select(Consult).where(Consult.appointment_id == found.id))
    state = row.state if row else VisitState.PLANNED
    if found.state is AppointmentState.FULFILLED:
        state = VisitState.FINISHED
    meets = people.counterpart(found, seat)
    names = {found.patient_person_id: found.patient_name, found.clinician_id: found.clinician_name}
    return VisitView(
        appointment=found,
        consult_id=row.id if row else None,
        state=state,
        started_at=row.started_at if row else None,
        finished_at=row.finished_at if row else None,
        other_id=meets,
        other_name=names[meets],
        door=rules.door(state, found.starts_at, found.minutes, clock.now()),
        seat=seat,
    )


def visit_of_clinician(actor: Actor, appointment_id: UUID) -> VisitView | None:
    """One visit, for its clinician alone."""
    return visit(actor, appointment_id) if actor.role is Role.CLINICIAN else None


def seen(one: VisitView) -> Seen:
    """How things stand now, for the person whose view of the visit this is."""
    if one.consult_id is None:
        return Seen(0, one.state.value, CallState.NONE.value, one.door.value, None, ())
    # Asked first: who comes meanwhile is told again, under a higher number.
    version = db.session().scalar(select(Consult.version).where(Consult.id == one.consult_id))
    here = presences(one.consult_id)
    return Seen(
        version or 0,
        one.state.value,
        latest_call(one.consult_id).value,
        one.door.value,
        people.other(here.get(one.other_id)),
        people.companions(here, people.seated(one.appointment), of=one.seat),
    )


def presences(consult_id: UUID) -> dict[UUID, Presence]:
    """Who has the room open, by person."""
    rows = db.session().scalars(select(Presence).where(Presence.consult_id == consult_id))
    return {row.person_id: row for row in rows}


def latest_call(consult_id: UUID) -> CallState:
    """The state of the last attempt to connect."""
    newest = select(Call.state).where(Call.consult_id == consult_id).order_by(Call.began_at.desc())
    return db.session().scalar(newest.limit(1)) or CallState.NONE


def present_call(consult_id: UUID) -> CallView | None:
    """The call that is going on."""
    going = select(Call.id, Call.node).where(Call.consult_id == consult_id, Call.ended_at.is_(None))
    row = db.session().execute(going).one_or_none()
    return CallView(row.id, row.node) if row else None


def call_of_page(one: VisitView, actor: Actor, sid: str, connection: str) -> CallView | None:
    """The call that this page is in; None for one that another page replaced, or who only waits."""
    if one.consult_id is None:
        return None
    mine = presences(one.consult_id).get(actor.person_id)
    if mine is None or (mine.sid, mine.connection) != (sid, connection):
        return None
    return present_call(one.consult_id) if mine.place is Place.CALL else None


def target(one: VisitView, actor: Actor, sid: str, connection: str, to: str) -> str | None:
    """The socket that a signal may go to: anybody's in the visit, if both pages are present ones.

    Whatever an older page still sends, or sends to an older page, finds nobody.
    """
    if one.consult_id is None:
        return None
    here = presences(one.consult_id)
    mine = here.pop(actor.person_id, None)
    theirs = next((row for row in here.values() if row.connection == to), None)
    if mine is None or (mine.sid, mine.connection) != (sid, connection):
        return None
    # One who has just pressed Join may still be written down as waiting; their page knows.
    return theirs.sid if theirs is not None and theirs.place is not Place.LOST else None


_OTHERS = (
    select(Consult.appointment_id, Presence.person_id)
    .join(Presence, Presence.consult_id == Consult.id)
    .where(
        Consult.appointment_id.in_(bindparam("ahead", expanding=True)),
        Presence.person_id != bindparam("person"),
    )
)


def waiting_for(actor: Actor) -> list[VisitView]:
    """The visits of this person in which the other already has the room open."""
    ahead = [one.id for one in appointments.upcoming(actor)]
    if not ahead:
        return []
    rows = db.session().execute(_OTHERS, {"ahead": ahead, "person": actor.person_id}).all()
    here = {(row.appointment_id, row.person_id) for row in rows}
    opened = {row.appointment_id for row in rows}
    found = [visit(actor, one) for one in ahead if one in opened]
    # That a guest waits alone is no reason to come.
    return [
        one
        for one in found
        if one is not None
        and (one.id, one.other_id) in here
        and one.state is not VisitState.FINISHED
    ]


def next_visit(actor: Actor) -> VisitView | None:
    """The visit that comes next for this person, or goes on now."""
    for one in appointments.upcoming(actor):
        found = visit(actor, one.id)
        if found is not None and found.state is not VisitState.FINISHED:
            return found
    return None
