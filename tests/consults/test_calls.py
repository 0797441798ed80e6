"""Two people in two browsers, and everything that can happen to their call."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from app.appointments import queries as appointments
from app.appointments.rules import AppointmentState
from app.consults import queries
from app.consults.models import Call, Consult
from app.consults.rules import CallState, VisitState
from app.kernel import db
from tests.consults.caller import until
from tests.consults.meeting import Hall, Meeting, flows, inbound, join, reaches, says


def calls(meeting: Meeting) -> list[Call]:
    """The attempts to connect, as they are kept."""
    mine = select(Call).join(Consult).where(Consult.appointment_id == meeting.appointment)
    with meeting.portal.inside():
        return list(db.session().scalars(mine.order_by(Call.began_at)))


def visit_state(meeting: Meeting) -> VisitState:
    """Where the visit stands."""
    actor = meeting.portal.actor(meeting.clinician)
    with meeting.portal.inside():
        found = queries.visit(actor, meeting.appointment)
        assert found is not None
        return found.state


def test_two_people_see_and_hear_each_other(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(patient)
    flows(clinician)
    says(patient, "You are connected with Dr Imre Kovács.")
    says(clinician, "You are connected with Ana Sousa.")
    call = calls(meeting)[-1]
    assert call.state is CallState.CONNECTED
    assert call.setup_milliseconds
    assert call.reconnects == 0
    assert visit_state(meeting) is VisitState.IN_PROGRESS


def test_each_is_told_who_is_here_before_anybody_joins(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient)
    who = patient.locator("#who")
    expect(who).to_have_text("Dr Imre Kovács is not here yet. You can wait on this page.")
    clinician = meeting.arrive(meeting.clinician)
    expect(who).to_have_text("Dr Imre Kovács is in the waiting room.")
    expect(clinician.locator("#who")).to_have_text("Ana Sousa is in the waiting room.")
    join(clinician)
    expect(who).to_have_text("Dr Imre Kovács is in the call. You can join.")
    says(clinician, "Ana Sousa is in the waiting room and will appear here")
    clinician.context.close()
    expect(who).to_have_text("Dr Imre Kovács was in the call and has lost connection.")


def test_muting_and_closing_the_camera_reach_the_other_side(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    patient.get_by_role("button", name="Mute").click()
    expect(clinician.get_by_text("is muted")).to_be_visible()
    clinician.wait_for_timeout(700)
    before = inbound(clinician, "audio")["totalAudioEnergy"]
    clinician.wait_for_timeout(2500)
    assert inbound(clinician, "audio")["totalAudioEnergy"] - before < 1e-6

    patient.get_by_role("button", name="Camera off").click()
    says(clinician, "Their camera and microphone are off.")
    clinician.wait_for_timeout(700)
    frames = inbound(clinician, "video")["framesDecoded"]
    clinician.wait_for_timeout(1000)
    assert inbound(clinician, "video")["framesDecoded"] == frames

    patient.get_by_role("button", name="Unmute").click()
    patient.get_by_role("button", name="Camera on").click()
    expect(clinician.locator("#call-status")).to_have_text("You are connected with Ana Sousa.")
    flows(clinician)
    assert inbound(clinician, "audio")["totalAudioEnergy"] > before


def test_a_reload_of_either_side_returns_by_itself(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    for page, other in ((patient, clinician), (clinician, patient)):
        page.reload()
        reaches(page, "connected")
        reaches(other, "connected")
        flows(page)
        flows(other)
    (call,) = [one for one in calls(meeting) if one.ended_at is None]
    assert call.state is CallState.CONNECTED
    assert call.reconnects == 2


def test_a_reload_turns_on_nothing_that_was_off(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    patient.get_by_role("button", name="Mute").click()
    patient.get_by_role("button", name="Camera off").click()
    says(clinician, "Their camera and microphone are off.")
    patient.reload()
    reaches(patient, "connected")
    expect(patient.get_by_role("button", name="Unmute")).to_be_visible()
    expect(patient.get_by_role("button", name="Camera on")).to_be_visible()
    patient.wait_for_timeout(1500)
    says(clinician, "Their camera and microphone are off.")
    assert not inbound(clinician, "video").get("framesDecoded")
    assert inbound(clinician, "audio").get("totalAudioEnergy", 0) < 1e-6
    patient.get_by_role("button", name="Unmute").click()
    patient.get_by_role("button", name="Camera on").click()
    expect(clinician.locator("#call-status")).to_have_text("You are connected with Ana Sousa.")
    clinician.wait_for_timeout(1000)
    flows(clinician)
    patient.reload()
    reaches(patient, "connected")
    expect(patient.get_by_role("button", name="Mute")).to_be_visible()
    expect(patient.get_by_role("button", name="Camera off")).to_be_visible()


def test_who_vanishes_is_waited_for_in_words(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    clinician.goto("/")
    says(patient, "Dr Imre Kovács lost connection. Waiting for them to return.")
    clinician.go_back()
    reaches(patient, "connected")
    flows(patient)


def test_hanging_up_leaves_the_visit_open_to_join_again(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    patient.get_by_role("button", name="Hang up").click()
    reaches(patient, "none")
    says(clinician, "Ana Sousa is in the waiting room")
    expect(patient.locator("#announced")).to_contain_text("you can join again")
    assert visit_state(meeting) is VisitState.IN_PROGRESS
    join(patient)
    expect(patient.locator("#announced")).to_be_empty()
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)
    clinician.get_by_role("button", name="Hang up").click()
    patient.get_by_role("button", name="Hang up").click()
    reaches(patient, "none")
    expect(patient.locator("#who")).to_have_text("Dr Imre Kovács is in the waiting room.")
    until(lambda: calls(meeting)[-1].state is CallState.ENDED, "the end of the call")
    assert visit_state(meeting) is VisitState.IN_PROGRESS


def test_the_clinician_finishes_and_the_patient_is_told(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    clinician.get_by_role("button", name="Finish the visit").first.click()
    asked = clinician.get_by_role("dialog")
    expect(asked).to_contain_text("The call ends for everybody")
    asked.get_by_role("button", name="Finish the visit").click()
    for page in (clinician, patient):
        expect(page.get_by_role("heading", level=1)).to_contain_text("is finished")
        expect(page.get_by_role("button", name="Join the call")).to_have_count(0)
    assert visit_state(meeting) is VisitState.FINISHED
    assert [one for one in calls(meeting) if one.ended_at is None] == []
    actor = meeting.portal.actor(meeting.patient)
    with meeting.portal.inside():
        found = appointments.appointment(actor, meeting.appointment)
        assert found is not None
        assert found.state is AppointmentState.FULFILLED


def test_joining_on_a_second_page_stops_the_first_kindly(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    second = patient.context.new_page()
    second.goto(meeting.path)
    expect(second.locator("#who")).to_contain_text("You are in this call on another page")
    reaches(patient, "connected")
    join(second)
    reaches(second, "connected")
    reaches(patient, "replaced")
    expect(patient.get_by_text("You opened this visit on another page")).to_be_visible()
    flows(second)
    flows(clinician)


def test_the_call_outlives_the_portal_and_both_find_each_other_again(
    meeting: Meeting, hall: Hall
) -> None:
    patient, clinician = meeting.both()
    hall.restart()
    flows(patient)
    reaches(clinician, "connected")
    expect(clinician.locator("html[data-line=up]")).to_be_attached()
    expect(patient.locator("html[data-line=up]")).to_be_attached()
    patient.get_by_role("button", name="Hang up").click()
    says(clinician, "Ana Sousa is in the waiting room")
    join(patient)
    reaches(patient, "connected")
    flows(clinician)
