"""A third and a fourth person: invited, approved by the clinician, let in by a link used once.

Every step is taken under the visit's row. Whoever holds the link and opens it first is the guest;
their session belongs to that browser, and ends with the visit or with their removal.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import operations as accounts
from app.appointments.queries import AppointmentView
from app.consults import queries
from app.consults import rules as visits
from app.consults.models import Consult, ConsultGuest, Presence
from app.consults.operations import nodes, relay
from app.consults.operations.present import CLOSED
from app.consults.operations.standing import consult_of, settle
from app.consults.queries import VisitView
from app.consults.queries import guests as seen
from app.consults.queries import recording as recordings
from app.consults.queries.guests import GuestView, Invitation
from app.consults.rules import Door
from app.consults.rules import guests as rules
from app.consults.rules.guests import GuestState, GuestStep, Worth
from app.consults.rules.recording import UNSEALED
from app.kernel import audit, clock, db, live
from app.kernel.actor import Actor
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, Stale

INVITED = audit.tag("consults.guest_invited", "consult_guest", "seat")
APPROVED = audit.tag("consults.guest_approved", "consult_guest")
REFUSED = audit.tag("consults.guest_refused", "consult_guest")
OPENED = audit.tag("consults.guest_opened", "consult_guest")
REMOVED = audit.tag("consults.guest_removed", "consult_guest")
EXPIRED = audit.tag("consults.guest_expired", "consult_guest")
TAGS = {
    GuestStep.APPROVE: APPROVED,
    GuestStep.REFUSE: REFUSED,
    GuestStep.REMOVE: REMOVED,
    GuestStep.EXPIRE: EXPIRED,
}

INVITATIONS = Limit("guest-invitation", ((10, timedelta(hours=1)), (30, timedelta(days=1))))
OPENINGS = Limit("guest-link", ((20, timedelta(minutes=5)),))
LOOK_AGAIN = timedelta(hours=1)
CHANGED_EVENT = "consults:guests"

NO_NODE = _l(
    "Nobody else can join here, because this clinic has no video server, which brings more than "
    "two people together."
)
TAKEN = _l("Two more people are invited already. Take one of them off the list first.")
RECORDED = _l("This visit is being recorded. Stop the recording first, then let somebody else in.")
PAST = _l("That has been answered already. Please look at the list again.")
USED = _l("This link was used already. Please ask whoever sent it to you for a new one.")
NOT_NOW = _l("This link does not open the visit now.")


def are_offered() -> bool:
    """Whether more than two can meet here: only a media node brings them together."""
    return nodes.are_wanted()


def invite(one: VisitView, actor: Actor, name: str) -> UUID:
    """Invite somebody by name; answers their link, which is not to be had a second time."""
    if not are_offered():
        raise Refusal(NO_NODE)
    if one.door in {Door.OVER, Door.FINISHED}:
        raise Refusal(CLOSED[one.door])
    INVITATIONS.take(str(actor.person_id))
    link = UUID(bytes=secrets.token_bytes(rules.LINK_BYTES))
    with db.writing() as session:
        consult = consult_of(session, one)
        state = rules.first_state(one.seat)
        _refuse_while_recorded(consult, state)
        seat = rules.free_seat([guest.seat for guest in seen.present_guests(one)])
        if seat is None:
            raise Refusal(TAKEN)
        row = ConsultGuest(
            appointment_id=one.id,
            patient_id=consult.patient_id,
            seat=seat,
            name=name,
            invited_by=actor.person_id,
            token_hash=seen.hash_of(link),
            state=state,
            created_at=clock.now(),
            expires_at=visits.closes_at(one.appointment.starts_at, one.appointment.minutes),
        )
        session.add(row)
        audit.record(INVITED, entity_id=row.id, patient_id=row.patient_id, seat=seat)
        _tell(consult, one.appointment)
    return link


def answer(guest: GuestView, *, approved: bool) -> None:
    """The clinician lets somebody come whom the patient asked for, or does not."""
    _take(guest, GuestStep.APPROVE if approved else GuestStep.REFUSE)


def remove(guest: GuestView) -> None:
    """Take somebody off the list; one who is in the call is out of it at once."""
    _take(guest, GuestStep.REMOVE)


def _take(guest: GuestView, step: GuestStep) -> None:
    one = guest.visit
    with db.writing() as session:
        consult = consult_of(session, one)
        row = _row(session, guest.id)
        if not rules.may_take(one.seat, row.state, step):
            raise Stale(PAST)
        if step is GuestStep.APPROVE:
            _refuse_while_recorded(consult, GuestState.APPROVED)
        _step(session, row, step)
        settle(session, consult)
        _tell(consult, one.appointment)


def _refuse_while_recorded(consult: Consult, state: GuestState) -> None:
    """Whoever comes in has not been asked: the recording would be of somebody who said nothing."""
    found = recordings.open_recording(consult.id)
    if state is GuestState.APPROVED and found is not None and found.state in UNSEALED:
        raise Refusal(RECORDED)


def _step(session: Session, row: ConsultGuest, step: GuestStep) -> None:
    """Write the step down; who loses their seat by it is out."""
    state = rules.after_step(row.state, step)
    if state is None:
        raise Stale(PAST)
    row.state = state
    if step in {GuestStep.APPROVE, GuestStep.REFUSE}:
        row.answered_at = clock.now()
    if state not in rules.LIVE:
        row.ended_at = clock.now()
        _put_out(session, row)
    audit.record(TAGS[step], entity_id=row.id, patient_id=row.patient_id)


def _put_out(session: Session, row: ConsultGuest) -> None:
    if row.person_id is None:
        return
    accounts.dismiss_guest(row.person_id)
    page = session.scalar(select(Presence).where(Presence.person_id == row.person_id))
    if page is None:
        return
    if call := queries.present_call(page.consult_id):
        db.after_commit(partial(relay.dismiss, call, (row.person_id,)))
    session.delete(page)


def _tell(consult: Consult, appointment: AppointmentView) -> None:
    """Have the pages of the two look at the list again."""
    db.session().flush()
    here = queries.presences(consult.id)
    for person_id in (appointment.patient_person_id, appointment.clinician_id):
        if page := here.get(person_id):
            db.after_commit(partial(live.send, CHANGED_EVENT, {}, to=page.sid))


def open_link(one: Invitation, address: str) -> str:
    """Use a link up, for the first who asks; answers the token of the guest's session.

    Raises TooMany, or Refusal for whoever comes second, too early or too late.
    """
    OPENINGS.take(address)
    if one.worth is not Worth.OPEN:
        raise Refusal(USED if one.worth is Worth.USED else NOT_NOW)
    with db.writing() as session:
        consult = _consult(session, one.appointment.id)
        person_id, token = accounts.admit_guest(one.appointment.patient_zone)
        won = session.execute(
            update(ConsultGuest)
            .where(ConsultGuest.id == one.id, ConsultGuest.state == GuestState.APPROVED)
            .values(state=GuestState.OPENED, person_id=person_id, opened_at=clock.now())
        )
        if db.rows_changed(won) != 1:
            raise Stale(USED)
        audit.record(OPENED, entity_id=one.id, patient_id=consult.patient_id)
        _tell(consult, one.appointment)
    return token


def expire_all(session: Session, consult: Consult) -> None:
    """The visit is over, and so is the time of its guests."""
    rows = session.scalars(
        select(ConsultGuest).where(
            ConsultGuest.appointment_id == consult.appointment_id, ConsultGuest.ended_at.is_(None)
        )
    )
    for row in rows:
        _step(session, row, GuestStep.EXPIRE)


def expire() -> None:
    """Let guests go whose visit nobody finished, once its room has closed."""
    for guest_id, appointment_id in seen.perhaps_over(clock.now()):
        with db.writing() as session:
            consult = _consult(session, appointment_id)
            row = _row(session, guest_id)
            if row.ended_at is not None:
                continue
            if seen.is_over(appointment_id):
                _step(session, row, GuestStep.EXPIRE)
                settle(session, consult)
            else:
                row.expires_at = clock.now() + LOOK_AGAIN


def _consult(session: Session, appointment_id: UUID) -> Consult:
    """The visit of an invitation, which made it, locked until the commit."""
    wanted = select(Consult).where(Consult.appointment_id == appointment_id)
    return session.scalars(wanted.with_for_update()).one()


def _row(session: Session, guest_id: UUID) -> ConsultGuest:
    wanted = select(ConsultGuest).where(ConsultGuest.id == guest_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()
