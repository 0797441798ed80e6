"""Sign-in sessions: opened step by step, ended here or everywhere."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import rules
from app.accounts.models import Person, SignIn
from app.accounts.operations.notices import tell
from app.accounts.rules import Happening
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Stage
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

SIGNED_IN = audit.tag("accounts.signed_in", "person", "method")
SIGN_IN_FAILED = audit.tag("accounts.sign_in_failed", "person", "step")
SIGNED_OUT = audit.tag("accounts.signed_out", "person", "sessions")
CONFIRMED = audit.tag("accounts.factor_confirmed", "person", "method")

# The ways to show a second factor, as they are written down.
AUTHENTICATOR, RECOVERY, ENROLMENT = "authenticator", "recovery-code", "enrolment"
PASSKEY = "passkey"
ENDED_MEANWHILE = _l("You were signed out meanwhile. Please sign in again.")

MINUTES = timedelta(minutes=5)
# Warehouse's published limits for codes; those for passwords are in `failures`.
ADDRESS_TRIES = Limit("address", ((60, MINUTES),))
CODE_TRIES = Limit("code", ((5, MINUTES), (20, timedelta(hours=1)), (50, timedelta(days=1))))


def open_session(
    person_id: UUID,
    stage: Stage,
    device: str = "",
    *,
    recovered: bool = False,
    known: bool = False,
) -> str:
    """Open a session in the transaction under way; answers its token.

    With `recovered`, a recovery code stood in for the second factor; with `known`, the browser
    had signed this person in before.
    """
    token, moment = secrets.token_urlsafe(32), clock.now()
    whole = stage is Stage.FULL
    db.session().add(
        SignIn(
            person_id=person_id,
            token_hash=_hash(token),
            stage=stage,
            created_at=moment,
            last_seen_at=moment,
            device=device,
            known=known,
            factor_at=moment if whole and not recovered else None,
            recovered_at=moment if whole and recovered else None,
        )
    )
    return token


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def renew(actor: Actor, method: str) -> str:
    """A second factor was shown again: the session goes on under a new token; answers it."""
    with db.writing() as session:
        row = session.get_one(SignIn, actor.session_id)
        if row.ended_at is not None:
            raise Refusal(ENDED_MEANWHILE)
        row.factor_at = row.last_seen_at = clock.now()
        audit.record(CONFIRMED, entity_id=actor.person_id, method=method)
        return new_token(row)


def new_token(row: SignIn) -> str:
    """In the transaction under way, the session gets another token; answers it."""
    token = secrets.token_urlsafe(32)
    row.token_hash = _hash(token)
    return token


def make_room(session: Session, person_id: UUID) -> None:
    """Before one more full session: at most ten stay open, and it is the oldest that ends.

    Under the person's row, or two who sign in at once would each leave room for one.
    """
    person = session.get_one(Person, person_id, with_for_update={"key_share": True})
    mine = (SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.stage == Stage.FULL)
    rows = session.scalars(select(SignIn).where(*mine).order_by(SignIn.created_at.desc()))
    moment = clock.now()
    living = [
        one
        for one in rows
        if not rules.is_over(person.role, True, one.created_at, one.last_seen_at, moment)
    ]
    for one in living[rules.MOST_SESSIONS - 1 :]:
        one.ended_at = moment
        audit.record(SIGNED_OUT, entity_id=person_id, sessions=1)
        tell(person_id, Happening.OLDEST_ENDED, one.device)


def complete(actor: Actor, method: str) -> str:
    """Put a session with both factors in place of the one that had the password alone."""
    with db.writing() as session:
        before = session.get(SignIn, actor.session_id)
        device, known = (before.device, before.known) if before else ("", False)
        end(session, SignIn.id == actor.session_id)
        make_room(session, actor.person_id)
        audit.record(SIGNED_IN, entity_id=actor.person_id, method=method)
        recovered = method == RECOVERY
        if recovered:
            tell(actor.person_id, Happening.CODE_USED, device)
        how = {"recovered": recovered, "known": known}
        return open_session(actor.person_id, Stage.FULL, device, **how)


def device_of(actor: Actor) -> str:
    """What the device of this session is called, for telling the person."""
    row = db.session().get(SignIn, actor.session_id)
    return row.device if row else ""


def note_failure(person_id: UUID | None, step: str) -> None:
    """Write down that a step of signing in failed."""
    with db.writing(claims=False):
        audit.record(SIGN_IN_FAILED, entity_id=person_id, step=step)


def end(session: Session, *where: object) -> int:
    """End the open sessions that fit; answers how many."""
    rows = session.execute(
        update(SignIn)
        .where(SignIn.ended_at.is_(None), *where)  # type: ignore[arg-type]  # criteria
        .values(ended_at=clock.now())
    )
    return db.rows_changed(rows)


def seen(session_id: UUID) -> None:
    """Note that a session is in use."""
    with db.writing(claims=False) as session:
        session.execute(
            update(SignIn).where(SignIn.id == session_id).values(last_seen_at=clock.now())
        )


def sign_out(actor: Actor) -> None:
    """End this session."""
    with db.writing() as session:
        ended = end(session, SignIn.id == actor.session_id)
        audit.record(SIGNED_OUT, entity_id=actor.person_id, sessions=ended)


def end_own_session(actor: Actor, session_id: UUID) -> None:
    """End one of the person's own sessions, here or elsewhere."""
    with db.writing() as session:
        ended = end(session, SignIn.id == session_id, SignIn.person_id == actor.person_id)
        audit.record(SIGNED_OUT, entity_id=actor.person_id, sessions=ended)


def end_other_sessions(actor: Actor) -> int:
    """End all sessions of this person but the one that asks; answers how many were open."""
    with db.writing() as session:
        others = (SignIn.person_id == actor.person_id, SignIn.id != actor.session_id)
        ended = end(session, *others)
        audit.record(SIGNED_OUT, entity_id=actor.person_id, sessions=ended)
        return ended


def end_every_session(person_id: UUID) -> int:
    """An administrator ends all sessions of a person, who is told; answers how many were open."""
    with db.writing() as session:
        ended = end(session, SignIn.person_id == person_id)
        audit.record(SIGNED_OUT, entity_id=person_id, sessions=ended)
        if ended:
            tell(person_id, Happening.SESSIONS_ENDED)
        return ended
