"""Readings as the care team sees them, the dangerous ones first."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from app.care import queries as care
from app.care.queries import PatientView
from app.clinical import measures
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import TEAM
from app.results import operations, queries, room, rules
from app.results.forms import EmptyForm
from app.results.pages.panels import Panel, panels
from app.results.queries import Urgent
from app.web.i18n import gettext as _


@room.page("/patients/<uuid:patient>/results", access=signed_in(*TEAM, patient=care.reader))
def of_patient(patient: PatientView) -> str:
    """A patient's home tests; `?measure=` and `?page=` leaf through one of them."""
    key = request.args.get("measure", "")
    if key in rules.HOME_TESTS:
        return _leaf(patient, key, rules.page_of(request.args.get("page", "")))
    return render_template(
        "results/of_patient.html",
        patient=patient,
        panels=panels(patient.id),
        waiting=queries.unattended(patient.id),
    )


def _leaf(patient: PatientView, key: str, number: int) -> str:
    readings, older = queries.page(patient.id, key, number)

    def leaf(page: int) -> str:
        return url_for("results.of_patient", patient=patient.id, measure=key, page=page)

    return render_template(
        "results/of_patient_history.html",
        patient=patient,
        panel=Panel(measures.get(key), readings),
        newer=leaf(number - 1) if number > 1 else None,
        older=leaf(number + 1) if older else None,
    )


@room.page(
    "/urgent-readings/<uuid:urgent>",
    access=signed_in(*TEAM, writes=True, urgent=queries.urgent_one),
    methods=("GET", "POST"),
)
def attend(urgent: Urgent) -> str | Response:
    """A dangerous reading, what the patient was told, and the button that says: seen to."""
    form = EmptyForm()
    if form.validate_on_submit():
        operations.attend(actors.required(), urgent.reading.id)
        flash(_("Noted: you have seen to this reading."), "good")
        return redirect(url_for("care.chart", patient=urgent.patient.id), 303)
    return render_template("results/attend.html", urgent=urgent)
