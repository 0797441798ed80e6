"""When everything is lost: asking to get back in, stopping it, and coming back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Flask, flash, redirect, render_template, request, url_for
from werkzeug import Response

from app.accounts import queries, room
from app.accounts.forms import EmptyForm, LostForm, RegainForm
from app.accounts.operations import regaining, returning
from app.accounts.pages import cookie
from app.accounts.queries import regaining as seen
from app.accounts.queries.regaining import RegainView
from app.accounts.rules.regaining import LIMITED_FOR
from app.kernel import actor as actors
from app.kernel.access import TrustNeeded, anyone, signed_in
from app.kernel.actor import MEMBERS, Actor
from app.kernel.refusal import Refusal
from app.web.addresses import inside, next_page
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
FIRST = 0
LOST = anyone(reason="whoever lost everything has nothing to sign in with", writes=True)
STOP = anyone(reason="the letter that tells of it can stop it", writes=True, stop=seen.by_stop)
LINK = anyone(reason="two checks have earned this link", writes=True, link=seen.by_link)


@room.page("/sign-in/lost", access=LOST, methods=BOTH)
def lost() -> Answer:
    """Ask for the address; whose it is, if anybody's, is not told here."""
    form = LostForm()
    if form.validate_on_submit():
        regaining.ask(form.email.data or "", request.remote_addr or "unknown")
        return redirect(url_for("accounts.lost_asked"), 303)
    return render_template("accounts/lost.html", form=form)


@room.page("/sign-in/lost/asked", access=anyone(reason="what happens after asking"))
def lost_asked() -> str:
    """What happens next, for everybody the same."""
    return render_template("accounts/lost_asked.html")


@room.page("/regain/<uuid:stop>/stop", access=STOP, methods=BOTH)
def stop_regaining(stop: RegainView) -> Answer:
    """Stop a request by the link in its letter; programs that look at links press no button."""
    form = EmptyForm()
    if form.validate_on_submit():
        regaining.stop(stop, regaining.BY_LETTER)
        flash(_("It is stopped. Nobody gets in that way."), "good")
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/stop_regaining.html", action=request.path)


@room.page("/regain/<uuid:link>", access=LINK, methods=BOTH)
def regain(link: RegainView) -> Answer:
    """Choose a password with the code that was said; then a new second factor is connected."""
    form = RegainForm()
    if form.validate_on_submit():
        try:
            token = _come_back(link, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return cookie.give(redirect(url_for("accounts.enrol"), 303), token)
    return render_template("accounts/regain.html", form=form, action=request.path)


def _come_back(link: RegainView, form: RegainForm) -> str:
    given = (form.code.data or "", form.password.data or "", request.remote_addr or "unknown")
    return returning.come_back(link, *given, cookie.device())


@room.page("/account/regaining", access=signed_in(writes=True), methods=BOTH)
def own_regaining() -> Answer:
    """Somebody asked to get into this account: its owner, who is in, may stop that here."""
    form, one = EmptyForm(), seen.asked_for(actors.required())
    if one is not None and form.validate_on_submit():
        regaining.stop(one, regaining.BY_OWNER)
        flash(_("It is stopped. Nobody gets in that way."), "good")
        return redirect(next_page(), 303)
    going_to = inside(request.values.get("next"))
    return render_template("accounts/own_regaining.html", form=form, asked=one, going_to=going_to)


def arrive(token: str) -> Response:
    """Hand over a session with both factors, and lead to where its person was going.

    Where somebody asked to get into their account without any factor, they hear of it first.
    """
    found = queries.session_of(token)
    if found is None or seen.live_of(found[1].id) is None:
        return cookie.give(redirect(next_page(), 303), token)
    target = inside(request.values.get("next"))
    return cookie.give(redirect(url_for("accounts.own_regaining", next=target), 303), token)


@TODAY.offers(*MEMBERS)
def asked_to_get_in(actor: Actor) -> Iterator[Step]:
    """Somebody asked to get into the account."""
    if one := seen.asked_for(actor):
        yield Step(
            _("Somebody asked to get into your account"),
            _("They say that they lost the password and the codes. Was it not you? Stop it."),
            url_for("accounts.own_regaining"),
            _("Look at it"),
            turn=True,
            at=one.asked_at,
            order=FIRST,
        )


def _wait(_needed: TrustNeeded) -> tuple[str, int]:
    """Until when this has to wait, and why."""
    until = actors.required().limited_until
    return render_template("accounts/limited.html", until=until, days=LIMITED_FOR.days), 403


@room.at_opening
def install(app: Flask) -> None:
    """Answer every page that has to wait in one way."""
    app.register_error_handler(TrustNeeded, _wait)


room.every(timedelta(hours=1))(regaining.sweep)
