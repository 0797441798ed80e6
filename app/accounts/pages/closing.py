"""An administrator closes an account, or opens one again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.accounts import queries, room
from app.accounts.forms import EmptyForm
from app.accounts.operations import administering
from app.accounts.queries import Account
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _

BOTH = ("GET", "POST")
ONE = signed_in(Role.ADMINISTRATOR, writes=True, fresh=True, account=queries.account)


@room.page("/people/<uuid:account>/close", access=ONE, methods=BOTH)
def close_account(account: Account) -> str | Response:
    """Ask once more, then close it."""
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            administering.close(actors.required(), account.id)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("The account of %(name)s is closed.", name=account.name), "good")
            return redirect(url_for("accounts.people"), 303)
    return render_template("accounts/close.html", account=account, form=form)


@room.page("/people/<uuid:account>/reopen", access=ONE, methods=BOTH)
def reopen_account(account: Account) -> str | Response:
    """Ask once more, then open it again."""
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            administering.reopen(actors.required(), account.id)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("%(name)s can sign in again.", name=account.name), "good")
            return redirect(url_for("accounts.people"), 303)
    return render_template("accounts/reopen.html", account=account, form=form)
