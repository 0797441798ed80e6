"""The consult's row under its lock, and what follows whenever someone comes or goes."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.appointments import queries as appointments
from app.consults import queries, rules
from app.consults.models import Call, Consult, Presence
from app.consults.operations import recorder
from app.consults.queries import Seen, VisitView, people
from app.consults.rules import CallFigures, CallState, Door, Standing, VisitState
from app.kernel import clock, db, live

UNKNOWN = CallFigures()
HERE_EVENT = "consults:here"


def consult_of(session: Session, one: VisitView) -> Consult:
    """The visit's row, made at its first opening, locked until the commit."""
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    fresh = Consult(
        appointment_id=one.id, patient_id=one.appointment.patient_id, created_at=clock.now()
    )
    session.execute(
        insert(Consult)
        .values(
            id=fresh.id,
            appointment_id=one.id,
            patient_id=one.appointment.patient_id,
            state=VisitState.PLANNED,
            created_at=fresh.created_at,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["appointment_id"])
    )
    found = session.scalars(
        select(Consult).where(Consult.appointment_id == one.id).with_for_update()
    )
    return found.one()


def locked(session: Session, consult_id: UUID) -> Consult:
    """A known visit's row, locked until the commit."""
    return session.scalars(select(Consult).where(Consult.id == consult_id).with_for_update()).one()


def settle(
    session: Session, consult: Consult, *, skip: str = "", figures: CallFigures = UNKNOWN
) -> None:
    """Let the call follow its people, and tell every page but `skip` once this has committed.

    Two tellings may change places on their way; by the row's version a page knows the newer.
    """
    flag_modified(consult, "state")
    session.flush()
    here = queries.presences(consult.id)
    over = consult.state is VisitState.FINISHED
    standing = [] if over else [Standing(row.place, row.connected) for row in here.values()]
    call = session.scalar(
        select(Call).where(Call.consult_id == consult.id, Call.ended_at.is_(None))
    )
    before = call.state if call else CallState.NONE
    after = rules.call_after(before, standing)
    if call is None and after is not CallState.NONE:
        call = Call(consult_id=consult.id, began_at=clock.now(), state=after, reconnects=0)
        session.add(call)
    if call is not None:
        _follow(call, before, after, figures)
    session.flush()
    recorder.follow(consult, here, over=over)
    _tell(consult, here, skip)


def _follow(call: Call, before: CallState, after: CallState, figures: CallFigures) -> None:
    call.state = after
    if (before, after) == (CallState.CONNECTED, CallState.CONNECTING):
        call.reconnects += 1
    if after is CallState.CONNECTED and call.connected_at is None:
        call.connected_at = clock.now()
    if after is CallState.ENDED:
        call.ended_at = clock.now()
    if figures.setup_milliseconds and call.setup_milliseconds is None:
        call.setup_milliseconds = figures.setup_milliseconds
    if figures.way is not None:
        call.way = figures.way
        call.lost_permille = max(call.lost_permille or 0, figures.lost_permille)
        call.concealed_permille = max(call.concealed_permille or 0, figures.concealed_permille)


def _tell(consult: Consult, here: dict[UUID, Presence], skip: str) -> None:
    appointment = appointments.known(consult.appointment_id)
    if appointment is None:
        return
    call, seats = queries.latest_call(consult.id), people.seated(appointment)
    # A page that has the room open saw it open; only the end of the visit closes it again.
    door = Door.FINISHED if consult.state is VisitState.FINISHED else Door.OPEN
    for person, row in here.items():
        if row.sid == skip or person not in seats:
            continue
        seat = seats[person].seat
        other = people.other(here.get(people.counterpart(appointment, seat)))
        others = people.companions(here, seats, of=seat)
        told = Seen(
            consult.version, consult.state.value, call.value, door.value, other, others
        ).told()
        db.after_commit(partial(live.send, HERE_EVENT, told, to=row.sid))
