"""What interrupts a call ends, and the call returns by itself; both are told meanwhile."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page

from tests.consults.hard.calling import streams
from tests.consults.meeting import Meeting, flows, reaches, says, stats
from tests.consults.test_line import both_over, lose
from tests.consults.test_paths import goes

pytestmark = pytest.mark.long

CUT_MILLISECONDS = 10_000
# Less than after which the page tries once more by itself.
SOON_MILLISECONDS = 2500
ANOTHER_NETWORK = "(at) => setTimeout(() => dispatchEvent(new Event('online')), at - Date.now())"
# What this page says next to the other gets lost on the way.
LOSE_ONE = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (said) {
    if (!String(said).includes("description")) return send.call(this, said);
    WebSocket.prototype.send = send;
  };
}"""


def routes(page: Page) -> str:
    """The name of this page's routes, which changes when it has new ones."""
    (found,) = [one for one in stats(page)["stats"] if one["type"] == "transport"]
    name: str = found["iceLocalUsernameFragment"]
    return name


def wants_routes(*pages: Page) -> None:
    """Each is on another network, all at the same moment."""
    for page in pages:
        page.evaluate(ANOTHER_NETWORK, 1000 * time.time() + 300)


def test_new_routes_keep_connection_and_picture_whoever_wants_them(meeting: Meeting) -> None:
    pages = patient, clinician = meeting.both()
    for page in pages:
        goes(page, "direct")
        flows(page)
    before, first = [streams(page) for page in pages], [routes(page) for page in pages]
    wants_routes(*pages)
    patient.wait_for_timeout(SOON_MILLISECONDS)
    second = [routes(page) for page in pages]
    # The clinician's offer gets lost, and the patient's wish has it said again.
    clinician.evaluate(LOSE_ONE)
    wants_routes(clinician)
    patient.wait_for_timeout(1000)
    wants_routes(patient)
    patient.wait_for_timeout(SOON_MILLISECONDS)
    third = [routes(page) for page in pages]
    for names in zip(first, second, third, strict=True):
        assert len(set(names)) == len(names)
    assert [streams(page) for page in pages] == before
    for page in pages:
        flows(page)


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
