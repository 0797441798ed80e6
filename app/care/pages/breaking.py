"""A record opened in an emergency: by a clinician outside its team, and as the patient reads it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug import Response

from app.care import queries as care
from app.care import room
from app.care.forms.breaking import EmergencyForm
from app.care.operations import breaking as operations
from app.care.queries import breaking as queries
from app.care.queries.breaking import OpenRecord
from app.kernel import actor as actors
from app.kernel import looks
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.web import times
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _

FIRST, OPEN_NOW = 2, 3


@room.page(
    "/emergency",
    access=signed_in(Role.CLINICIAN, writes=True, fresh=True),
    methods=("GET", "POST"),
)
def emergency() -> str | Response:
    """Find a patient by name and date of birth, say why, and open their record for an hour."""
    form = EmergencyForm()
    if form.validate_on_submit():
        try:
            patient_id = _open(form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("care.chart", patient=patient_id), 303)
    phone = current_app.extensions["settings"].clinic_phone
    return render_template("care/emergency.html", form=form, phone=phone)


def _open(form: EmergencyForm) -> UUID:
    name, born, reason = form.name.data or "", form.born.given, form.reason.data or ""
    return operations.open_record(actors.required(), name, born, reason)


@room.page(
    "/emergency/<uuid:emergency>/end",
    access=signed_in(Role.CLINICIAN, writes=True, emergency=queries.own_open_record),
    methods=("POST",),
)
def end_emergency(emergency: OpenRecord) -> Response:
    """Close the record before its hour is over."""
    operations.end(actors.required(), emergency.id)
    flash(_("The record is closed to you again."), "good")
    return redirect(url_for("care.patients"), 303)


@room.page(
    "/care-team/emergencies/read",
    access=signed_in(Role.PATIENT, writes=True),
    methods=("POST",),
)
def emergencies_read() -> Response:
    """The patient has read who opened their record."""
    operations.mark_read(actors.required())
    return redirect(url_for("care.own_team"), 303)


@TODAY.offers(Role.PATIENT)
def record_was_opened(actor: Actor) -> Iterator[Step]:
    """Somebody outside the care team opened the record, until the patient says they read it."""
    mine = care.own(actor)
    if mine is not None and queries.unread(mine.id):
        yield Step(
            _("Your record was opened in an emergency"),
            _("Somebody who does not belong to your care team opened it. Read who, when and why."),
            url_for("care.own_team"),
            _("Read about it"),
            turn=True,
            order=FIRST,
        )


@TODAY.offers(Role.CLINICIAN)
def open_records(actor: Actor) -> Iterator[Step]:
    """The records that this clinician has open just now, and the way back to them."""
    for one in queries.open_records(actor):
        patient = care.chart(actor, one.patient_id)
        if patient is not None:
            looks.note(patient.id, "list")
            yield Step(
                _("The record of %(name)s is open to you", name=patient.name),
                _("Until %(clock)s. Everything you look at is written down.", clock=clock_of(one)),
                url_for("care.chart", patient=patient.id),
                _("Open it"),
                order=OPEN_NOW,
            )


def clock_of(one: OpenRecord) -> str:
    """When it closes, on the reader's clock."""
    return times.clock_time(one.ends_at)
