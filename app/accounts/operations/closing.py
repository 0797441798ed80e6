"""Closing an account for good: who it was cannot be read any more."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import delete, select

from app.accounts.models import (
    Authenticator,
    EmailChange,
    HeldForm,
    KnownDevice,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
)
from app.accounts.operations.passwords import hash_of_nothing
from app.accounts.operations.sessions import end
from app.kernel import db
from app.kernel.crypto import keyring
from app.web import kept


def erase_patient(person_id: UUID) -> None:
    """Close a patient's account and destroy the key of who they are, in the open transaction.

    Their address is free for a new account. Their row stays, because others point at it.
    """
    with db.writing() as session:
        person = session.get_one(Person, person_id)
        keyring().keys.shred(person.keeper)
        person.active, person.password_hash = False, hash_of_nothing()
        person.email_index, person.name_index = secrets.token_hex(32), secrets.token_hex(8)
        end(session, SignIn.person_id == person_id)
        session.execute(delete(Authenticator).where(Authenticator.person_id == person_id))
        for mine in (EmailChange, RecoveryCode, Passkey, KnownDevice):
            session.execute(delete(mine).where(mine.person_id == person_id))
        theirs = select(SignIn.id).where(SignIn.person_id == person_id)
        session.execute(delete(HeldForm).where(HeldForm.session_id.in_(theirs)))
        kept.forget(person_id)
