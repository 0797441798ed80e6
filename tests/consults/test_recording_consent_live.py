"""A no to recordings reaches calls that go on: the next socket event, and every open page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.care.rules.consents import Purpose
from app.consults.operations.recording import NOT_AGREED
from app.consults.rules.recording import Ending, RecordingState
from tests.care.consenting import says
from tests.consults.caller import Line
from tests.consults.meeting import Hall, Meeting, reaches
from tests.consults.test_lock import locks
from tests.consults.test_paths import MediaNode
from tests.consults.test_recording import closed, is_told, recorded

WITHIN_SECONDS = 5.0


@pytest.fixture(scope="module")
def running_node(hall: Hall) -> Iterator[MediaNode]:
    """One node for this module."""
    node = MediaNode(hall._directory)
    yield node
    node.kill()


@pytest.fixture
def line(quiet_meeting: Meeting) -> Iterator[Line]:
    """The clinician's socket."""
    line = Line(quiet_meeting, quiet_meeting.clinician)
    yield line
    line.close()


def test_the_next_socket_event_knows_of_it(quiet_meeting: Meeting, line: Line) -> None:
    line.enter()
    assert line.ask("recording", step="see")["offered"] is True
    says(quiet_meeting.portal, quiet_meeting.patient, Purpose.RECORDING, agreed=False)
    assert line.ask("recording", step="see")["offered"] is False
    with quiet_meeting.portal.app.test_request_context():
        refused = {"refused": "Refusal", "sentence": str(NOT_AGREED)}
    assert line.ask("recording", step="ask") == refused


def decide(tab: Page, button: str) -> None:
    """Press a button on the patient's page about recordings."""
    tab.goto("/record/consents/recording")
    tab.get_by_role("button", name=button).click()
    expect(tab.get_by_role("heading", name="What you agree to", level=1)).to_be_visible()


def test_taken_back_in_another_tab_it_ends_the_recording_and_hides_the_question(
    meeting: Meeting, running_node: MediaNode
) -> None:
    patient, clinician = recorded(meeting)
    tab = patient.context.new_page()
    began = time.monotonic()
    decide(tab, "Take my agreement back")
    for page in (patient, clinician):
        is_told(page, "because somebody took back their yes")
        expect(page.locator("#recording-sign")).to_be_hidden()
    assert time.monotonic() - began < WITHIN_SECONDS
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.WITHDRAWN)
    ask = clinician.get_by_role("button", name="Record this visit")
    for page in (patient, clinician):
        reaches(page, "connected")
        locks(page)
    expect(ask).to_be_hidden()
    decide(tab, "Yes, I agree")
    expect(ask).to_be_visible()
