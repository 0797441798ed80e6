"""Another e-mail address, while it waits to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import EmailChange, Person
from app.kernel import clock, db
from app.kernel.actor import Actor
from app.kernel.crypto import keyring

LASTS = timedelta(hours=24)
PURPOSE = "email-change"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """The address that somebody wants to sign in with."""

    id: UUID
    email: str


def token_of(number: UUID) -> UUID:
    """The token in the letter. It is stored nowhere: it follows from a key and the id."""
    return UUID(hex=keyring().blind(number.hex, purpose=f"{PURPOSE}-token")[:32])


def mac_of(token: UUID) -> str:
    """What is kept of it."""
    return keyring().blind(token.hex, purpose=PURPOSE)


def change(actor: Actor, token: UUID) -> ChangeView | None:
    """What this token confirms, for the person who asked and for nobody else."""
    where = (
        EmailChange.mac == mac_of(token),
        EmailChange.person_id == actor.person_id,
        EmailChange.done_at.is_(None),
        EmailChange.asked_at > clock.now() - LASTS,
    )
    row = db.session().scalar(select(EmailChange).where(*where))
    return ChangeView(row.id, row.email) if row else None


def email_of(actor: Actor) -> str:
    """The address that the person signs in with."""
    return db.session().get_one(Person, actor.person_id).email
