"""The sign-in cookie, and who it says is here."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Request, session
from flask_login import LoginManager
from werkzeug import Response

from app.accounts import operations, queries, room
from app.accounts.models import Person, SignIn
from app.kernel import clock
from app.kernel.actor import Actor, Stage

NAME = "__Host-session"
NOTED_EVERY = timedelta(minutes=1)


def _actor(request: Request) -> Actor | None:
    token = request.cookies.get(NAME, "")
    found = queries.session_of(token) if token else None
    if found is None:
        return None
    one, person = found
    if clock.now() - one.last_seen_at > NOTED_EVERY and _by_hand(request):
        operations.seen(one.id)
    return _as_actor(one, person)


def _by_hand(request: Request) -> bool:
    """Whether a person did this: what an open page fetches by itself is no sign of life."""
    return request.headers.get("Sec-Fetch-Mode") not in {"cors", "same-origin"}


def _as_actor(one: SignIn, person: Person) -> Actor:
    return Actor(
        person_id=person.id,
        session_id=one.id,
        role=person.role,
        name=person.name,
        zone=person.zone,
        language=person.language,
        stage=Stage(one.stage),
    )


@room.at_opening
def recognise(app: Flask) -> None:
    """Have Flask-Login's current_user come from our own sessions, and from nothing else."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_actor)
    manager.init_app(app)
    app.extensions["live"].ended = queries.ended_sessions


def give(response: Response, token: str) -> Response:
    """Hand the browser a new session; everything held for the old one goes."""
    session.clear()
    response.set_cookie(NAME, token, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def withdraw(response: Response) -> Response:
    """Take the session from the browser, and what it stored for us."""
    session.clear()
    response.delete_cookie(NAME, secure=True, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
