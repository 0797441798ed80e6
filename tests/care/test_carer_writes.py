"""What a carer sent, who was ended since the door was asked, reaches nobody: on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.appointments import operations as appointments
from app.appointments.models import Appointment
from app.appointments.rules import AppointmentState
from app.care import queries as care
from app.care.operations import proxies
from app.care.queries import proxies as seen
from app.care.rules.proxies import Ending
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.refusal import Stale
from app.messages import operations as messages
from app.messages.models import Message
from app.questionnaires import operations as questionnaires
from app.questionnaires.models import Response
from app.results import operations as results
from app.results.models import Observation
from app.results.rules import ObservationStatus
from tests.appointments.test_operations import at, book
from tests.questionnaires.life import fields
from tests.results import readings
from tests.support.portal import Clinic, Portal


def test_nothing_of_an_ended_carer_lands_in_the_record_of_another(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    jan, carer = portal.patient(clinic.clinician), portal.person(Role.CARER)
    first = portal.let_act(carer, clinic.patient)
    portal.let_act(carer, jan)
    ana, actor = clinic.patient.patient_id, portal.actor(carer)
    assert ana is not None
    with portal.inside():
        visit = book(clinic.patient, clinic.clinician, at())
        reading = results.record(portal.actor(clinic.patient), readings.weight("84.5"))
    typed, given = readings.weight("71.5"), fields("moving")
    acts: list[Callable[[], object]] = [
        lambda: results.record(actor, typed),
        lambda: results.mark_as_mistake(actor, reading),
        lambda: questionnaires.save_part(actor, "moving", given, shown=set(given), saves=0),
        lambda: questionnaires.send(actor, 1),
        lambda: messages.send(actor, ana, "A fever since noon"),
        lambda: appointments.cancel(actor, visit, version=1),
    ]
    with portal.inside():
        mine = care.own(actor)  # As the door asks, before the page.
        assert mine is not None
        assert mine.id == ana
        with portal.inside():
            proxies.end(first, Ending.PATIENT)
        for act in acts:
            with pytest.raises(Stale):
                act()
    with portal.inside():
        assert [row.id for row in db.session().scalars(select(Observation))] == [reading]
        assert db.session().get_one(Observation, reading).status is ObservationStatus.FINAL
        assert db.session().get_one(Appointment, visit).state is AppointmentState.BOOKED
        for table in (Response, Message):
            assert db.session().scalar(select(func.count()).select_from(table)) == 0


def test_no_other_takes_the_place_of_the_one_who_was_chosen(clinic: Clinic) -> None:
    portal = clinic.portal
    jan, carer = portal.patient(clinic.clinician), portal.person(Role.CARER)
    first = portal.let_act(carer, clinic.patient)
    portal.let_act(carer, jan)
    with portal.inside():
        proxies.end(first, Ending.PATIENT)
    chose_ana = replace(portal.actor(carer), caring_for=clinic.patient.patient_id)
    with portal.inside():
        assert care.own(chose_ana) is None
        assert seen.powers(chose_ana) == frozenset()
        assert [(one.patient_id, one.here) for one in seen.cared_for(chose_ana)] == [
            (jan.patient_id, False)
        ]
    with portal.inside():
        nobody_chosen = care.own(replace(chose_ana, caring_for=None))
        assert nobody_chosen is not None
        assert nobody_chosen.id == jan.patient_id
