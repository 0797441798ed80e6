"""A copy on both engines: large ones stay bounded, and nothing of one is left behind."""

from __future__ import annotations

import logging
import tracemalloc
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.care import queries as care
from app.clinical import measures
from app.kernel import clock, db
from app.kernel.actor import Actor, Role
from app.records.pages import packing
from app.results.models import Observation
from app.results.rules import ObservationStatus
from tests.doors.asking import contents
from tests.records.copies import Copy, take
from tests.support.portal import Portal, Someone

pytestmark = pytest.mark.long

MANY = 10_000
MOST_MEGABYTES = 24
MEGABYTE = 1024 * 1024
CANARY = "zylophonic-grebe"


def fill(portal: Portal, patient: Someone, count: int) -> None:
    """So many blood pressures with a note beside each."""
    assert patient.patient_id is not None
    measure, now = measures.get("blood-pressure"), clock.now()
    with portal.inside(), db.writing() as session:
        for at in range(count):
            numbers = {"systolic": Decimal(110 + at % 60), "diastolic": Decimal(70 + at % 25)}
            row = Observation(
                patient_id=patient.patient_id,
                measure=measure.key,
                code=measure.loinc,
                status=ObservationStatus.FINAL,
                unit=measure.canonical,
                canonical_unit=measure.canonical,
                components=[
                    {"key": key, "value": str(one), "canonical": str(one)}
                    for key, one in numbers.items()
                ],
                canonical="/".join(str(one) for one in numbers.values()),
                taken_at=now - timedelta(minutes=at + 1),
                zone="Europe/Lisbon",
                entered_at=now,
                entered_by=patient.id,
                note=f"note {at}",
            )
            session.add(row)


def packed(portal: Portal, actor: Actor) -> bytes:
    """The copy, made as the page makes it."""
    with portal.app.test_request_context(), portal.inside():
        mine = care.own(actor)
        assert mine is not None
        return packing.pack(actor, mine)


def test_ten_thousand_readings_take_bounded_memory(portal: Portal) -> None:
    patient = portal.patient()
    fill(portal, patient, MANY)
    actor = portal.actor(patient)
    tracemalloc.start()
    try:
        data = packed(portal, actor)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(Copy.opened(data).kind("Observation")) == MANY
    assert peak < MOST_MEGABYTES * MEGABYTE


def test_every_reading_and_message_is_there_on_each_engine(portal_on_each: Portal) -> None:
    doctor = portal_on_each.person(Role.CLINICIAN)
    patient = portal_on_each.patient(doctor)
    fill(portal_on_each, patient, 1_234)
    visitor = portal_on_each.visit(patient)
    for number in range(101):
        visitor.send("/messages", body=f"message {number}")
    copy = Copy.of(take(visitor))
    assert len({one["id"] for one in copy.kind("Observation")}) == 1_234
    texts = [one["payload"][0]["contentString"] for one in copy.kind("Communication")]
    assert texts == [f"message {number}" for number in range(101)]


def test_nothing_of_a_copy_is_left_behind(
    portal: Portal, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    doctor = portal.person(Role.CLINICIAN)
    visitor = portal.visit(portal.patient(doctor))
    visitor.send("/messages", body=CANARY)
    before = sorted(portal.app.extensions["settings"].instance.rglob("*"))
    with caplog.at_level(logging.DEBUG):
        copy = Copy.of(take(visitor))
    assert CANARY in copy.read
    said = capfd.readouterr()
    assert CANARY not in caplog.text + said.out + said.err
    assert CANARY not in repr(contents(portal.app))
    with portal.inside(), db.database().engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    after = sorted(portal.app.extensions["settings"].instance.rglob("*"))
    assert after == before
    assert not [one for one in after if one.is_file() and CANARY.encode() in one.read_bytes()]
