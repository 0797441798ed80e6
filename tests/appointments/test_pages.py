"""Visits as each person meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts import operations as accounts
from app.accounts.models import Person
from app.appointments import queries
from app.appointments.pages.shown import WAITING_ROOM, room_url
from app.appointments.queries import AppointmentView
from app.appointments.rules import AppointmentState
from app.kernel import clock, db
from app.kernel.actor import Role
from app.web import times
from tests.appointments.test_operations import at, book
from tests.support.portal import PASSWORD, Clinic, Someone, Visitor


def new(clinic: Clinic) -> str:
    return f"/patients/{clinic.patient.patient_id}/visits/new"


def in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def booked(clinic: Clinic, hours: float = 0.0) -> UUID:
    with clinic.portal.inside():
        return book(clinic.patient, clinic.clinician, at(hours))


def view(clinic: Clinic, number: UUID) -> AppointmentView:
    with clinic.portal.inside():
        found = queries.appointment(clinic.portal.actor(clinic.patient), number)
    assert found is not None
    return found


def lives_in(clinic: Clinic, someone: Someone, zone: str) -> None:
    with clinic.portal.inside(), db.writing() as session:
        session.execute(update(Person).where(Person.id == someone.id).values(zone=zone))


def all_visits(clinic: Clinic) -> list[AppointmentView]:
    with clinic.portal.inside():
        return queries.visits(clinic.portal.actor(clinic.patient))


def test_coordinator_books_and_both_sides_see_it_in_their_own_time(clinic: Clinic) -> None:
    lives_in(clinic, clinic.clinician, "Europe/Budapest")
    marta = clinic.portal.visit(clinic.coordinator)
    done = marta.send(new(clinic), day="2027-01-20", clock="14:30", zone="Europe/Lisbon")
    assert done.headers["Location"] == "/visits"
    assert "The visit is booked: 14:30, Wednesday 20 January 2027, Lisbon time." in (
        marta.follow(done).text
    )
    patient = clinic.portal.visit(clinic.patient).get("/visits").text
    assert "14:30, Wednesday 20 January 2027, Lisbon time" in patient
    assert "In Budapest that is 15:30." in patient
    clinician = clinic.portal.visit(clinic.clinician).get("/visits").text
    assert "15:30, Wednesday 20 January 2027, Budapest time" in clinician
    assert "In Lisbon that is 14:30." in clinician


def test_time_is_read_on_the_clock_that_was_named(clinic: Clinic) -> None:
    lives_in(clinic, clinic.clinician, "Europe/Budapest")
    marta = clinic.portal.visit(clinic.coordinator)
    marta.send(new(clinic), day="2027-01-20", clock="14:30", zone="Europe/Budapest")
    (one,) = all_visits(clinic)
    assert one.starts_at.isoformat() == "2027-01-20T13:30:00+00:00"


def test_other_zone_says_its_day_when_that_differs(clinic: Clinic) -> None:
    lives_in(clinic, clinic.clinician, "Pacific/Auckland")
    marta = clinic.portal.visit(clinic.coordinator)
    marta.send(new(clinic), day="2027-01-20", clock="20:00")
    page = clinic.portal.visit(clinic.patient).get("/visits").text
    assert "In Auckland that is 09:00 on Thursday 21 January." in page


def test_same_clocks_are_said_once(clinic: Clinic) -> None:
    lives_in(clinic, clinic.clinician, "Europe/London")
    booked(clinic)
    assert "that is" not in clinic.portal.visit(clinic.patient).get("/visits").text


def test_visits_at_the_same_clock_can_be_told_apart_by_their_headings(clinic: Clinic) -> None:
    booked(clinic)
    booked(clinic, hours=24)
    page = clinic.portal.visit(clinic.patient).get("/visits").text
    headings = re.findall(r'<h3 id="visit-[^>]+>(.+?)</h3>', page, re.DOTALL)
    assert len(headings) == len(set(headings)) == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "", "clock": "14:30"}, "Please enter a day, such as"),
        ({"day": "tomorrow", "clock": "14:30"}, "Please enter a day, such as"),
        ({"day": "2027-02-30", "clock": "14:30"}, "Please enter a day, such as"),
        ({"day": "2027-01-20", "clock": ""}, "Please enter a time of day, such as"),
        ({"day": "2027-01-20", "clock": "25:00"}, "Please enter a time of day, such as"),
        ({"day": "2020-01-20", "clock": "14:30"}, "This time has passed."),
        ({"day": "0001-01-01", "clock": "00:00"}, "This time has passed."),
        ({"day": "2099-01-20", "clock": "14:30"}, "within a year from now"),
        ({"day": "9999-12-31", "clock": "23:59"}, "within a year from now"),
        ({"day": "2027-03-28", "clock": "01:30"}, "skip this time"),
        ({"day": "2027-10-31", "clock": "01:30"}, "comes twice"),
        ({"day": "2027-01-20", "clock": "14:30", "minutes": "7"}, "Not a valid choice"),
        ({"day": "2027-01-20", "clock": "14:30", "minutes": "x"}, "Invalid Choice"),
        ({"day": "2027-01-20", "clock": "14:30", "zone": "Mars/Base"}, "Not a valid choice"),
        ({"day": "2027-01-20", "clock": "14:30", "clinician": "x"}, "Not a valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_rest(
    clinic: Clinic, fields: dict[str, str], sentence: str
) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    answer = marta.send(new(clinic), **fields)
    assert answer.status_code == 422
    assert "<title>Error: Book a visit" in answer.text
    assert sentence in answer.text
    assert all_visits(clinic) == []


def test_taken_time_is_said_beside_the_clock_and_keeps_what_was_typed(clinic: Clinic) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    fields = {"day": "2027-01-20", "clock": "14:30", "minutes": "45"}
    marta.send(new(clinic), **fields)
    answer = marta.send(new(clinic), **(fields | {"clock": "15:00"}))
    assert "The clinician has another visit then." in answer.text
    kept = marta.filled(new(clinic))
    assert (kept["day"], kept["clock"], kept["minutes"]) == ("2027-01-20", "15:00", "45")


def test_double_click_books_once(clinic: Clinic) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    marta.get(new(clinic))
    fields = {**marta.filled(new(clinic)), "day": "2027-01-20", "clock": "14:30"}
    answers = [marta.post(new(clinic), fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(all_visits(clinic)) == 1


def test_booking_survives_a_session_that_ran_out(clinic: Clinic) -> None:
    portal, marta = clinic.portal, clinic.portal.visit(clinic.coordinator)
    marta.get(new(clinic))
    fields = {**marta.filled(new(clinic)), "day": "2027-01-20", "clock": "14:30"}
    with portal.inside():
        accounts.end_every_session(clinic.coordinator.id)
    assert "/sign-in" in marta.post(new(clinic), fields).headers["Location"]
    again = portal.visit()
    again.send("/sign-in", email=clinic.coordinator.email, password=PASSWORD)
    again.send("/sign-in/code", code=portal.code(clinic.coordinator))
    again.get(new(clinic))
    kept = again.filled(new(clinic))
    assert (kept["day"], kept["clock"]) == ("2027-01-20", "14:30")
    assert all_visits(clinic) == []


def test_patient_cancels_after_being_asked_once_more(clinic: Clinic) -> None:
    one = booked(clinic)
    ana = clinic.portal.visit(clinic.patient)
    path = f"/visits/{one}/cancel"
    assert f'href="{path}"' in ana.get("/visits").text
    assert "Cancel the visit?" in ana.get(path).text
    assert view(clinic, one).state is AppointmentState.BOOKED
    answer = ana.follow(ana.send(path))
    assert "The visit is cancelled." in answer.text
    assert "No visit is booked" in answer.text
    assert "Cancelled" in answer.text
    assert "This cannot be done now: Cancelled." in ana.get(path).text
    moving = clinic.portal.visit(clinic.coordinator).get(f"/visits/{one}/move").text
    assert "This cannot be done now: Cancelled." in moving
    assert 'name="day"' not in moving


def test_stale_move_shows_how_it_stands_and_keeps_what_was_typed(clinic: Clinic) -> None:
    one, portal = booked(clinic), clinic.portal
    path = f"/visits/{one}/move"
    imre, marta = portal.visit(clinic.clinician), portal.visit(clinic.coordinator)
    imre.get(path)
    mine = {**imre.filled(path), "day": "2027-02-01", "clock": "09:15"}
    marta.send(path, day="2027-01-20", clock="14:30")
    answer = imre.post(path, mine)
    assert answer.status_code == 409
    assert "Somebody else changed this visit" in answer.text
    assert "14:30, Wednesday 20 January 2027, Lisbon time" in answer.text
    kept = imre.filled(path)
    assert (kept["day"], kept["clock"]) == ("2027-02-01", "09:15")
    assert imre.post(path, kept).status_code == 303
    assert view(clinic, one).starts_at.isoformat() == "2027-02-01T09:15:00+00:00"


def test_stale_cancel_asks_again_with_the_new_time(clinic: Clinic) -> None:
    one, portal = booked(clinic), clinic.portal
    path = f"/visits/{one}/cancel"
    ana = portal.visit(clinic.patient)
    ana.get(path)
    fields = ana.filled(path)
    portal.visit(clinic.coordinator).send(f"/visits/{one}/move", day="2027-01-20", clock="14:30")
    answer = ana.post(path, fields)
    assert "Somebody else changed this visit" in answer.text
    assert "20 January 2027" in answer.text
    assert view(clinic, one).state is AppointmentState.BOOKED
    assert ana.post(path, ana.filled(path)).status_code == 303


def test_staff_note_that_nobody_came_once_the_time_has_passed(clinic: Clinic) -> None:
    portal, soon = clinic.portal, clock.now() + timedelta(minutes=5)
    with portal.inside():
        one = book(clinic.patient, clinic.clinician, soon)
    path = f"/visits/{one}/missed"
    marta = portal.visit(clinic.coordinator)
    assert "This cannot be done now: Booked." in marta.get(path).text
    with clock.standing_at(soon + timedelta(minutes=6)):
        marta.follow(marta.send(path))
    assert view(clinic, one).state is AppointmentState.NOSHOW
    assert "The patient did not come" in marta.get("/visits").text


def test_stranger_finds_no_visit(clinic: Clinic) -> None:
    portal, one = clinic.portal, booked(clinic)
    strangers = [
        portal.person(Role.CLINICIAN),
        portal.person(Role.COORDINATOR),
        portal.patient(clinic.clinician),
        clinic.administrator,
    ]
    for who in strangers:
        visitor = portal.visit(who)
        for page in ("cancel", "move", "missed", "calendar"):
            assert visitor.get(f"/visits/{one}/{page}").status_code == 404
        assert visitor.get(new(clinic)).status_code == 404
        assert act_anyway(visitor, f"/visits/{one}/cancel", version="1") == 404
    ana = portal.visit(clinic.patient)
    for path in (f"/visits/{one}/move", f"/visits/{one}/missed", new(clinic)):
        assert ana.get(path).status_code == 404
    assert ana.get(f"/visits/{uuid4()}/cancel").status_code == 404
    assert view(clinic, one).state is AppointmentState.BOOKED


def act_anyway(visitor: Visitor, path: str, **fields: str) -> int:
    """Post with the keys of another form of this person's."""
    visitor.get("/settings")
    return visitor.post(path, {**visitor.filled("/sign-out"), **fields}).status_code


