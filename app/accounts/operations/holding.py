"""What a person was sending when they were asked for a second factor; kept until it is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts.models import HeldForm
from app.kernel import clock, db
from app.kernel.actor import Actor

KEPT_FOR = timedelta(minutes=15)
LONGEST = 200_000
LONGEST_PATH = 500
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Held:
    """A form as it was posted: where to, and each of its fields in order."""

    path: str
    fields: Fields


def hold(actor: Actor, path: str, fields: Fields) -> bool:
    """Keep a form for this session alone, in place of an older one; False when it is too long."""
    text = json.dumps(fields)
    if len(text) > LONGEST or len(path) > LONGEST_PATH:
        return False
    with db.writing(claims=False) as session:
        session.execute(delete(HeldForm).where(HeldForm.session_id == actor.session_id))
        session.add(
            HeldForm(
                session_id=actor.session_id,
                path=path,
                fields_json=text,
                created_at=clock.now(),
            )
        )
    return True


def held(actor: Actor) -> Held | None:
    """The form that waits for this session; its key sees to it that it counts once."""
    where = (
        HeldForm.session_id == actor.session_id,
        HeldForm.created_at > clock.now() - KEPT_FOR,
    )
    row = db.session().scalar(select(HeldForm).where(*where))
    if row is None:
        return None
    return Held(row.path, [(name, value) for name, value in json.loads(row.fields_json)])


def sweep() -> None:
    """Forget forms that nobody went on with."""
    with db.writing(claims=False) as session:
        session.execute(delete(HeldForm).where(HeldForm.created_at < clock.now() - KEPT_FOR))
