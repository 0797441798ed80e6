"""Accounts, for administrators: no health data here."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.accounts import operations, queries, room
from app.accounts.forms import EmptyForm
from app.accounts.queries import Account
from app.accounts.queries.officers import officers
from app.kernel.access import signed_in
from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _
from app.web.navigation import entry

UNANSWERED = 4

entry(Role.ADMINISTRATOR, label=_l("People"), endpoint="accounts.people", icon="people", order=20)


@TODAY.offers(Role.ADMINISTRATOR)
def nobody_answers_for_privacy(_actor: Actor) -> Iterator[Step]:
    """Patients' questions go to nobody, until an operator appoints somebody."""
    if not officers():
        yield Step(
            _("Nobody answers for privacy"),
            _(
                "Questions of patients about their record wait unanswered, and nobody looks into"
                " emergencies. Please have whoever runs the portal make one of you a privacy"
                " officer."
            ),
            turn=True,
            order=UNANSWERED,
        )


@room.page("/people", access=signed_in(Role.ADMINISTRATOR))
def people() -> str:
    """Everyone with an account, by role."""
    known = queries.accounts()
    by_role = {role: [one for one in known if one.role is role] for role in ROLE_LABELS}
    return render_template("accounts/people.html", by_role=by_role)


@room.page(
    "/people/<uuid:account>/sign-out",
    access=signed_in(Role.ADMINISTRATOR, writes=True, account=queries.account),
    methods=("GET", "POST"),
)
def sign_out_everywhere(account: Account) -> str | Response:
    """End every session of one person, after asking."""
    form = EmptyForm()
    if form.validate_on_submit():
        ended = operations.end_every_session(account.id)
        flash(_("%(count)s sessions of %(name)s ended.", count=ended, name=account.name), "good")
        return redirect(url_for("accounts.people"), 303)
    return render_template("accounts/sign_out_everywhere.html", account=account, form=form)
