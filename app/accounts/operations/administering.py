"""Closing an account and opening it again. Nobody's password or factor passes through here."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.accounts.models import Person, SignIn
from app.accounts.operations.sessions import end
from app.kernel import audit, db
from app.kernel.actor import Actor
from app.kernel.crypto import Erased, keyring
from app.kernel.refusal import Refusal

CLOSED = audit.tag("accounts.closed", "person", "sessions")
REOPENED = audit.tag("accounts.reopened", "person")

NOT_ONESELF = _l("You cannot close your own account. Another administrator can.")
ERASED = _l("This person was erased. Their account cannot be opened again.")


def close(actor: Actor, person_id: UUID) -> int:
    """Close somebody's account: they are signed out everywhere and cannot sign in.

    Answers how many sessions ended; raises Refusal for one's own.
    """
    if person_id == actor.person_id:
        raise Refusal(NOT_ONESELF)
    with db.writing() as session:
        person = session.get_one(Person, person_id, with_for_update=True)
        if not person.active:
            return 0
        person.active = False
        ended = end(session, SignIn.person_id == person_id)
        audit.record(CLOSED, actor=actor, entity_id=person_id, sessions=ended)
        return ended


def reopen(actor: Actor, person_id: UUID) -> None:
    """Let somebody sign in again, with the password and factors that they had; raises Refusal."""
    with db.writing() as session:
        person = session.get_one(Person, person_id, with_for_update=True)
        if person.active:
            return
        try:
            keyring().keys.current(person.keeper)
        except Erased:
            raise Refusal(ERASED) from None
        person.active = True
        audit.record(REOPENED, actor=actor, entity_id=person_id)
