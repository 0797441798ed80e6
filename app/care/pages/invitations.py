"""A coordinator invites patients, and sees what became of it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.accounts import queries as accounts
from app.care import room
from app.care.forms.invitations import InviteForm, SureForm, zones
from app.care.operations import invitations as operations
from app.care.operations.invitations import Newcomer
from app.care.queries import invitations as queries
from app.care.queries.invitations import InvitationView
from app.care.rules import Sex
from app.care.rules.invitations import Standing
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.web.asking import carried_out
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
OWN = signed_in(Role.COORDINATOR, writes=True, invited=queries.invitation)
WORDS = {
    Standing.ON_ITS_WAY: _l("The letter is on its way"),
    Standing.SENT: _l("Sent, not opened yet"),
    Standing.OPENED: _l("Opened, no password chosen yet"),
    Standing.DONE: _l("Done: they have an account"),
    Standing.EXPIRED: _l("Not used within 24 hours"),
    Standing.CLOSED: _l("Closed after five wrong dates of birth"),
}


@room.page("/patients/invitations", access=signed_in(Role.COORDINATOR))
def invitations() -> str:
    """Everybody whom this coordinator invited, and how far they have come."""
    found = queries.invitations(actors.required())
    return render_template("care/invitations.html", invitations=found, words=WORDS)


@room.page(
    "/patients/invitations/new", access=signed_in(Role.COORDINATOR, writes=True), methods=BOTH
)
def invite() -> Answer:
    """Who is to become a patient, and who looks after them."""
    actor = actors.required()
    form = InviteForm(accounts.with_role(Role.CLINICIAN), data=_usual(actor.zone))
    if form.validate_on_submit():
        try:
            operations.invite(actor, _newcomer(form), list(map(UUID, form.clinicians.data or [])))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("A letter with a link goes to %(email)s.", email=form.email.data), "good")
            return redirect(url_for("care.invitations"), 303)
    return render_template("care/invite.html", form=form, zones=zones())


def _usual(zone: str) -> dict[str, str]:
    return {"zone": zone, "language": LANGUAGES[0]}


def _newcomer(form: InviteForm) -> Newcomer:
    if form.born.data is None:
        raise TypeError("a valid form has a date of birth")
    return Newcomer(
        name=form.name.data or "",
        email=(form.email.data or "").lower(),
        birth_date=form.born.data,
        sex=Sex(form.sex.data),
        zone=form.zone.data or "",
        language=form.language.data,
    )


@room.page("/patients/invitations/<uuid:invited>/send", access=OWN, methods=BOTH)
def send_again(invited: InvitationView) -> Answer:
    """A new link in place of the one before, after asking."""
    form, actor, onward = SureForm(), actors.required(), url_for("care.invitations")
    done = _("A letter with a new link goes to %(email)s.", email=invited.email)
    answer = carried_out(form, lambda: operations.send_again(actor, invited.id), done, onward)
    return answer or render_template("care/send_again.html", invited=invited, form=form)


@room.page("/patients/invitations/<uuid:invited>/withdraw", access=OWN, methods=BOTH)
def withdraw(invited: InvitationView) -> Answer:
    """Take it back, after asking."""
    form, onward = SureForm(), url_for("care.invitations")
    done = _("The invitation is taken back. Its link opens nothing any more.")
    answer = carried_out(form, lambda: operations.withdraw(invited.id), done, onward)
    return answer or render_template("care/withdraw.html", invited=invited, form=form)
