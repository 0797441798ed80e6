"""Staff plan visits: a new one for a patient of theirs, or another time for one that stands."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.appointments import operations, queries, room, rules
from app.appointments.forms import BookForm, SlotForm, zones
from app.appointments.pages.shown import shown
from app.appointments.pages.visits import STAFF
from app.appointments.queries import AppointmentView
from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal, Stale
from app.web import times
from app.web.i18n import gettext as _


@room.page(
    "/patients/<uuid:patient>/visits/new",
    access=signed_in(*STAFF, writes=True, patient=care.patient),
    methods=("GET", "POST"),
)
def book(patient: PatientView) -> str | Response:
    """Plan a visit for a patient."""
    form = _book_form(actors.required(), patient)
    if form.validate_on_submit():
        try:
            _book(patient, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _say(_("The visit is booked: %(when)s."), form.starts_at())
            return redirect(url_for("appointments.visits"), 303)
    return render_template(
        "appointments/book.html", patient=patient, form=form, has_errors=bool(form.errors)
    )


@room.page(
    "/visits/<uuid:appointment>/move",
    access=signed_in(*STAFF, writes=True, appointment=queries.of_staff),
    methods=("GET", "POST"),
)
def move(appointment: AppointmentView) -> str | Response:
    """Put a visit at another time; a stale page shows how it stands and keeps what was typed."""
    form = _move_form(actors.required(), appointment)
    if form.validate_on_submit():
        try:
            _move(appointment, form)
        except Refusal as refusal:
            form.refuse(refusal)
            appointment = _again(appointment, form, refusal)
        else:
            _say(_("The visit is moved: %(when)s."), form.starts_at())
            return redirect(url_for("appointments.visits"), 303)
    one = shown(appointment, actors.required())
    return render_template(
        "appointments/move.html", one=one, form=form, has_errors=bool(form.errors)
    )


def _book_form(actor: Actor, patient: PatientView) -> BookForm:
    clinicians = care.team_with(patient.id, Role.CLINICIAN)
    others = [(patient.name, patient.zone), *((one.name, one.zone) for one in clinicians)]
    form = BookForm(zones(actor.zone, *others), clinicians)
    if form.clinician.data is None and actor.role is Role.CLINICIAN:
        form.clinician.data = str(actor.person_id)
    return form


def _book(patient: PatientView, form: BookForm) -> None:
    clinicians = {str(one.id): one.id for one in care.team_with(patient.id, Role.CLINICIAN)}
    operations.book(
        patient_id=patient.id,
        clinician_id=clinicians[form.clinician.data],
        starts_at=form.starts_at(),
        minutes=form.minutes.data,
    )


def _move_form(actor: Actor, visit: AppointmentView) -> SlotForm:
    there = visit.starts_at.astimezone(ZoneInfo(actor.zone))
    people = (
        (visit.patient_name, visit.patient_zone),
        (visit.clinician_name, visit.clinician_zone),
    )
    return SlotForm(
        zones(actor.zone, *people),
        data={
            "day": there.date(),
            "clock": there.time(),
            "zone": actor.zone,
            "minutes": visit.minutes,
            "version": str(visit.version),
        },
    )


def _move(visit: AppointmentView, form: SlotForm) -> None:
    operations.move(
        actors.required(),
        visit.id,
        starts_at=form.starts_at(),
        minutes=form.minutes.data,
        version=rules.version_of(form.version.data),
    )


def _again(visit: AppointmentView, form: SlotForm, refusal: Refusal) -> AppointmentView:
    """The visit as it stands now. Having seen it, the person may press the button once more."""
    fresh = queries.appointment(actors.required(), visit.id) or visit
    if isinstance(refusal, Stale):
        form.version.data = str(fresh.version)
    return fresh


def _say(sentence: str, moment: datetime) -> None:
    flash(sentence % {"when": times.when(moment).striptags()}, "good")
