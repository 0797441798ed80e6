"""The care team: looked after by its clinicians, and read by the patient."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from werkzeug import Response

from app.care import queries as care
from app.care import room
from app.care.forms.teams import ColleagueForm, StepForm
from app.care.operations import teams as operations
from app.care.queries import PatientView, breaking
from app.care.queries import teams as queries
from app.care.queries.teams import MemberView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import TEAM, Actor, Role
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _

BOTH = ("GET", "POST")
OF_PATIENT = signed_in(Role.CLINICIAN, writes=True, patient=care.patient_of_clinician)
OF_MEMBER = signed_in(Role.CLINICIAN, writes=True, member=queries.member)
OF_READER = signed_in(Role.CLINICIAN, writes=True, member=queries.grantable)
# Closing is always possible; what opens genetic data waits for a fresh code, and for full trust.
OPENS_GENES = signed_in(
    Role.CLINICIAN, writes=True, fresh=True, full_trust=True, member=queries.given_genes
)
CLOSES_GENES = signed_in(Role.CLINICIAN, writes=True, member=queries.given_genes)


@room.page("/patients/<uuid:patient>/team", access=signed_in(*TEAM, patient=care.patient))
def team(patient: PatientView) -> str:
    """Who looks after a patient, since when, and what each may read."""
    found = queries.members(patient.id)
    treats = actors.required().role is Role.CLINICIAN
    return render_template("care/team.html", patient=patient, members=found, treats=treats)


@room.page("/patients/<uuid:patient>/team/add", access=OF_PATIENT, methods=BOTH)
def add_colleague(patient: PatientView) -> str | Response:
    """Put a colleague on the team."""
    form = ColleagueForm(queries.colleagues(patient.id))
    if form.validate_on_submit():
        try:
            _add(patient, form.chosen())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("They look after this patient from now on."), "good")
            return redirect(url_for("care.team", patient=patient.id), 303)
    return render_template("care/add_colleague.html", patient=patient, form=form)


def _add(patient: PatientView, person_id: UUID | None) -> None:
    if person_id is None:
        raise Refusal(operations.NOT_STAFF, "colleague")
    operations.add(actors.required(), patient.id, person_id)


@room.page("/team-members/<uuid:member>/remove", access=OF_MEMBER, methods=BOTH)
def remove_colleague(member: MemberView) -> str | Response:
    """Ask once more, then take somebody off the team."""
    return _step(member, operations.remove, "care/remove_colleague.html", _("They have left."))


@room.page("/team-members/<uuid:member>/grant", access=OF_READER, methods=BOTH)
def grant(member: MemberView) -> str | Response:
    """Say what it opens, then open the clinical record to a coordinator."""
    done = _("They may read the clinical record now. The patient can see that.")
    return _step(member, operations.grant, "care/grant.html", done)


@room.page("/team-members/<uuid:member>/revoke", access=OF_READER, methods=("POST",))
def revoke(member: MemberView) -> str | Response:
    """Close the clinical record to a coordinator again."""
    done = _("They may no longer read the clinical record.")
    return _step(member, operations.revoke, "care/grant.html", done)


@room.page("/team-members/<uuid:member>/grant-genes", access=OPENS_GENES, methods=BOTH)
def grant_genes(member: MemberView) -> str | Response:
    """Say what it opens, then open genetic data to a coordinator."""
    done = _("They may open the results of gene tests now. The patient can see that.")
    return _step(member, operations.grant_genes, "care/grant_genes.html", done)


@room.page("/team-members/<uuid:member>/revoke-genes", access=CLOSES_GENES, methods=("POST",))
def revoke_genes(member: MemberView) -> str | Response:
    """Close genetic data to a coordinator again."""
    done = _("They may no longer open the results of gene tests.")
    return _step(member, operations.revoke_genes, "care/grant_genes.html", done)


def _step(
    member: MemberView, act: Callable[[Actor, UUID], None], template: str, done: str
) -> str | Response:
    form = StepForm()
    patient_id = member.patient.id
    if form.validate_on_submit():
        try:
            act(actors.required(), member.id)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(done, "good")
            still = care.patient(actors.required(), patient_id) is not None
            where = url_for("care.team", patient=patient_id) if still else url_for("care.patients")
            return redirect(where, 303)
    return render_template(template, member=member.member, patient=member.patient, form=form)


@room.page("/care-team", access=signed_in(Role.PATIENT))
def own_team() -> str:
    """The patient reads who looks after them, what each may read, and who else opened it."""
    mine = care.own(actors.required()) or abort(404)
    openings = breaking.of_patient(mine.id)
    members = queries.members(mine.id)
    return render_template("care/own_team.html", members=members, openings=openings)
