"""Sign-in sessions: opened step by step, ended here or everywhere."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Stage
from app.kernel.limits import Limit

SIGNED_IN = audit.tag("accounts.signed_in", "person", "method")
SIGN_IN_FAILED = audit.tag("accounts.sign_in_failed", "person", "step")
SIGNED_OUT = audit.tag("accounts.signed_out", "person", "sessions")

MINUTES = timedelta(minutes=5)
# Warehouse's published limits: ten passwords and five codes in five minutes.
PASSWORD_TRIES = Limit("password", ((10, MINUTES), (50, timedelta(days=1))))
ADDRESS_TRIES = Limit("address", ((60, MINUTES),))
CODE_TRIES = Limit("code", ((5, MINUTES), (20, timedelta(hours=1)), (50, timedelta(days=1))))


def open_session(person_id: UUID, stage: Stage, device: str = "") -> str:
    """Open a session in the transaction under way; answers its token."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session().add(
        SignIn(
            person_id=person_id,
            token_hash=sha256(token.encode()).hexdigest(),
            stage=stage,
            created_at=moment,
            last_seen_at=moment,
            device=device,
        )
    )
    return token


def complete(actor: Actor, method: str) -> str:
    """Put a session with both factors in place of the one that had the password alone."""
    with db.writing() as session:
        before = session.get(SignIn, actor.session_id)
        end(session, SignIn.id == actor.session_id)
        audit.record(SIGNED_IN, entity_id=actor.person_id, method=method)
        return open_session(actor.person_id, Stage.FULL, before.device if before else "")


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
    return int(rows.rowcount)  # type: ignore[attr-defined]  # an UPDATE counts its rows


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
    """End all sessions of a person; answers how many were open."""
    with db.writing() as session:
        ended = end(session, SignIn.person_id == person_id)
        audit.record(SIGNED_OUT, entity_id=person_id, sessions=ended)
        return ended
