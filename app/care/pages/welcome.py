"""Coming by the link of an invitation: who are you, and a password of your own."""

from __future__ import annotations

from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, session, url_for
from werkzeug import Response

from app.accounts.pages import cookie
from app.care import room
from app.care.forms.invitations import BornForm, DigitsForm, FirstPasswordForm, SureForm
from app.care.operations import welcoming as operations
from app.care.queries import invitations as queries
from app.care.queries.invitations import Welcome
from app.care.rules import invitations as rules
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import anyone
from app.kernel.actor import Role, Stage
from app.kernel.refusal import Refusal, Stale
from app.web.i18n import gettext as _

Answer = str | Response
PROOF = "welcome"


@room.page(
    "/welcome/<uuid:welcome>",
    access=anyone(
        reason="whoever is invited has no way to sign in yet; the letter's link is the key",
        writes=True,
        welcome=queries.welcome,
    ),
    methods=("GET", "POST"),
)
def welcome(welcome: Welcome) -> Answer:
    """The question of the link, then the first password. Looking at it changes nothing."""
    if not welcome.is_open:
        return _gone()
    if other := _somebody_else(welcome):
        return other
    try:
        return _go_on(welcome) if _is_proved(welcome) else _ask(welcome)
    except Stale:
        return _gone()


def _gone() -> Response:
    """One answer for links that are unknown, used, over or closed."""
    return make_response(render_template("care/no_welcome.html"), 404)


def _somebody_else(one: Welcome) -> str | None:
    """What to tell a browser in which the link cannot go on: it must end nobody's session."""
    actor = actors.current()
    signed_in = actor is not None and actor.stage is Stage.FULL and actor.role is not Role.GUEST
    mine = actor is not None and actor.person_id == one.member
    if signed_in and not mine:
        return render_template("care/welcome_member.html")
    if one.member is not None and not signed_in:
        return render_template("care/welcome_back.html", here=request.path, one=one)
    return None


def _ask(one: Welcome) -> Answer:
    form: DigitsForm | BornForm = DigitsForm() if one.carer else BornForm()
    if form.validate_on_submit():
        try:
            operations.prove(one, form.given(), request.remote_addr or "unknown")
        except Stale:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            session[PROOF] = [str(one.id), one.serial, clock.now().isoformat()]
            return redirect(request.path, 303)
    return render_template("care/welcome.html", form=form, one=one)


def _is_proved(one: Welcome) -> bool:
    """Whether this browser gave the right answer to this link a few minutes ago."""
    number, serial, at = session.get(PROOF) or ["", 0, ""]
    if (number, serial) != (str(one.id), one.serial):
        return False
    return rules.proof_holds(datetime.fromisoformat(at), clock.now())


def _go_on(one: Welcome) -> Answer:
    return _take_up(one) if one.member else _choose(one)


def _take_up(one: Welcome) -> Answer:
    """Whoever has an account needs no password, only to say yes."""
    form = SureForm()
    if form.validate_on_submit():
        operations.take_up(actors.required(), one)
        flash(_("You can act for %(name)s from now on.", name=one.inviter), "good")
        return redirect(url_for("care.caring"), 303)
    return render_template("care/take_up.html", form=form, one=one)


def _choose(one: Welcome) -> Answer:
    form = FirstPasswordForm()
    if form.validate_on_submit():
        try:
            token = operations.finish(one, form.password.data or "", cookie.device())
        except Stale:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return cookie.give(redirect(url_for("accounts.enrol"), 303), token)
    return render_template("care/first_password.html", form=form)
