"""Keeping readings, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.clinical.blood_pressure import Pressure
from app.kernel import db, news
from app.kernel.models import AuditEvent, Outbox
from app.kernel.refusal import Refusal
from app.results import operations, queries
from app.results.models import Observation
from tests.results import readings
from tests.support.portal import Clinic, Portal


@pytest.fixture
def clinic(portal_on_each: Portal) -> Clinic:
    """The same clinic, on each database in turn."""
    return portal_on_each.clinic()


def patient_id(clinic: Clinic) -> UUID:
    """The patient of the clinic."""
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


def test_same_reading_sent_by_many_windows_at_once_is_kept_once(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.patient)
    entry = readings.pressure("128", "82")

    def send(_number: int) -> bool:
        with portal.app.app_context():
            try:
                operations.record(actor, entry)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(16))) == 1
    with portal.inside():
        count = db.session().scalar(select(func.count()).select_from(Observation))
    assert count == 1


def test_same_number_written_differently_is_the_same_reading(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        operations.record(actor, readings.weight("71.5"))
        with pytest.raises(Refusal, match="clock"):
            operations.record(actor, readings.weight("71,50"[:4]))


def test_note_is_sealed_and_the_numbers_are_not(clinic: Clinic) -> None:
    with clinic.portal.inside():
        operations.record(
            clinic.portal.actor(clinic.patient), readings.weight("71.5"), note="After the flu."
        )
        row = tuple(db.session().execute(text("SELECT * FROM observation")).one())
    assert "flu" not in repr(row)
    assert "71.5" in repr(row)


def test_observation_carries_its_codes(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    fasting = replace(readings.glucose("5.6", unit="mmol/L"), context="fasting")
    with clinic.portal.inside():
        operations.record(actor, fasting)
        operations.record(actor, readings.pressure("128", "82"))
        rows = {row.measure: row for row in db.session().scalars(select(Observation))}
    sugar, pressure = rows["glucose"], rows["blood-pressure"]
    assert (sugar.code, sugar.unit, sugar.canonical_unit) == ("41604-0", "mmol/L", "mg/dL")
    assert sugar.components == [
        {
            "key": "value",
            "code": "41604-0",
            "entered": "5.6",
            "value": "5.6",
            "canonical": "100.89",
        }
    ]
    assert pressure.code == "85354-9"
    assert [one["code"] for one in pressure.components] == ["8480-6", "8462-4"]


def test_recording_tells_the_news_and_writes_it_down(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(news._listeners, "results.recorded", [lambda **said: heard.append(said)])
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
        event = (
            db.session()
            .scalars(select(AuditEvent).where(AuditEvent.tag == "results.recorded"))
            .one()
        )
        hints = [row.payload for row in db.session().scalars(select(Outbox))]
    assert event.entity_id == number
    assert event.detail == {"measure": "blood-pressure", "alert": "severe-systolic"}
    assert heard == [{"patient_id": patient_id(clinic)}]
    urgent = next(one for one in hints if one["changed"] == "results.urgent")
    team = {f"person:{clinic.clinician.id}", f"person:{clinic.coordinator.id}"}
    assert set(urgent["rooms"]) == team


def test_mistake_no_longer_counts_and_is_not_deleted(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        number = readings.dangerous(actor)
        operations.mark_as_mistake(actor, number)
        assert queries.facts(patient_id(clinic)) == []
        assert queries.unattended(patient_id(clinic)) == []
        assert queries.urgent(clinic.portal.actor(clinic.clinician)) == []
        kept = queries.own(actor, number)
        assert kept is not None
        assert kept.status.value == "entered-in-error"
        with pytest.raises(Refusal):
            operations.mark_as_mistake(actor, number)


def test_reading_taken_back_may_be_entered_again(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    entry = readings.pressure("128", "82")
    with clinic.portal.inside():
        operations.mark_as_mistake(actor, operations.record(actor, entry))
        operations.record(actor, entry)
        assert len(queries.facts(patient_id(clinic))) == 1


def test_another_patients_reading_cannot_be_taken_back(clinic: Clinic) -> None:
    stranger = clinic.portal.actor(clinic.portal.patient())
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
        with pytest.raises(Refusal):
            operations.mark_as_mistake(stranger, number)
        assert len(queries.facts(patient_id(clinic))) == 1


def test_first_of_the_team_who_sees_to_a_reading_counts(clinic: Clinic) -> None:
    doctor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
        assert [one.reading.id for one in queries.urgent(doctor)] == [number]
        operations.attend(clinic.portal.actor(clinic.coordinator), number)
        operations.attend(doctor, number)
        assert queries.urgent(doctor) == []
        row = db.session().get_one(Observation, number)
        assert row.attended_by == clinic.coordinator.id


def test_urgent_readings_are_told_to_the_patients_own_team_alone(clinic: Clinic) -> None:
    other = clinic.portal.clinic()
    with clinic.portal.inside():
        readings.dangerous(clinic.portal.actor(clinic.patient))
        assert queries.urgent(clinic.portal.actor(other.clinician)) == []
        assert queries.urgent(clinic.portal.actor(clinic.administrator)) == []
        assert queries.urgent(clinic.portal.actor(clinic.patient)) == []


def test_readings_become_facts_that_lead_back_to_them(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        numbers = {
            operations.record(actor, readings.pressure("128", "82")),
            operations.record(actor, readings.glucose("5.6", unit="mmol/L")),
            operations.record(actor, readings.weight("160", unit="[lb_av]")),
        }
        facts = {fact.key: fact for fact in queries.facts(patient_id(clinic))}
    assert {fact.source_id for fact in facts.values()} == {str(one) for one in numbers}
    pressure = facts["blood-pressure"].value
    assert isinstance(pressure, Pressure)
    assert str(pressure) == "128/82"
    assert str(facts["weight"].value) == "72.57"
    assert str(facts["weight"].shown) == "160 lb"
    assert facts["glucose"].when.utcoffset() is not None


def test_wrong_reading_is_refused_by_the_operation_too(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        with pytest.raises(Refusal, match="systolic"):
            operations.record(actor, readings.pressure("82", "128"))
        with pytest.raises(Refusal, match="sure"):
            operations.record(actor, readings.weight("215"))
        with pytest.raises(Refusal, match="day"):
            operations.record(actor, readings.weight("71", minutes_ago=-60 * 24 * 2))
