"""Who has the room open: coming, joining the call, hanging up, vanishing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.consults import rules
from app.consults.models import Consult, Presence
from app.consults.operations import standing
from app.consults.operations.standing import consult_of, settle
from app.consults.queries import VisitView
from app.consults.queries import recording as recordings
from app.consults.rules import CallFigures, Door, Move, Place, VisitStep
from app.consults.rules.guests import GUEST_SEATS
from app.consults.rules.recording import UNSEALED
from app.kernel import audit, clock, db, live
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal, Stale

JOINED = audit.tag("consults.joined", "consult")
LEFT = audit.tag("consults.left", "consult")
STARTED = audit.tag("consults.visit_started", "consult")

CLOSED = {
    Door.EARLY: _l("The room is not open yet."),
    Door.OVER: _l("The time of this visit has passed. Please ask your care team for a new one."),
    Door.FINISHED: _l("This visit is finished."),
}
REPLACED = _l("You opened this visit on another page. This one has stopped.")
RECORDED = _l(
    "This visit is being recorded, so nobody else can come in now. Ask for the recording to be "
    "stopped, then open the visit again."
)
REPLACED_EVENT = "consults:replaced"


@dataclass(frozen=True, slots=True)
class Page:
    """One open page: its socket, the connection it made, and what it sends to the other."""

    sid: str
    connection: str
    sound: bool
    picture: bool


def enter(one: VisitView, actor: Actor, page: Page, *, joining: bool) -> bool:
    """Open the room on this page, or join the call with it; answers False where it may not.

    A person is in a call on one page. Joining takes the call over from an older page, which is
    told; a second page that is only opened leaves the call where it is.
    """
    with db.writing() as session:
        consult = consult_of(session, one)
        door = rules.door(
            consult.state, one.appointment.starts_at, one.appointment.minutes, clock.now()
        )
        if door is Door.FINISHED or (joining and door is not Door.OPEN):
            raise Refusal(CLOSED[door])
        if joining and one.seat in GUEST_SEATS:
            _refuse_unasked(consult, actor)
        row = _of(session, consult.id, actor.person_id)
        if row and row.place is Place.CALL and row.sid != page.sid and not joining:
            return False
        _place(session, consult, actor, row, page, joining=joining)
        settle(session, consult, skip=page.sid)
        return True


def _refuse_unasked(consult: Consult, actor: Actor) -> None:
    """A guest who comes into a recording would end it, or be in it without a word."""
    found = recordings.open_recording(consult.id)
    if found is None or found.state not in UNSEALED:
        return
    if actor.person_id not in recordings.who_agreed(found.id):
        raise Refusal(RECORDED)


def _place(
    session: Session,
    consult: Consult,
    actor: Actor,
    row: Presence | None,
    page: Page,
    *,
    joining: bool,
) -> None:
    before = row.place if row else Place.AWAY
    place = rules.after_move(before, Move.JOIN if joining else Move.ENTER) or before
    if row is None:
        row = Presence(
            consult_id=consult.id,
            person_id=actor.person_id,
            connection=page.connection,
            connected=False,
            since=clock.now(),
        )
        session.add(row)
    elif row.sid != page.sid and before is not Place.LOST:
        old = row.sid
        told: dict[str, object] = {"by": page.connection}
        db.after_commit(lambda: live.send(REPLACED_EVENT, told, to=old))
    if row.connection != page.connection or place is Place.WAITING:
        row.connected = False
    row.place, row.sid, row.connection = place, page.sid, page.connection
    row.sound, row.picture, row.beat_at = page.sound, page.picture, clock.now()
    if place is Place.CALL and before in {Place.AWAY, Place.WAITING}:
        audit.record(JOINED, entity_id=consult.id, patient_id=consult.patient_id)
    if place is Place.CALL and actor.role is Role.CLINICIAN:
        _start(consult)


def _start(consult: Consult) -> None:
    state = rules.after_visit_step(consult.state, VisitStep.START)
    if state is None or state is consult.state:
        return
    consult.state, consult.started_at = state, clock.now()
    audit.record(STARTED, entity_id=consult.id, patient_id=consult.patient_id)


def report(
    one: VisitView, actor: Actor, page: Page, *, connected: bool, figures: CallFigures
) -> None:
    """Take a page's beat: that it lives, whether media flows, and what it sends."""
    with db.writing() as session:
        consult = consult_of(session, one)
        row = _present_page(session, consult, actor, page)
        row.connected = connected and row.place is Place.CALL
        row.sound, row.picture, row.beat_at = page.sound, page.picture, clock.now()
        settle(session, consult, skip=page.sid, figures=figures)


def leave(one: VisitView, actor: Actor, page: Page) -> None:
    """Hang up: back to the waiting room. The visit goes on."""
    with db.writing() as session:
        consult = consult_of(session, one)
        row = _present_page(session, consult, actor, page)
        if row.place is not Place.WAITING:
            audit.record(LEFT, entity_id=consult.id, patient_id=consult.patient_id)
        row.place = rules.after_move(row.place, Move.HANG_UP) or row.place
        row.connected, row.beat_at = False, clock.now()
        settle(session, consult, skip=page.sid)


def lose(sid: str) -> None:
    """A page's socket closed. Who was in the call is waited for; who only waited has gone."""
    if db.session().scalar(select(Presence.id).where(Presence.sid == sid)) is None:
        return
    with db.writing() as session:
        row = session.scalar(select(Presence).where(Presence.sid == sid))
        if row is None:
            return
        consult = standing.locked(session, row.consult_id)
        place = rules.after_move(row.place, Move.LOSE) or row.place
        if place is Place.AWAY:
            session.delete(row)
        else:
            row.place, row.beat_at = place, clock.now()
        settle(session, consult, skip=sid)


def sweep() -> None:
    """Stop waiting for pages that vanished and did not come back."""
    gone = [
        (row.id, row.consult_id)
        for row in db.session().scalars(select(Presence))
        if rules.is_gone(row.place, row.beat_at, clock.now())
    ]
    for row_id, consult_id in gone:
        with db.writing() as session:
            consult = standing.locked(session, consult_id)
            session.execute(delete(Presence).where(Presence.id == row_id))
            settle(session, consult)


def _of(session: Session, consult_id: UUID, person_id: UUID) -> Presence | None:
    return session.scalar(
        select(Presence).where(Presence.consult_id == consult_id, Presence.person_id == person_id)
    )


def _present_page(session: Session, consult: Consult, actor: Actor, page: Page) -> Presence:
    row = _of(session, consult.id, actor.person_id)
    if row is None or (row.sid, row.connection) != (page.sid, page.connection):
        raise Stale(REPLACED)
    return row
