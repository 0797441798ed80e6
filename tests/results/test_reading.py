"""What patient and care team see of home tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.results import operations
from app.results.queries import ON_A_PAGE
from tests.results import readings
from tests.support.portal import Clinic, Portal, Visitor

OVERVIEW = "/results"


@contextmanager
def statements(portal: Portal) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    sent: list[str] = []
    engine = portal.app.extensions["database"].engine

    def note(*args: object) -> None:
        sent.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def enter(clinic: Clinic, count: int) -> None:
    """So many blood pressures, an hour apart."""
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        for number in range(count):
            entry = readings.pressure(str(120 + number % 20), "80", minutes_ago=5 + 60 * number)
            operations.record(actor, entry)


@pytest.fixture
def ana(clinic: Clinic) -> Visitor:
    """The patient's browser."""
    return clinic.portal.visit(clinic.patient)


def test_page_asks_the_database_as_often_for_many_readings_as_for_one(
    clinic: Clinic, ana: Visitor
) -> None:
    enter(clinic, 1)
    ana.get(OVERVIEW)
    with statements(clinic.portal) as for_one:
        ana.get(OVERVIEW)
    enter_more = 30
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        for number in range(enter_more):
            operations.record(actor, readings.weight("71.5", minutes_ago=10 + number))
    with statements(clinic.portal) as for_many:
        ana.get(OVERVIEW)
    assert len(for_many) == len(for_one)
    assert len([sql for sql in for_many if "FROM observation" in sql]) <= 2


def test_readings_are_found_by_their_index(clinic: Clinic, ana: Visitor) -> None:
    enter(clinic, 1)
    with statements(clinic.portal) as sent:
        ana.get("/results/blood-pressure")
    wanted = next(sql for sql in sent if "FROM observation" in sql)
    engine = clinic.portal.app.extensions["database"].engine
    with engine.connect() as connection:
        places = tuple("x" for _ in range(wanted.count("?")))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {wanted}", places).all()
    assert "ix_observation_patient_id_measure_taken_at" in repr(plan)


def test_long_list_is_leafed_through(clinic: Clinic, ana: Visitor) -> None:
    enter(clinic, ON_A_PAGE + 3)
    assert "All readings" in ana.get(OVERVIEW).text
    first = ana.get("/results/blood-pressure").text
    assert first.count("A mistake?") == ON_A_PAGE
    assert "page=2" in first
    second = ana.get("/results/blood-pressure?page=2").text
    assert second.count("A mistake?") == 3
    assert "page=1" in second
    assert "page=3" not in second
    assert "No readings here" in ana.get("/results/blood-pressure?page=99").text
    assert ana.get("/results/blood-pressure?page=nonsense").status_code == 200


def test_mistake_is_asked_about_once_and_leaves_the_chart(clinic: Clinic, ana: Visitor) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        number = operations.record(actor, readings.pressure("177", "99"))
    assert "177 over 99 mmHg" in ana.get(OVERVIEW).text
    path = f"/results/{number}/mistake"
    done = ana.send(path)
    assert done.headers["Location"] == "/results/blood-pressure"
    assert "no longer counts" in ana.follow(done).text
    assert "177 over 99" not in ana.get(OVERVIEW).text
    assert "marked as a mistake" in ana.get(path).text


def test_care_team_sees_home_tests_on_the_chart_and_in_full(clinic: Clinic) -> None:
    enter(clinic, 12)
    for member in (clinic.clinician, clinic.coordinator):
        staff = clinic.portal.visit(member)
        chart = staff.get(f"/patients/{clinic.patient.patient_id}").text
        assert "120 over 80 mmHg" in chart
        page = f"/patients/{clinic.patient.patient_id}/results"
        assert "All readings" in staff.get(page).text
        assert "A mistake?" not in staff.get(page).text
        assert "131 over 80" in staff.get(f"{page}?measure=blood-pressure&page=1").text
        assert staff.get(f"{page}?measure=nonsense").status_code == 200


def test_dangerous_reading_waits_on_the_first_page_of_the_care_team(clinic: Clinic) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        number = operations.record(actor, readings.pressure("192", "118"))
    marta = clinic.portal.visit(clinic.coordinator)
    today = marta.get("/").text
    assert f"{clinic.patient.name}: 192 over 118 mmHg" in today
    path = f"/urgent-readings/{number}"
    assert f'href="{path}"' in today
    assert "chest pain" in marta.get(path).text
    done = marta.send(path)
    assert done.headers["Location"] == f"/patients/{clinic.patient.patient_id}"
    assert "192 over 118" not in clinic.portal.visit(clinic.clinician).get("/").text
    assert "Seen to at" in marta.get(path).text
    ana = clinic.portal.visit(clinic.patient)
    assert "has seen this reading" in ana.get(f"/results/{number}/what-now").text


def test_first_page_says_what_was_measured_today(clinic: Clinic, ana: Visitor) -> None:
    assert "Enter the first one" in ana.get("/").text
    enter(clinic, 1)
    assert "120 over 80 mmHg" in ana.get("/").text


def test_stranger_finds_nothing(clinic: Clinic) -> None:
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
    stranger = clinic.portal.visit(clinic.portal.patient())
    for path in (f"/results/{number}/mistake", f"/results/{number}/what-now"):
        assert stranger.get(path).status_code == 404
    doctor = clinic.portal.visit(clinic.portal.clinic().clinician)
    assert doctor.get(f"/urgent-readings/{number}").status_code == 404
    assert doctor.get(f"/patients/{clinic.patient.patient_id}/results").status_code == 404
