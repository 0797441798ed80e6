"""Changing one's own factors: another phone, new recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.accounts import operations, queries, room
from app.accounts.forms import CodeForm, EmptyForm
from app.accounts.pages import cookie
from app.accounts.pages.signing_in import key_of
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _

Answer = str | Response
# Whoever lost the phone has only recovery codes left, and must be able to connect another one.
FACTORS = signed_in(writes=True, fresh=True, recovery=True)


@room.page("/authenticator/start", access=FACTORS, methods=("GET", "POST"))
def start_replacement() -> Answer:
    """Before another phone takes the place of this one."""
    form = EmptyForm()
    if form.validate_on_submit():
        operations.begin_replacement(actors.required())
        return redirect(url_for("accounts.replace"), 303)
    coded = queries.is_enrolled(actors.required().person_id)
    return render_template("accounts/start_replacement.html", form=form, coded=coded)


@room.page("/authenticator", access=FACTORS, methods=("GET", "POST"))
def replace() -> Answer:
    """Scan with the new phone, and type its first code."""
    actor, form = actors.required(), CodeForm()
    coded = queries.is_enrolled(actor.person_id)
    if form.validate_on_submit():
        try:
            token = operations.replace(actor, form.code.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _connected(token, in_place=coded)
    secret = operations.replacement_secret(actor)
    shown = key_of(actor, secret) if secret else {"secret": None}
    return render_template("accounts/replace.html", form=form, coded=coded, **shown)


def _connected(token: str, *, in_place: bool) -> Response:
    """Hand over the session, with a word on what its phone is good for now."""
    answer = cookie.give(redirect(url_for("accounts.settings"), 303), token)
    other = _("Your new phone is connected. The old one opens nothing any more.")
    flash(other if in_place else _("Your authenticator app is connected."), "good")
    return answer


@room.page("/recovery-codes/new", access=FACTORS, methods=("GET", "POST"))
def renew_codes() -> Answer:
    """Ten new recovery codes in place of the old ones."""
    form = EmptyForm()
    if form.validate_on_submit():
        operations.renew_codes(actors.required())
        return redirect(url_for("accounts.recovery_codes"), 303)
    return render_template("accounts/renew_codes.html", form=form)
