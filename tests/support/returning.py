"""People who come back: after their session ran out, or with a page from long ago."""

from __future__ import annotations

from app.accounts import operations as accounts
from app.kernel import db
from app.kernel.actor import Stage
from tests.support.portal import COOKIE, Portal, Someone, Visitor


def signed_in_again(portal: Portal, someone: Someone) -> Visitor:
    """A browser with a fresh session of this person."""
    with portal.inside(), db.writing():
        token = accounts.open_session(someone.id, Stage.FULL)
    visitor = Visitor(portal.app)
    visitor.client.set_cookie(COOKIE, token, domain="nearside.test", secure=True)
    return visitor


def end_session(portal: Portal, someone: Someone) -> None:
    """End every session of this person, as an administrator could."""
    with portal.inside():
        accounts.end_every_session(someone.id)
