"""Where a person is signed in, and for how long still."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.accounts import operations, queries, room
from app.accounts.queries import OpenSession
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.web.i18n import gettext as _


@room.page("/sessions", access=signed_in())
def sessions() -> str:
    """Every device on which this person is signed in."""
    found = queries.own_sessions(actors.required())
    return render_template("accounts/sessions.html", sessions=found)


@room.page(
    "/sessions/<uuid:session>/end",
    access=signed_in(writes=True, session=queries.own_session),
    methods=("POST",),
)
def end_session(session: OpenSession) -> Response:
    """Sign out on one device; its open pages close within two seconds."""
    operations.end_own_session(actors.required(), session.id)
    if not session.here:
        flash(_("That device is signed out."), "good")
    return redirect(url_for("accounts.sessions"), 303)


@room.page("/sessions/end-others", access=signed_in(writes=True), methods=("POST",))
def end_others() -> Response:
    """Sign out everywhere but here."""
    operations.end_other_sessions(actors.required())
    flash(_("You are signed out on every other device."), "good")
    return redirect(url_for("accounts.sessions"), 303)


@room.page("/session/left", access=signed_in())
def left() -> dict[str, int]:
    """How long this session lasts, for the page's own warning; asking does not prolong it."""
    rest, whole = queries.time_left(actors.required())
    return {"rest": rest, "whole": whole}


@room.page("/session/stay", access=signed_in(writes=True), methods=("POST",))
def stay() -> Response:
    """The person is still there."""
    operations.seen(actors.required().session_id)
    return redirect(url_for("accounts.left"), 303)
