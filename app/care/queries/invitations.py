"""Invitations as whoever sent them sees them, and a link as whoever holds it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.queries import Who, factors
from app.care import queries as care
from app.care.models.invitations import Invitation
from app.care.rules import invitations as rules
from app.care.rules.invitations import Standing
from app.kernel import clock, db, looks
from app.kernel.actor import Actor, Role
from app.kernel.crypto import keyring


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation for the coordinator who sent it."""

    id: UUID
    patient_id: UUID | None
    name: str
    email: str
    standing: Standing
    expires_at: datetime | None

    @property
    def is_done(self) -> bool:
        """Whether the invited have their account."""
        return self.standing is Standing.DONE


@dataclass(frozen=True, slots=True)
class Welcome:
    """A link as whoever holds it may know it. One that leads nowhere says nothing at all.

    `carer` says that it is for somebody who is to act for a patient, and `member` who that is
    where they have an account already.
    """

    is_open: bool
    id: UUID | None = None
    serial: int = 0
    inviter: str = ""
    carer: bool = False
    member: UUID | None = None


NOWHERE = Welcome(is_open=False)


def hash_of(link: UUID) -> str:
    """What is kept of a link."""
    return keyring().blind(link.hex, purpose="invitation")


def hash_of_digits(invitation_id: UUID, digits: str) -> str:
    """What is kept of the six digits that a patient tells a carer."""
    return keyring().blind(f"{invitation_id.hex}|{digits}", purpose="invitation-digits")


def invitations(actor: Actor) -> list[InvitationView]:
    """The invitations that this coordinator sent, the newest first."""
    if actor.role is not Role.COORDINATOR:
        return []
    mine = select(Invitation).where(Invitation.invited_by == actor.person_id)
    rows = db.session().scalars(mine.order_by(Invitation.created_at.desc()))
    found = [_view(row) for row in rows]
    for one in found:
        if one.patient_id is not None:
            looks.note(one.patient_id, "list")
    return found


def invitation(actor: Actor, invitation_id: UUID) -> InvitationView | None:
    """One of the invitations that this coordinator sent."""
    row = db.session().get(Invitation, invitation_id)
    if row is None or actor.role is not Role.COORDINATOR or row.invited_by != actor.person_id:
        return None
    return _view(row)


def welcome(_actor: Actor | None, link: UUID) -> Welcome:
    """What a link leads to: unknown, used, expired and closed ones cannot be told apart."""
    row = db.session().scalar(select(Invitation).where(Invitation.token_hash == hash_of(link)))
    if row is None or not rules.is_open(row.state, row.expires_at, clock.now()):
        return NOWHERE
    inviter = accounts.who(row.invited_by)
    carer = row.proxy_id is not None
    return Welcome(
        True,
        row.id,
        row.serial,
        inviter.name if inviter else "",
        carer,
        row.person_id if carer and factors.has_any(row.person_id) else None,
    )


def of_own_team(actor: Actor, email: str) -> Who | None:
    """The person with this address, if this member of staff looks after them already."""
    who = accounts.by_email(email)
    patient_id = care.of_person(who.id) if who else None
    if patient_id is None or care.patient(actor, patient_id) is None:
        return None
    return who


def is_invited_by(actor: Actor, email: str) -> bool:
    """Whether this coordinator invited this address already, whoever it belongs to."""
    who = accounts.by_email(email)
    mine = select(Invitation.id).where(Invitation.invited_by == actor.person_id)
    return who is not None and bool(
        db.session().scalar(mine.where(Invitation.person_id == who.id).limit(1))
    )


def standing_of(row: Invitation) -> Standing:
    """How an invitation looks to whoever sent it."""
    return rules.standing(row.state, row.sent_at, row.expires_at, clock.now())


def _view(row: Invitation) -> InvitationView:
    found = standing_of(row)
    return InvitationView(row.id, row.patient_id, row.name, row.email, found, row.expires_at)
