"""Inviting patients by mail.

Whoever invites an address that is in use already sees the same as for a new one; the letter says
the rest to whom it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.operations import joining
from app.care import operations as care
from app.care.models.invitations import Invitation
from app.care.operations import proxies
from app.care.operations.mailing import send
from app.care.queries import invitations as seen
from app.care.rules import Sex
from app.care.rules import invitations as rules
from app.care.rules.invitations import InvitationState, InvitationStep
from app.care.rules.proxies import Ending
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Role
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, Stale

LAPSED = audit.tag("care.invitation_lapsed", "invitation")
WITHDRAWN = audit.tag("care.invitation_withdrawn", "invitation")
INVITING = Limit("invitation", ((20, timedelta(hours=1)), (60, timedelta(days=1))))

INVITED_ALREADY = _l("You invited this address already. Its line in the list can send a new link.")
IMPOSSIBLE_BIRTH = _l("Please check this date. Is the year right?")
HAS_COME = _l("This person has come by now, so there is nothing to send or to take back.")
NOT_THERE = _l("This invitation was taken back.")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to become a patient here."""

    name: str
    email: str
    birth_date: date
    sex: Sex
    zone: str
    language: str


def invite(actor: Actor, wanted: Newcomer, clinicians: list[UUID]) -> None:
    """Make a patient's account that nothing opens yet, and send its link. Raises Refusal.

    Whoever invites and the clinicians look after the patient from the moment they come.
    """
    if not rules.is_possible_birth(wanted.birth_date, clock.now().date()):
        raise Refusal(IMPOSSIBLE_BIRTH, "born")
    if mine := seen.of_own_team(actor, wanted.email):
        said = _l("You look after %(name)s already, with this e-mail address.", name=mine.name)
        raise Refusal(said, "email")
    if seen.is_invited_by(actor, wanted.email):
        raise Refusal(INVITED_ALREADY, "email")
    INVITING.take(actor.person_id.hex)
    try:
        _invite(actor, wanted, clinicians)
    except IntegrityError:  # Somebody else invited this address at the same moment.
        _invite(actor, wanted, clinicians)


def _invite(actor: Actor, wanted: Newcomer, clinicians: list[UUID]) -> None:
    team = dict.fromkeys([actor.person_id, *clinicians])
    with db.writing() as session:
        known = accounts.by_email(wanted.email)
        person_id, patient_id = (known.id, None) if known else _register(wanted)
        row = Invitation(
            person_id=person_id,
            patient_id=patient_id,
            invited_by=actor.person_id,
            name=wanted.name,
            email=wanted.email,
            team=[member.hex for member in team],
            created_at=clock.now(),
            serial=0,
        )
        session.add(row)
        send(row)


def _register(wanted: Newcomer) -> tuple[UUID, UUID]:
    """The person and the patient. Until they come nobody finds them in a list."""
    person_id = joining.invite_person(
        email=wanted.email,
        name=wanted.name,
        role=Role.PATIENT,
        zone=wanted.zone,
        language=wanted.language,
    )
    return person_id, care.register(person_id, birth_date=wanted.birth_date, sex=wanted.sex)


def send_again(actor: Actor, invitation_id: UUID) -> None:
    """Send a new link; the one before opens nothing from now on."""
    INVITING.take(actor.person_id.hex)
    with db.writing() as session:
        row = _locked(session, invitation_id)
        if rules.after_step(row.state, InvitationStep.SEND) is None:
            raise Stale(HAS_COME)
        send(row)


def withdraw(invitation_id: UUID) -> None:
    """Take an invitation back, and with it everything that is known of whom it was for."""
    with db.writing() as session:
        row = _locked(session, invitation_id)
        if row.state is InvitationState.DONE:
            raise Stale(HAS_COME)
        audit.record(WITHDRAWN, entity_id=row.id, patient_id=row.patient_id)
        _erase(session, row)


def sweep() -> int:
    """Erase whoever was invited and never came, after a while; answers how many went.

    Each in a transaction of its own: whoever comes at this very moment has come.
    """
    waiting = select(Invitation.id).where(
        Invitation.state != InvitationState.DONE,
        Invitation.created_at < clock.now() - rules.KEPT_FOR,
    )
    return sum(map(_lapse, db.session().scalars(waiting).all()))


def _lapse(invitation_id: UUID) -> bool:
    with db.writing(claims=False) as session:
        row = session.get(Invitation, invitation_id, with_for_update=True)
        if row is None:
            return False
        told = (row.state, row.serial, row.created_at, row.expires_at)
        if not rules.has_lapsed(*told, clock.now()):
            return False
        audit.record(LAPSED, entity_id=row.id, patient_id=row.patient_id)
        _erase(session, row)
        return True


def _erase(session: Session, row: Invitation) -> None:
    """Nobody is left behind: a person who has an account of their own is not the invitation's.

    Nor is the patient who invited a carer: only that the carer might act is over.
    """
    if row.proxy_id is not None:
        proxies.end(row.proxy_id, Ending.TIME)
        return
    patient_id = row.patient_id
    session.delete(row)
    session.flush()
    if patient_id is not None:
        care.erase(patient_id)


def _locked(session: Session, invitation_id: UUID) -> Invitation:
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None:
        raise Stale(NOT_THERE)
    return row
