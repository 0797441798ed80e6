"""The sign-in cookie, and who it says is here."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import UUID

from flask import Flask, Request, current_app, request, session
from flask_login import LoginManager
from werkzeug import Response

from app.accounts import operations, queries, room, rules
from app.accounts.models import Person, SignIn
from app.accounts.operations import devices
from app.kernel import clock
from app.kernel.actor import Actor, Stage
from app.web import tampering

NAME = "__Host-session"
BROWSER = "__Host-browser"
KNOWN_FOR = timedelta(days=365)
LONGEST_TOKEN = 100
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # 32 bytes in base64url
NOTED_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 400


def _actor(request: Request) -> Actor | None:
    joined = _joined(request)
    if joined is not None:
        found = queries.session_under(joined)
    else:
        token = request.cookies.get(NAME, "")
        found = queries.session_of(token) if token else None
    if found is None:
        return None
    one, person = found
    if clock.now() - one.last_seen_at > NOTED_EVERY and (joined or _by_hand(request)):
        operations.seen(one.id)
    return _as_actor(one, person)


def _joined(request: Request) -> UUID | None:
    """The session of the socket whose event this is.

    The socket still sends the cookie that it was opened with; the browser may hold a newer one.
    """
    sid = getattr(request, "sid", None)
    return current_app.extensions["live"].sockets.session_of(sid) if sid else None


def browser() -> str:
    """The token by which this browser is known, if it has signed anybody in before."""
    return request.cookies.get(BROWSER, "")[:LONGEST_TOKEN]


def device() -> str:
    """What the browser of this request is called where its person looks at their sessions."""
    return rules.device_label(request.headers.get("User-Agent", "")[:LONGEST_AGENT])


def _by_hand(request: Request) -> bool:
    """Whether a person did this: what an open page does by itself is no sign of life."""
    if request.headers.get("Upgrade"):
        return False  # A socket that opens again; Chromium says nothing of the mode of these.
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
        limited_until=person.limited_until,
        factor_at=one.factor_at,
        recovered_at=one.recovered_at,
        caring_for=one.caring_for,
        officer=person.privacy_officer,
    )


@room.at_opening
def recognise(app: Flask) -> None:
    """Have Flask-Login's current_user come from our own sessions, and from nothing else."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_actor)
    manager.init_app(app)
    tampering.expect(app, NAME, TOKEN, opens=True)
    tampering.expect(app, BROWSER, TOKEN)
    app.extensions["live"].ended = queries.ended_sessions
    app.jinja_env.globals.update(warns_after=_warns_after)


def _warns_after(actor: Actor) -> int:
    """After how many seconds without a sign of life a page asks whether somebody is there."""
    return int((rules.idle_for(actor.role) - rules.WARNED_BEFORE).total_seconds())


def give(response: Response, token: str) -> Response:
    """Hand the browser a new session; everything held for the old one goes."""
    session.clear()
    mine = browser() or secrets.token_urlsafe(32)
    if devices.remember(token, mine):
        age = KNOWN_FOR
        response.set_cookie(BROWSER, mine, age, secure=True, httponly=True, samesite="Lax")
    response.set_cookie(NAME, token, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def withdraw(response: Response) -> Response:
    """Take the session from the browser, and what it stored for us."""
    session.clear()
    response.delete_cookie(NAME, secure=True, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
