"""The e-mail address that a person signs in with, changed by them alone."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.accounts import room
from app.accounts.forms import EmailForm, EmptyForm
from app.accounts.operations import addressing
from app.accounts.queries import addressing as seen
from app.accounts.queries.addressing import ChangeView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
ASK = signed_in(writes=True, fresh=True, full_trust=True)
CONFIRM = signed_in(writes=True, fresh=True, full_trust=True, change=seen.change)


@room.page("/e-mail", access=ASK, methods=BOTH)
def change_email() -> Answer:
    """Which address it is to be."""
    actor, form = actors.required(), EmailForm()
    if form.validate_on_submit():
        try:
            addressing.ask(actor, form.email.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("We have written to the new address. Please open the link in it."), "good")
            return redirect(url_for("accounts.settings"), 303)
    return render_template("accounts/email.html", form=form, present=seen.email_of(actor))


@room.page("/e-mail/<uuid:change>", access=CONFIRM, methods=BOTH)
def confirm_email(change: ChangeView) -> Answer:
    """The link in the letter to the new address, opened by its owner, who is signed in."""
    form = EmptyForm()
    if form.validate_on_submit():
        addressing.confirm(actors.required(), change)
        flash(_("From now on you sign in with the new address."), "good")
        return redirect(url_for("accounts.settings"), 303)
    action = url_for("accounts.confirm_email", change=seen.token_of(change.id))
    return render_template("accounts/confirm_email.html", change=change, action=action)


room.every(timedelta(hours=6))(addressing.sweep)
