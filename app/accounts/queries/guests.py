"""Guests of a visit, as far as the browser that they came with is all there is to know them by."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import Person, SignIn
from app.kernel import db
from app.kernel.actor import Role


def guest_of(token: str) -> UUID | None:
    """The guest whose session this token named, whether it still opens anything or not."""
    digest = sha256(token.encode()).hexdigest()
    theirs = select(SignIn.person_id).join(Person, Person.id == SignIn.person_id)
    return db.session().scalar(theirs.where(SignIn.token_hash == digest, Person.role == Role.GUEST))
