"""An administrator closes an account, or opens one again."""

from __future__ import annotations

from flask import render_template, url_for
from werkzeug import Response

from app.accounts import queries, room
from app.accounts.forms import EmptyForm
from app.accounts.operations import administering
from app.accounts.queries import Account
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.web.asking import carried_out
from app.web.i18n import gettext as _

BOTH = ("GET", "POST")
ONE = signed_in(Role.ADMINISTRATOR, writes=True, fresh=True, account=queries.account)


@room.page("/people/<uuid:account>/close", access=ONE, methods=BOTH)
def close_account(account: Account) -> str | Response:
    """Ask once more, then close it."""
    form, actor, onward = EmptyForm(), actors.required(), url_for("accounts.people")
    done = _("The account of %(name)s is closed.", name=account.name)
    answer = carried_out(form, lambda: administering.close(actor, account.id), done, onward)
    return answer or render_template("accounts/close.html", account=account, form=form)


@room.page("/people/<uuid:account>/reopen", access=ONE, methods=BOTH)
def reopen_account(account: Account) -> str | Response:
    """Ask once more, then open it again."""
    form, actor, onward = EmptyForm(), actors.required(), url_for("accounts.people")
    done = _("%(name)s can sign in again.", name=account.name)
    answer = carried_out(form, lambda: administering.reopen(actor, account.id), done, onward)
    return answer or render_template("accounts/reopen.html", account=account, form=form)
