"""A passkey as the first second factor, in place of an authenticator app."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.accounts import queries, rules
from app.accounts.operations import authenticators, passkeys
from app.accounts.operations.notices import tell
from app.accounts.operations.sessions import PASSKEY, device_of
from app.accounts.rules import Happening
from app.kernel import audit, db
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal


def begin(actor: Actor) -> tuple[UUID, str]:
    """The number of a challenge, and what the browser needs to make a key for it, as JSON."""
    _judge(actor)
    return passkeys.begin_enrolment(actor)


def enrol(actor: Actor, number: UUID | None, answer: str, name: str) -> str:
    """Add the key that the device made; makes recovery codes and a full session.

    Answers the new session's token. Raises Refusal, also where somebody was quicker.
    """
    _judge(actor)
    row = passkeys.made(actor, number, answer, name)
    try:
        with db.writing() as session:
            authenticators.ask_none_yet(session, actor.person_id)
            session.add(row)
            session.flush()
            audit.record(passkeys.ADDED, entity_id=row.id)
            tell(actor.person_id, Happening.PASSKEY_ADDED, device_of(actor))
            return authenticators.first_session(session, actor, PASSKEY)
    except IntegrityError:
        raise Refusal(passkeys.KNOWN_ALREADY) from None


def _judge(actor: Actor) -> None:
    """Refuse who signs plans with codes, and a password that somebody else knows."""
    if not rules.may_begin_with_passkey(actor.role):
        raise Refusal(passkeys.NEEDS_CODES)
    if queries.password_is_lent(actor.person_id):
        raise Refusal(passkeys.NEEDS_PASSWORD)
