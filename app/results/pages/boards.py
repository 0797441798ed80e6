"""What readings put on first pages and on the chart."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from app.care import queries as care
from app.care.queries import PatientView
from app.clinical import measures
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.results import queries
from app.results.pages.panels import Panel, panels
from app.results.pages.patient import entry_of
from app.results.queries import CARERS
from app.web import times
from app.web.boards import CHART, TODAY, Card, Step
from app.web.speech import say

PRESSURE = "blood-pressure"
# Danger hangs above everything, what is done above what is next.
URGENT, DONE, NEXT = 1, 6, 25


@TODAY.offers(Role.PATIENT)
def home_pressure(actor: Actor) -> Iterator[Step | Card]:
    """Today's blood pressure, taken or still to take, and how the readings move."""
    mine = care.own(actor)
    if mine is None:
        return
    panel = Panel(measures.get(PRESSURE), queries.recent(mine.id, (PRESSURE,), 30)[PRESSURE])
    yield _step(panel)
    if panel.latest:
        yield Card("results/_trend.html", {"panel": panel}, side=True, order=10)


def _step(panel: Panel) -> Step:
    heading, enter = _("Blood pressure at home"), url_for(entry_of(PRESSURE))
    latest = panel.latest
    if latest is None:
        text = _("Measure in the morning and in the evening, and write it down here.")
        return Step(heading, text, enter, _("Enter the first one"), turn=True, order=NEXT)
    if times.local(latest.taken_at).date() == times.local(clock.now()).date():
        said = say(latest.spoken)
        return Step(heading, said, enter, _("Add"), done=True, at=latest.taken_at, order=DONE)
    return Step(heading, _("Not measured yet today."), enter, _("Enter"), order=NEXT)


@TODAY.offers(*CARERS)
def dangerous_readings(actor: Actor) -> Iterator[Step]:
    """Readings that asked to act at once and wait for somebody of the care team."""
    for one in queries.urgent(actor):
        reading = one.reading
        yield Step(
            f"{one.patient.name}: {say(reading.spoken)}",
            _(
                "A dangerous %(measure)s reading. Please contact the patient.",
                measure=say(reading.measure.label).lower(),
            ),
            url_for("results.attend", urgent=reading.id),
            _("See to it"),
            turn=True,
            at=reading.taken_at,
            order=URGENT,
        )


@CHART.offers(*CARERS)
def home_tests(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The latest of each home test, with the dangerous ones that wait."""
    shown = {
        "patient": patient,
        "panels": panels(patient.id),
        "waiting": queries.unattended(patient.id),
    }
    yield Card("results/_chart.html", shown, order=10)
