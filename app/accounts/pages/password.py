"""A person's own password, changed by them alone."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.accounts import room
from app.accounts.forms import PasswordForm
from app.accounts.operations import changing
from app.accounts.pages import cookie
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _


@room.page("/password", access=signed_in(writes=True, fresh=True), methods=("GET", "POST"))
def change_password() -> str | Response:
    """The present password, and the one to put in its place."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            token = _change(form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            answer = cookie.give(redirect(url_for("accounts.settings"), 303), token)
            flash(_("Your password is changed."), "good")
            return answer
    return render_template("accounts/password.html", form=form)


def _change(form: PasswordForm) -> str:
    return changing.change_password(
        actors.required(),
        form.password.data or "",
        form.new_password.data or "",
        cookie.browser(),
        everywhere=bool(form.everywhere.data),
    )
