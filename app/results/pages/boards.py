"""What readings put on first pages and on the chart."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import url_for

from app.care import queries as care
from app.care.queries import PatientView
from app.clinical import measures
from app.kernel import clock, db
from app.kernel.actor import TEAM, Actor, Power, Role
from app.results import queries, rules
from app.results.pages.panels import Panel, panels
from app.results.pages.patient import entry_of
from app.results.queries import Reading
from app.web import times
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _
from app.web.speech import say

PRESSURE = "blood-pressure"
# Danger hangs above everything, one's own above all; what is done above what is next.
ACT_NOW, URGENT, DONE, NEXT = 0, 1, 6, 25


@TODAY.offers(Role.PATIENT, carers=Power.RESULTS)
def dangers(actor: Actor) -> Iterator[Step]:
    """What asks to act now: told to whoever may read it, whether or not they may enter more."""
    mine = care.own(actor)
    if mine is not None:
        yield from (_act_now(one) for one in _dangers(mine.id).values())


@TODAY.offers(Role.PATIENT, carers=Power.ENTRIES)
def home_pressure(actor: Actor) -> Iterator[Step | Card]:
    """Today's blood pressure, taken or still to take, and how it moves."""
    mine = care.own(actor)
    if mine is None:
        return
    panel = Panel(measures.get(PRESSURE), queries.recent(mine.id, (PRESSURE,), 30)[PRESSURE])
    # A tick beside a danger would say that all is well.
    if PRESSURE not in _dangers(mine.id):
        yield _step(panel)
    if panel.latest:
        yield Card("results/_trend.html", {"panel": panel}, side=True, order=10)


def _dangers(patient_id: UUID) -> dict[str, Reading]:
    """The newest reading of each measure that asks to act now and that nobody has seen to."""
    recent = clock.now() - rules.URGENT_FOR
    key = ("results.unattended", patient_id)
    waiting = db.remembered(key, lambda: queries.unattended(patient_id))
    return {one.measure.key: one for one in waiting if one.taken_at >= recent}


def _act_now(reading: Reading) -> Step:
    return Step(
        _(
            "Please act now: your %(measure)s was %(reading)s",
            measure=say(reading.measure.label).lower(),
            reading=say(reading.spoken),
        ),
        _("Read what to do, and whom to call."),
        url_for("results.what_now", reading=reading.id),
        _("What to do now"),
        turn=True,
        at=reading.taken_at,
        order=ACT_NOW,
    )


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


@TODAY.offers(*TEAM)
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


@CHART.offers(*TEAM)
def home_tests(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The latest of each home test, with the dangerous ones that wait.

    Of whoever arranges and does not read, the dangerous ones alone: somebody must act on them.
    """
    shown: dict[str, object] = {
        "patient": patient,
        "panels": panels(patient.id) if patient.clinical else [],
        "waiting": queries.unattended(patient.id, notes=patient.clinical),
    }
    if patient.clinical or shown["waiting"]:
        yield Card("results/_chart.html", shown, order=10)
