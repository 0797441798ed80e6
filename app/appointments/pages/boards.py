"""What the first page and the chart show of visits."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from app.appointments import queries
from app.appointments.pages.shown import shown
from app.care.queries import PatientView
from app.kernel.actor import Actor, Power, Role
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _

MOST_STEPS = 5


@TODAY.offers(Role.PATIENT, carers=Power.VISITS)
def next_visit(actor: Actor) -> Iterator[Card]:
    """The visit that comes next, before everything else."""
    if ahead := queries.upcoming(actor):
        yield Card("appointments/_next.html", {"one": shown(ahead[0], actor)}, order=10)


@TODAY.offers(Role.CLINICIAN, Role.COORDINATOR)
def visits_today(actor: Actor) -> Iterator[Step]:
    """The visits of this day, in order."""
    today = [one for visit in queries.upcoming(actor) if (one := shown(visit, actor)).today]
    for one in today[:MOST_STEPS]:
        yield Step(
            heading=_("Video visit: %(who)s", who=one.who),
            text=" ".join(one.elsewhere),
            href=one.room or url_for("appointments.visits"),
            action=_("Open the waiting room") if one.room else _("See the visits"),
            at=one.visit.starts_at,
            order=20,
        )


@CHART.offers(Role.CLINICIAN, Role.COORDINATOR)
def on_chart(actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The patient's visits ahead, and the way to book one."""
    ahead = [shown(one, actor) for one in queries.upcoming_of_patient(patient.id)]
    context = {"ahead": ahead, "patient": patient}
    yield Card("appointments/_chart.html", context, side=True, order=50)
