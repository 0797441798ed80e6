"""Staff's list of patients, a patient's chart, and the patient's view of their team."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template
from flask_babel import lazy_gettext as _l

from app.care import queries, room
from app.care.queries import PatientView
from app.care.queries.breaking import open_record
from app.kernel import actor as actors
from app.kernel import clock, looks
from app.kernel.access import signed_in
from app.kernel.actor import TEAM, Actor, Role
from app.web.boards import CHART, TODAY, Card
from app.web.navigation import entry

entry(*TEAM, label=_l("Patients"), endpoint="care.patients", icon="people", order=20)


@room.page("/patients", access=signed_in(*TEAM))
def patients() -> str:
    """The patients whom this member of staff looks after."""
    found = queries.patients(actors.required())
    for one in found:
        looks.note(one.id, "list")
    return render_template("care/patients.html", patients=found, today=clock.now().date())


@room.page("/patients/<uuid:patient>", access=signed_in(*TEAM, patient=queries.chart))
def chart(patient: PatientView) -> str:
    """One patient's chart, put together by the rooms."""
    actor = actors.required()
    steps, cards = CHART.gather(actor, patient)
    age = patient.age(clock.now().date())
    here = None if patient.writable else open_record(actor, patient.id)
    return render_template(
        "care/chart.html", patient=patient, age=age, steps=steps, cards=cards, emergency=here
    )


@CHART.offers(*TEAM)
def team_of_patient(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """Who else looks after the patient, and the way to change that."""
    shown: dict[str, object] = {"patient": patient, "team": queries.team(patient.id)}
    yield Card("care/_chart.html", shown, side=True, order=60)


@TODAY.offers(Role.PATIENT)
def care_team(actor: Actor) -> Iterator[Card]:
    """Who looks after the patient."""
    if mine := queries.own(actor):
        yield Card("care/_team.html", {"team": queries.team(mine.id)}, side=True, order=80)
