"""A picture that stands still while sound comes: what is tried, how often, and what is told."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.consults.caller import until
from tests.consults.meeting import Meeting, comes, flows, inbound, join, reaches, says, stats

STANDING = Path(__file__).with_name("thawing.mjs")
LONGEST_SECONDS = 130
SOON_MILLISECONDS = 20_000
# A camera that can be stopped without a word: it stays on, and no frame comes of it.
CAMERA = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await real(wanted);
  const [track] = stream.getVideoTracks();
  if (!track) return stream;
  const shown = new MediaStreamTrackGenerator({ kind: "video" });
  const pass = (frame, to) => (window.cameraStopped ? frame.close() : to.enqueue(frame));
  const gate = new TransformStream({ transform: pass });
  new MediaStreamTrackProcessor({ track }).readable.pipeThrough(gate).pipeTo(shown.writable);
  return new MediaStream([...stream.getAudioTracks(), shown]);
};
"""


def an_hour() -> dict[str, Any]:
    done = subprocess.run(["node", str(STANDING)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_as_long_as_the_page_is_open_something_is_tried_ever_more_seldom() -> None:
    told = an_hour()
    hour = [(at, step) for at, step in told["tried"] if at < 3600]
    assert [step for _, step in hour[:3]] == ["routes", "anew", "anew"]
    pauses = [after - before for (before, _), (after, _) in pairwise(hour)]
    assert len(hour) > 20
    assert pauses[0] < pauses[2] < pauses[4]
    assert all(after > before - 2 for before, after in pairwise(pauses))
    assert max(pauses) < LONGEST_SECONDS
    assert hour[-1][0] > 3600 - LONGEST_SECONDS


def test_what_is_told_goes_from_one_sentence_to_the_next_and_away() -> None:
    told = an_hour()
    assert told["first"] == ["", "frozen", "tried"]
    assert told["moving"] == ""
    # After a while in which it moved, the next time is a first time.
    assert told["second"][-1] == "frozen"
    (again,) = [(at, step) for at, step in told["tried"] if at > told["again"]]
    assert again[1] == "routes"
    assert again[0] - told["again"] < 6


@pytest.fixture
def pages(meeting: Meeting) -> tuple[Page, Page]:
    """The patient, whose camera can be stopped, and the clinician, both in the call."""
    patient = meeting.arrive(meeting.patient, script=CAMERA)
    clinician = meeting.arrive(meeting.clinician)
    for page in (patient, clinician):
        join(page)
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)
    return patient, clinician


def connections(page: Page) -> str:
    """Under which name the page hears the other's sound: each new connection has its own."""
    return str(inbound(page, "audio").get("ssrc"))


def test_a_picture_that_stands_is_said_and_sought_while_people_talk_on(
    pages: tuple[Page, Page],
) -> None:
    patient, clinician = pages
    before = connections(clinician)
    patient.evaluate("window.cameraStopped = true")
    told = clinician.locator("#call-status")
    stands = "The picture of Ana Sousa stands still. You can go on talking"
    expect(told).to_contain_text(stands, timeout=SOON_MILLISECONDS)
    heard = comes(clinician, "audio")["bytesReceived"]
    clinician.wait_for_timeout(1000)
    assert inbound(clinician, "audio")["bytesReceived"] > heard
    # Nothing is wrong with what comes to the patient.
    says(patient, "You are connected with Dr Imre Kovács.")
    still = "The picture of Ana Sousa still does not move."
    expect(told).to_contain_text(still, timeout=SOON_MILLISECONDS)
    until(lambda: connections(clinician) not in {before, "None"}, "a new connection")
    patient.evaluate("window.cameraStopped = false")
    expect(told).to_have_text("You are connected with Ana Sousa.", timeout=SOON_MILLISECONDS)
    assert stats(clinician)["state"] == "connected"
    flows(clinician)