def test_first_page_shows_the_next_visit_and_the_way_into_it(clinic: Clinic) -> None:
    soon = clock.now() + timedelta(minutes=30)
    booked(clinic)
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, soon, 15)
    page = clinic.portal.visit(clinic.patient).get("/").text
    with clinic.portal.app.test_request_context(base_url="https://nearside.test"):
        room = room_url(view(clinic, one))
    assert f"with {clinic.clinician.name}" in page
    assert room is not None
    assert f'href="{room}"' in page
    assert room in clinic.portal.visit(clinic.clinician).get("/visits").text
    # The coordinator plans visits and is not part of the call.
    assert f'href="{room}"' not in clinic.portal.visit(clinic.coordinator).get("/visits").text


def test_portal_without_a_waiting_room_offers_none(clinic: Clinic) -> None:
    one = view(clinic, booked(clinic))
    with Flask("bare").app_context():
        assert room_url(one) is None
    assert WAITING_ROOM in clinic.portal.app.view_functions


def test_staff_see_the_visits_of_the_day_first(clinic: Clinic) -> None:
    soon = clock.now() + timedelta(seconds=5)
    with clinic.portal.inside():
        book(clinic.patient, clinic.clinician, soon)
    for who in (clinic.clinician, clinic.coordinator):
        page = clinic.portal.visit(who).get("/").text
        assert "Video visit: " in page
        assert clinic.patient.name in page


