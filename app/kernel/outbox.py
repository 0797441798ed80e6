"""The outbox: what must leave after a change commits, written in the change's transaction."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from app.kernel import clock, db
from app.kernel.models import Outbox

HINT = "live.hint"


def hint(changed: str, *, people: list[UUID], number: UUID | None = None) -> None:
    """Tell these people's open pages that `changed` (a subject, perhaps one id) has moved on.

    Only the hint travels; pages re-read over HTTP, so a lost one loses nothing.
    """
    payload: dict[str, object] = {
        "changed": changed,
        "id": str(number) if number else None,
        "rooms": [f"person:{person}" for person in people],
    }
    put(HINT, payload)


def put(kind: str, payload: dict[str, object]) -> None:
    """Queue one message for after the commit."""
    moment = clock.now()
    db.session().add(Outbox(kind=kind, payload=payload, run_at=moment, created_at=moment))
    db.after_commit(current_app.extensions["wake"])
