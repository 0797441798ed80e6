"""What a person has to show that it is them, beside their password."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.accounts import queries, rules
from app.accounts.models import Passkey
from app.kernel import clock, db


def has_any(person_id: UUID) -> bool:
    """Whether there is a second factor: a confirmed authenticator, or a passkey."""
    return queries.is_enrolled(person_id) or bool(passkeys(person_id))


def rests_on_one_passkey(person_id: UUID) -> bool:
    """Whether one passkey is all there is: without its device the recovery codes alone help."""
    return not queries.is_enrolled(person_id) and passkeys(person_id) == 1


def secret_ran_out(person_id: UUID) -> bool:
    """Whether the secret that somebody was shown for a first app can be used no more."""
    waiting = queries.authenticator_of(person_id)
    if waiting is None or waiting.confirmed_at is not None:
        return False
    return rules.secret_is_stale(waiting.created_at, clock.now())


def passkeys(person_id: UUID) -> int:
    """How many passkeys a person has."""
    mine = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return db.session().scalar(mine) or 0
