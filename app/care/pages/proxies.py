"""A patient says who may act for them, how, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.care import room
from app.care.forms.invitations import SureForm
from app.care.forms.proxies import POWER_WORDS, InviteCarerForm, PowersForm
from app.care.operations import proxies as operations
from app.care.operations.proxies import Wanted
from app.care.pages.invitations import WORDS as STANDINGS
from app.care.queries import proxies as queries
from app.care.queries.proxies import ProxyView
from app.care.rules.invitations import Standing
from app.care.rules.proxies import Ending
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.web import times
from app.web.boards import TODAY, Card
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
USUAL = timedelta(days=180)
# Ending is always possible; what gives powers waits for a fresh code, and for full trust.
CHANGES = signed_in(Role.PATIENT, writes=True, fresh=True, full_trust=True, carer=queries.carer)
INVITES = signed_in(Role.PATIENT, writes=True, fresh=True, full_trust=True)
WORDS = STANDINGS | {Standing.CLOSED: _l("Closed after five wrong tries of the digits")}


@room.page("/carers", access=signed_in(Role.PATIENT))
def carers() -> str:
    """Everybody who may act for the patient, and who is invited to."""
    found = queries.carers(actors.required())
    return render_template("care/carers.html", carers=found, powers=POWER_WORDS, words=WORDS)


@room.page("/carers/new", access=INVITES, methods=BOTH)
def invite_carer() -> str:
    """Whom, what and until when; then the digits, which are shown this once."""
    form = InviteCarerForm(data={"last_day": _today() + USUAL})
    if form.validate_on_submit():
        name, email = form.name.data or "", (form.email.data or "").lower()
        wanted = Wanted(name, email, form.chosen(), form.last_day.given)
        try:
            digits = operations.invite(actors.required(), wanted)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return render_template("care/digits.html", digits=digits, wanted=wanted)
    return render_template("care/invite_carer.html", form=form)


def _today() -> date:
    return times.local(clock.now()).date()


@room.page("/carers/<uuid:carer>/change", access=CHANGES, methods=BOTH)
def change_carer(carer: ProxyView) -> Answer:
    """Other powers, or another end."""
    known = {"powers": [one.value for one in carer.powers], "last_day": carer.last_day}
    form = PowersForm(data=known)
    if form.validate_on_submit():
        try:
            operations.change(actors.required(), carer.id, form.chosen(), form.last_day.given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("That is changed, and counts from now on."), "good")
            return redirect(url_for("care.carers"), 303)
    return render_template("care/change_carer.html", carer=carer, form=form)


@room.page(
    "/carers/<uuid:carer>/end",
    access=signed_in(Role.PATIENT, writes=True, carer=queries.carer),
    methods=BOTH,
)
def end_carer(carer: ProxyView) -> Answer:
    """Ask once more; then they are out at once."""
    form = SureForm()
    if form.validate_on_submit():
        try:
            operations.end(carer.id, Ending.PATIENT)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("%(name)s cannot act for you any more.", name=carer.name), "good")
            return redirect(url_for("care.carers"), 303)
    return render_template("care/end_carer.html", carer=carer, form=form)


@TODAY.offers(Role.PATIENT)
def way_to_carers(_actor: Actor) -> Iterator[Card]:
    """The way to the page; it asks nothing of the database."""
    yield Card("care/_carers.html", side=True, order=85)
