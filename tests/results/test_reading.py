"""What patient and care team see of home tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import event

from app.clinical import measures
from app.kernel import clock
from app.results import operations, queries
from app.results.pages.panels import Panel
from app.results.queries import ON_A_PAGE
from app.web.plots import plot
from tests.care import circle
from tests.results import readings
from tests.support.inspection import words
from tests.support.portal import Clinic, Portal, Visitor

OVERVIEW = "/results"
# Long enough ago to be past, and never near midnight.
NOON = (clock.now() - timedelta(days=2)).replace(hour=12, minute=0)


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
            entry = readings.pressure(str(120 + number % 20), "80", minutes_ago=60 * number)
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
    circle.grant(clinic)
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


def test_own_dangerous_reading_stands_first_until_somebody_sees_to_it(
    clinic: Clinic, ana: Visitor
) -> None:
    with clinic.portal.inside():
        number = operations.record(
            clinic.portal.actor(clinic.patient), readings.pressure("195", "125")
        )
    first, *others = steps(ana)
    assert "Your turn" in first
    assert "Please act now: your blood pressure was 195 over 125 mmHg" in first
    assert f'href="/results/{number}/what-now"' in ana.get("/").text
    assert not any("Blood pressure at home" in one for one in others)
    clinic.portal.visit(clinic.coordinator).send(f"/urgent-readings/{number}")
    assert not any("Please act now" in one for one in steps(ana))


def test_dangerous_reading_of_last_week_no_longer_asks_to_act(clinic: Clinic, ana: Visitor) -> None:
    actor, last_week = clinic.portal.actor(clinic.patient), clock.now() - timedelta(days=7)
    with clinic.portal.inside(), clock.standing_at(last_week):
        operations.record(actor, readings.pressure("195", "125"))
    assert not any("Please act now" in one for one in steps(ana))
    assert any("Not measured yet today" in one for one in steps(ana))


def test_readings_of_one_minute_stand_in_the_order_they_were_entered(
    portal_on_each: Portal,
) -> None:
    clinic = portal_on_each.clinic()
    actor, patient = clinic.portal.actor(clinic.patient), clinic.patient.patient_id
    assert patient is not None
    start = clock.now().replace(second=10)
    entered = ["131", "125", "139", "122", "128", "134"]
    with clinic.portal.inside():
        entries = [readings.pressure(one, "80") for one in entered]
        same = [replace(one, day=entries[0].day, clock=entries[0].clock) for one in entries]
        for number, entry in enumerate(same):
            with clock.standing_at(start + timedelta(seconds=number)):
                operations.record(actor, entry)
        key = "blood-pressure"
        found = [queries.recent(patient)[key], queries.page(patient, key, 1)[0]]
        last = queries.latest(patient, key)
        lines = [Panel(measures.get(key), shown).lines[0] for shown in found]
    assert last is not None
    assert str(last.values["systolic"]) == entered[-1]
    for shown, line in zip(found, lines, strict=True):
        assert [str(one.values["systolic"]) for one in shown] == entered[::-1]
        assert [value for _at, value in line[1]] == [float(one) for one in entered]
        assert plot([line]).lines[0].latest == entered[-1]


def test_weights_of_one_day_name_it_once_on_an_axis_of_four_kilograms(
    clinic: Clinic, ana: Visitor
) -> None:
    with clinic.portal.inside(), clock.standing_at(NOON):
        for minutes, value in ((30, "71.5"), (5, "71.7")):
            entry = readings.weight(value, minutes_ago=minutes)
            operations.record(clinic.portal.actor(clinic.patient), entry)
    ana.get("/results/weight")
    (days,) = classed(ana, "div", "chart-x")
    (values,) = classed(ana, "div", "chart-y")
    assert len(list(days)) == 1
    ticks = [float(words(one)) for one in values]
    assert ticks[0] - ticks[-1] >= 4


def classed(visitor: Visitor, tag: str, name: str) -> list[Element]:
    assert visitor.page is not None
    return [one for one in visitor.page.iter(tag) if one.get("class") == name]


def steps(visitor: Visitor) -> list[str]:
    """What the first page says on each bead of its thread."""
    visitor.get("/")
    (thread,) = classed(visitor, "ol", "thread")
    return [words(one) for one in thread]


def test_stranger_finds_nothing(clinic: Clinic) -> None:
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
    stranger = clinic.portal.visit(clinic.portal.patient())
    for path in (f"/results/{number}/mistake", f"/results/{number}/what-now"):
        assert stranger.get(path).status_code == 404
    doctor = clinic.portal.visit(clinic.portal.clinic().clinician)
    assert doctor.get(f"/urgent-readings/{number}").status_code == 404
    assert doctor.get(f"/patients/{clinic.patient.patient_id}/results").status_code == 404
