"""What people see of a recording: the question, the red sign, and the pictures afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.consults.meeting import Hall, Meeting, says
from tests.consults.test_lock import locks
from tests.consults.test_paths import MediaNode
from tests.consults.test_recording import RECORDED, answers, ask, closed, folder, stands
from tests.journeys.looking import faults

pytestmark = pytest.mark.long

BOTH_PLAY = """() => {
  const films = [...document.querySelectorAll("#films video")];
  return films.length === 2 && films.every((one) => one.currentTime > 1 && one.videoWidth > 0)
    && Math.abs(films[0].currentTime - films[1].currentTime) < 0.5;
}"""
# One picture of each film, as the mean of its red, green and blue.
COLOURS = """() => [...document.querySelectorAll("#films video")].map((film) => {
  const canvas = new OffscreenCanvas(film.videoWidth, film.videoHeight);
  const pen = canvas.getContext("2d");
  pen.drawImage(film, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, one) => sum + one, 0) / data.length;
})"""


@pytest.fixture(scope="module")
def node(hall: Hall) -> Iterator[MediaNode]:
    """One node for this module."""
    started = MediaNode(hall._directory)
    yield started
    started.kill()


def watches(page: Page, meeting: Meeting) -> None:
    """Both pictures of the newest recording play, together."""
    page.goto(f"/recordings/{closed(meeting).id}")
    page.get_by_role("button", name="Play both together").click()
    page.wait_for_function(BOTH_PLAY)
    # Something bright is to be seen in both.
    assert min(page.evaluate(COLOURS)) > 70


def test_from_the_question_to_the_pictures(meeting: Meeting, node: MediaNode) -> None:
    patient, clinician = meeting.both()
    locks(patient)
    ask(clinician)
    expect(patient.get_by_role("dialog")).to_be_visible()
    # Enter, pressed by mistake, says neither yes nor no.
    patient.keyboard.press("Enter")
    patient.keyboard.press("Escape")
    expect(patient.get_by_role("dialog")).to_be_visible()
    assert faults(patient) == []
    answers(patient, "Yes")
    answers(clinician, "Yes")
    for page in (patient, clinician):
        stands(page, "running")
    says(patient, "You are connected with")
    patient.wait_for_timeout(RECORDED)
    assert faults(clinician) == []
    clinician.get_by_role("button", name="Stop the recording").click()
    stands(patient, "kept")
    watches(patient, meeting)
    assert faults(patient) == []
    watches(clinician, meeting)
    expect(clinician.get_by_text("Delete this recording")).to_have_count(0)
    patient.get_by_role("button", name="Delete this recording").click()
    patient.get_by_role("dialog").get_by_role("button", name="Delete the recording").click()
    expect(patient.get_by_text("The recording is deleted.")).to_be_visible()
    assert not (folder(meeting) / str(closed(meeting).file)).exists()
    assert clinician.reload() is not None
    expect(clinician.locator("#films")).to_have_count(0)
