"""A passkey in place of an authenticator app, at the first sign-in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug import Response

from app.accounts import room, rules
from app.accounts.forms import PasskeyForm
from app.accounts.operations import first_factors
from app.accounts.pages import cookie
from app.accounts.pages.passkeys import given_number, hand_out, signed
from app.accounts.pages.signing_in import HALF_WAY, Answer, carry_on, step_before
from app.kernel import actor as actors
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.web.addresses import inside


def _step_before(actor: Actor) -> str | None:
    """The page that comes instead of this one, if one does."""
    if step := step_before(actor):
        return step
    return None if rules.may_begin_with_passkey(actor.role) else "accounts.enrol"


@room.page("/sign-in/first-passkey/begin", access=HALF_WAY, methods=("POST",))
def begin_first_passkey() -> Response:
    """What the first passkey is made for."""
    return hand_out(first_factors.begin(actors.required()))


@room.page("/sign-in/first-passkey", access=HALF_WAY, methods=("GET", "POST"))
def first_passkey() -> Answer:
    """Give it a name, and have the device make it; then come the recovery codes."""
    actor = actors.required()
    target = inside(request.values.get("next"))
    if step := _step_before(actor):
        return redirect(url_for(step, next=target), 303)
    form = PasskeyForm(data={"name": cookie.device()})
    if form.validate_on_submit():
        try:
            token = first_factors.enrol(actor, given_number(), signed(), form.name.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return carry_on(token, "accounts.recovery_codes")
    return render_template("accounts/first_passkey.html", form=form, going_to=target)
