"""Genetic reports as the care team reads and keeps them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.care import queries as care
from app.care.queries import PatientView
from app.genes import operations, queries, room, rules
from app.genes.forms import FileForm, HandForm, MistakeForm, TypedForm
from app.genes.operations import Given
from app.genes.pages import words
from app.genes.queries import ReportOf
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import TEAM, Role
from app.kernel.refusal import Refusal
from app.web.asking import carried_out
from app.web.i18n import gettext as _

Answer = str | Response
BOTH = ("GET", "POST")
LISTED = signed_in(*TEAM, patient=care.gene_reader)
OPENED = signed_in(*TEAM, fresh=True, full_trust=True, report=queries.of_team)
ADDED = signed_in(
    Role.CLINICIAN, writes=True, fresh=True, full_trust=True, patient=care.patient_of_clinician
)
MARKED = signed_in(
    Role.CLINICIAN, writes=True, fresh=True, full_trust=True, report=queries.of_clinician
)


@room.page("/patients/<uuid:patient>/genes", access=LISTED)
def of_patient(patient: PatientView) -> str:
    """Which reports there are of a patient, and nothing of what they hold."""
    return render_template(
        "genes/of_patient.html",
        patient=patient,
        reports=queries.of_patient(patient.id),
        writes=actors.required().role is Role.CLINICIAN,
    )


@room.page("/gene-reports/<uuid:report>", access=OPENED)
def report(report: ReportOf) -> str:
    """Each gene with its phenotype and what the patient reads, and the guidance."""
    return render_template(
        "genes/of_team.html",
        report=report.report,
        patient=report.patient,
        told=rules.told(queries.results(report.report)),
        words=words,
        writes=actors.required().role is Role.CLINICIAN,
    )


@room.page("/patients/<uuid:patient>/genes/file", access=ADDED, methods=BOTH)
def add_file(patient: PatientView) -> Answer:
    """Keep what a laboratory's file says; the file itself is not kept."""
    return _added(patient, FileForm(), "genes/add_file.html")


@room.page("/patients/<uuid:patient>/genes/typed", access=ADDED, methods=BOTH)
def add_typed(patient: PatientView) -> Answer:
    """Keep what is typed: genes, each with what was found."""
    return _added(patient, TypedForm(), "genes/add_typed.html")


def _added(patient: PatientView, form: FileForm | HandForm, template: str) -> Answer:
    if form.validate_on_submit():
        given = Given(form.source, form.laboratory.data or "", form.reported_on.given, form.calls)
        try:
            number = operations.add(actors.required(), patient.id, given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("The report is kept. The patient can read it now."), "good")
            return redirect(url_for("genes.report", report=number), 303)
    return render_template(template, patient=patient, form=form)


@room.page("/gene-reports/<uuid:report>/mistake", access=MARKED, methods=BOTH)
def mistake(report: ReportOf) -> Answer:
    """Ask for the reason, then take a report out of what counts."""
    form, onward = MistakeForm(), url_for("genes.of_patient", patient=report.patient.id)
    done = _("The report is marked as a mistake. Nobody reads any more what it held.")
    marked = carried_out(form, lambda: _mark(report, form), done, onward)
    shown = {"report": report.report, "patient": report.patient, "form": form}
    return marked or render_template("genes/mistake.html", **shown)


def _mark(report: ReportOf, form: MistakeForm) -> None:
    operations.mark_as_mistake(actors.required(), report.id, form.reason.data or "")