def test_chart_lists_visits_and_leads_to_booking(clinic: Clinic) -> None:
    chart = f"/patients/{clinic.patient.patient_id}"
    marta = clinic.portal.visit(clinic.coordinator)
    assert "No visit is booked." in marta.get(chart).text
    booked(clinic)
    page = marta.get(chart).text
    assert f'href="{new(clinic)}"' in page
    assert "No visit is booked." not in page


def test_calendar_file_names_the_moment_and_nobody(clinic: Clinic) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    marta.send(new(clinic), day="2027-01-20", clock="14:30", minutes="45")
    (one,) = all_visits(clinic)
    answer = clinic.portal.visit(clinic.patient).get(f"/visits/{one.id}/calendar")
    assert answer.mimetype == "text/calendar"
    lines = answer.text.split("\r\n")
    assert {"DTSTART:20270120T143000Z", "DTEND:20270120T151500Z", "STATUS:CONFIRMED"} <= set(lines)
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert clinic.patient.name not in answer.text
    assert clinic.clinician.name not in answer.text


def test_team_without_a_clinician_says_what_is_missing(clinic: Clinic) -> None:
    patient = clinic.portal.patient(clinic.coordinator)
    marta = clinic.portal.visit(clinic.coordinator)
    page = marta.get(f"/patients/{patient.patient_id}/visits/new")
    assert "No clinician yet" in page.text
    status = act_anyway(
        marta, f"/patients/{patient.patient_id}/visits/new", day="2027-01-20", clock="14:30"
    )
    assert status == 422


def test_shown_times_have_a_reader(clinic: Clinic) -> None:
    """The same instant reads differently for people in different zones."""
    lives_in(clinic, clinic.patient, "Asia/Tokyo")
    one = view(clinic, booked(clinic))
    page = clinic.portal.visit(clinic.patient).get("/visits").text
    assert times.zone_label("Asia/Tokyo") in page
    assert one.patient_zone == "Asia/Tokyo"
