"""Passkeys: adding, naming, using and removing them. A script talks to the device."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug import Response

from app.accounts import queries, room
from app.accounts.forms import EmptyForm, PasskeyForm
from app.accounts.operations import ceremonies, passkeys
from app.accounts.pages import cookie
from app.accounts.pages.regaining import arrive
from app.accounts.queries import PasskeyView
from app.kernel import actor as actors
from app.kernel.access import anyone, signed_in
from app.kernel.refusal import Refusal
from app.web.addresses import inside, next_page
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
CHALLENGE = "challenge"
CHANGES = signed_in(writes=True, fresh=True, recovery=True)
OWN = signed_in(writes=True, fresh=True, recovery=True, passkey=queries.passkey)
STRANGER = anyone(reason="a passkey is a way to sign in", writes=True)


def hand_out(begun: tuple[UUID, str]) -> Response:
    """Hand the browser what its device must sign, and remember which challenge that is."""
    number, options = begun
    session[CHALLENGE] = number.hex
    return Response(options, mimetype="application/json")


def given_number() -> UUID | None:
    """The challenge that this browser was given, once."""
    number = session.pop(CHALLENGE, None)
    return UUID(hex=number) if number else None


def signed() -> str:
    """What the device answered, as the script put it into the form."""
    return request.form.get("credential", "")


@room.page("/sign-in/passkey/begin", access=STRANGER, methods=("POST",))
def begin_passkey_sign_in() -> Response:
    """What any passkey for this portal is to sign."""
    return hand_out(passkeys.begin_sign_in())


@room.page("/sign-in/passkey", access=STRANGER, methods=("POST",))
def passkey_sign_in() -> Response:
    """Both factors in one step."""
    address = request.remote_addr or "unknown"
    try:
        token = passkeys.sign_in(
            given_number(), signed(), address, cookie.device(), cookie.browser()
        )
    except Refusal as refusal:
        flash(str(refusal.sentence), "warning")
        target = inside(request.form.get("next"))
        return redirect(url_for("accounts.sign_in", next=target), 303)
    return arrive(token)


@room.page("/confirm/passkey/begin", access=signed_in(writes=True), methods=("POST",))
def begin_passkey_confirmation() -> Response:
    """What one of the person's own passkeys is to sign."""
    return hand_out(passkeys.begin_confirmation(actors.required()))


@room.page("/confirm/passkey", access=signed_in(writes=True), methods=("POST",))
def passkey_confirmation() -> Response:
    """A second factor, shown again by passkey."""
    try:
        token = passkeys.confirm_again(actors.required(), given_number(), signed())
    except Refusal as refusal:
        flash(str(refusal.sentence), "warning")
        target = inside(request.form.get("next"))
        return redirect(url_for("accounts.confirm", next=target), 303)
    return cookie.give(redirect(next_page(), 303), token)


@room.page("/passkeys", access=signed_in())
def own_passkeys() -> str:
    """The person's passkeys."""
    found = queries.passkeys(actors.required())
    return render_template("accounts/passkeys.html", passkeys=found)


@room.page("/passkeys/begin", access=CHANGES, methods=("POST",))
def begin_passkey() -> Response:
    """What a new passkey is made for."""
    return hand_out(passkeys.begin_enrolment(actors.required()))


@room.page("/passkeys/add", access=CHANGES, methods=BOTH)
def add_passkey() -> Answer:
    """Give it a name, and have the device make it."""
    form = PasskeyForm(data={"name": cookie.device()})
    if form.validate_on_submit():
        try:
            passkeys.enrol(actors.required(), given_number(), signed(), form.name.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your passkey works. From now on you can sign in with it alone."), "good")
            return redirect(url_for("accounts.own_passkeys"), 303)
    return render_template("accounts/add_passkey.html", form=form)


@room.page("/passkeys/<uuid:passkey>/rename", access=OWN, methods=BOTH)
def rename_passkey(passkey: PasskeyView) -> Answer:
    """Call it something else."""
    form = PasskeyForm(data={"name": passkey.name})
    if form.validate_on_submit():
        passkeys.rename(actors.required(), passkey.id, form.name.data or "")
        return redirect(url_for("accounts.own_passkeys"), 303)
    return render_template("accounts/rename_passkey.html", form=form, passkey=passkey)


@room.page("/passkeys/<uuid:passkey>/remove", access=OWN, methods=BOTH)
def remove_passkey(passkey: PasskeyView) -> Answer:
    """Forget it, after asking."""
    form = EmptyForm()
    if form.validate_on_submit():
        passkeys.remove(actors.required(), passkey.id)
        flash(_("The passkey %(name)s opens nothing any more.", name=passkey.name), "good")
        return redirect(url_for("accounts.own_passkeys"), 303)
    return render_template("accounts/remove_passkey.html", form=form, passkey=passkey)


room.every(timedelta(minutes=10))(ceremonies.sweep)
