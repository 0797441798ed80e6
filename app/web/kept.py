"""Nothing typed is lost: a form that could not be accepted waits for its person."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from flask import Flask, Response, g, request
from sqlalchemy import ColumnElement, Delete, delete, select
from werkzeug.datastructures import MultiDict

from app.kernel import actor as actors
from app.kernel import clock, db, once
from app.kernel.actor import Actor
from app.web import room
from app.web.models import KeptForm

KEPT_FOR = timedelta(days=1)
LONGEST = 200_000
SEE_OTHER = 303
LONGEST_PLACE, LONGEST_PATH = 300, 260
SECRETS = frozenset({"code", "recovery_code"})
# What a form says about itself: alone it holds no word of a person.
UNTYPED = frozenset({"version", "step", "next"})


def keep() -> bool:
    """Keep the posted form for the person whose page it came from; answers whether it could.

    The person is read from the form's signed key, so that an ended session costs nothing and
    nobody else who signs in on this machine ever sees the words. What a carer wrote for one patient
    waits for when they look after that one again.
    """
    person, place = once.person_of_form(), _place(once.subject_of_form())
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in once.UNCOUNTED and name not in SECRETS and "password" not in name
    ]
    text = json.dumps(fields)
    typed = any(name not in UNTYPED for name, _value in fields)
    if person is None or not typed or len(text) > LONGEST:
        return False
    g.words_kept = True
    with db.writing(claims=False) as session:
        session.execute(_of(person, place))
        session.add(
            KeptForm(
                person_id=person,
                path=place,
                fields_json=text,
                created_at=clock.now(),
            )
        )
    return True


def take(actor: Actor | None) -> MultiDict[str, str] | None:
    """What this person had typed on this page before, for its first form; None if nothing.

    The words stay until the form is sent, so that looking twice does not lose them.
    """
    if actor is None or "words_taken" in g:
        return None
    g.words_taken = True
    here = _where(actor.person_id, _place(once.subject()))
    row = db.session().scalar(select(KeptForm).where(*here))
    return MultiDict(json.loads(row.fields_json)) if row else None


def forget(person_id: UUID) -> None:
    """Let go of all that is kept for somebody, in the open transaction."""
    db.session().execute(delete(KeptForm).where(KeptForm.person_id == person_id))


def install(app: Flask) -> None:
    """Let go of kept words once their form has been sent."""
    app.after_request(_let_go)


def _let_go(response: Response) -> Response:
    sent = request.method == "POST" and response.status_code == SEE_OTHER
    actor = actors.current() if sent and "words_kept" not in g else None
    if actor is not None:
        place = _place(once.subject())
        where = _where(actor.person_id, place)
        if db.session().scalar(select(KeptForm.id).where(*where)):
            with db.writing(claims=False) as session:
                session.execute(_of(actor.person_id, place))
    return response


def _place(patient: str) -> str:
    """The page of a form, and for whom a carer filled it in. No address has a # of its own."""
    return f"{request.path[:LONGEST_PATH]}#{patient}" if patient else request.path[:LONGEST_PLACE]


def _where(person: UUID, place: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return KeptForm.person_id == person, KeptForm.path == place


def _of(person: UUID, place: str) -> Delete:
    return delete(KeptForm).where(*_where(person, place))


@room.every(timedelta(hours=1))
def sweep() -> None:
    """Forget what nobody came back for."""
    with db.writing(claims=False) as session:
        session.execute(delete(KeptForm).where(KeptForm.created_at < clock.now() - KEPT_FOR))
