"""Signs that somebody tampers, written down: a cookie that we never made, a form from elsewhere."""

from __future__ import annotations

from datetime import timedelta
from re import Pattern

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, SignatureExpired

from app.kernel import audit, db
from app.kernel.limits import Limit
from app.kernel.refusal import TooMany

COOKIE_REFUSED = audit.tag("web.cookie_refused", "browser", "cookie")
ORIGIN_REFUSED = audit.tag("web.origin_refused", "door", "door")
# Enough to see it by; a stranger must not be able to fill the record.
NOTED = Limit("tampering", ((20, timedelta(hours=1)),))


class Forged(Exception):
    """A form was sent under a signed cookie that is not ours, so that nothing it says counts."""


def install(app: Flask) -> None:
    """Look at the cookies of each request; the order of the checks is written in web.shell."""
    app.extensions["cookies"], app.extensions["cookies.open"] = {}, set()
    app.after_request(_take_away)


def expect(app: Flask, cookie: str, shape: Pattern[str], *, opens: bool = False) -> None:
    """Say what a cookie of ours looks like. Any other that bears its name was made elsewhere.

    One that `opens` says who is here: a forged one is answered, where an old one leads to sign in.
    """
    app.extensions["cookies"][cookie] = shape
    if opens:
        app.extensions["cookies.open"].add(cookie)


def is_posing() -> bool:
    """Whether the request came with a sign-in that no browser has from us."""
    return not current_app.extensions["cookies.open"].isdisjoint(g.get("foreign_cookies", ()))


def ask_signature() -> None:
    """Raise Forged where the cookie that a form's token rests on bears another's signature."""
    if current_app.config["SESSION_COOKIE_NAME"] in g.get("foreign_cookies", ()):
        raise Forged


def note_origin() -> None:
    """A request to change something came from elsewhere, or would not say from where."""
    if _may_note():
        with db.writing(claims=False):
            audit.record(ORIGIN_REFUSED, entity_id=None, door=request.endpoint or "")


def note_cookies() -> None:
    """Write down what no browser has from us; whoever sends it counts as nobody."""
    shapes: dict[str, Pattern[str]] = current_app.extensions["cookies"]
    foreign = [
        name
        for name, shape in shapes.items()
        if (value := request.cookies.get(name)) and shape.fullmatch(value) is None
    ]
    signed = current_app.config["SESSION_COOKIE_NAME"]
    if not session and _is_forged(request.cookies.get(signed, "")):
        foreign.append(signed)
    g.foreign_cookies = foreign
    for name in foreign:
        if _may_note():
            with db.writing(claims=False):
                audit.record(COOKIE_REFUSED, entity_id=None, cookie=name)


def _is_forged(value: str) -> bool:
    """Whether a signed cookie bears another signature than ours; a merely old one does not."""
    sessions = current_app.session_interface
    if not value or not isinstance(sessions, SecureCookieSessionInterface):
        return False
    signer = sessions.get_signing_serializer(current_app)
    age = int(current_app.permanent_session_lifetime.total_seconds())
    try:
        if signer is not None:
            signer.loads(value, max_age=age)
    except SignatureExpired:
        return False
    except BadSignature:
        return True
    return False


def _may_note() -> bool:
    try:
        NOTED.take(request.remote_addr or "unknown")
    except TooMany:
        return False
    return True


def _take_away(response: Response) -> Response:
    """Have the browser forget it, unless this very answer gives it a good one."""
    given = [one.partition("=")[0] for one in response.headers.getlist("Set-Cookie")]
    if session:  # Its cookie is written after this.
        given.append(current_app.config["SESSION_COOKIE_NAME"])
    for name in g.get("foreign_cookies", ()):
        if name not in given:
            response.delete_cookie(name, secure=True, httponly=True, samesite="Lax", path="/")
    return response
