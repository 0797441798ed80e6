"""Nothing typed is lost: a form that could not be accepted waits for its person."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from flask import request
from sqlalchemy import Delete, delete, select
from werkzeug.datastructures import MultiDict

from app.kernel import clock, db, once
from app.kernel.actor import Actor
from app.web import room
from app.web.models import KeptForm

KEPT_FOR = timedelta(days=1)
LONGEST = 200_000
SECRETS = ("password", "code")


def keep() -> bool:
    """Keep the posted form for the person whose page it came from; answers whether it could.

    The person is read from the form's signed key, so that an ended session costs nothing and
    nobody else who signs in on this machine ever sees the words.
    """
    person = once.person_of_form()
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in once.UNCOUNTED and not any(secret in name for secret in SECRETS)
    ]
    text = json.dumps(fields)
    if person is None or not fields or len(text) > LONGEST:
        return False
    with db.writing(claims=False) as session:
        session.execute(_of(person, request.path))
        session.add(
            KeptForm(
                person_id=person,
                path=request.path[:300],
                fields_json=text,
                created_at=clock.now(),
            )
        )
    return True


def take(actor: Actor | None) -> MultiDict[str, str] | None:
    """What this person had typed on this page before, handed out once; None if nothing."""
    if actor is None:
        return None
    where = (KeptForm.person_id == actor.person_id, KeptForm.path == request.path[:300])
    row = db.session().scalar(select(KeptForm).where(*where))
    if row is None:
        return None
    fields: MultiDict[str, str] = MultiDict(json.loads(row.fields_json))
    with db.writing(claims=False) as session:
        session.execute(_of(actor.person_id, request.path))
    return fields


def _of(person: UUID, path: str) -> Delete:
    return delete(KeptForm).where(KeptForm.person_id == person, KeptForm.path == path[:300])


@room.every(timedelta(hours=1))
def sweep() -> None:
    """Forget what nobody came back for."""
    with db.writing(claims=False) as session:
        session.execute(delete(KeptForm).where(KeptForm.created_at < clock.now() - KEPT_FOR))
