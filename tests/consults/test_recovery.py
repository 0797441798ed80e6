"""What interrupts a call ends, and the call returns by itself; both are told meanwhile."""

from __future__ import annotations

from tests.consults.meeting import Meeting, flows, reaches, says
from tests.consults.test_line import both_over, lose

CUT_MILLISECONDS = 10_000


def test_after_ten_seconds_without_a_network_pictures_come_back(meeting: Meeting) -> None:
    patient, clinician, session = both_over(meeting, 0)
    flows(patient)
    lose(session, 100)
    for page in (patient, clinician):
        says(page, "The connection is interrupted. We are connecting you again.")
    patient.wait_for_timeout(CUT_MILLISECONDS)
    lose(session, 0)
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)


def test_a_page_that_slept_returns_to_its_call(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(patient)
    session = patient.context.new_cdp_session(patient)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    clinician.wait_for_timeout(CUT_MILLISECONDS)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)


def test_going_offline_and_back_asks_for_new_routes(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(patient)
    patient.context.set_offline(True)
    patient.wait_for_timeout(3000)
    patient.context.set_offline(False)
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)
