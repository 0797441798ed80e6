"""Joining without a camera, without permission, or with neither: nobody is turned away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from app.appointments.operations import CHANGED
from app.kernel import db, outbox
from tests.consults.meeting import Hall, Meeting, comes, join, reaches, says
from tests.support.browser import CAMERA, FLAGS, Visitors
from tests.support.packages import chromium

NO_QUESTIONS = "--use-fake-ui-for-media-stream"
Elsewhere = Callable[..., Visitors]


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Elsewhere]:
    """A person on another machine: a Chromium that lacks some of the usual flags."""
    with ExitStack() as stack:

        def arrive(*lacking: str) -> Visitors:
            flags = [flag for flag in FLAGS if flag not in lacking]
            if os.geteuid() == 0:
                flags.append("--no-sandbox")
            other = browser.browser_type.launch(executable_path=chromium(), args=flags)
            stack.callback(other.close)
            return Visitors(other)

        yield arrive


def refuse(page: Page, *names: str) -> None:
    """Answer the browser's question for these devices with no, for good."""
    session = page.context.browser.new_browser_cdp_session()
    for name in names:
        session.send("Browser.setPermission", {"permission": {"name": name}, "setting": "denied"})


def loudest(page: Page) -> float:
    """How far the bar of the microphone goes within two seconds."""
    level = page.locator("#level")
    heights = []
    for _ in range(40):
        heights.append(float(level.evaluate("meter => meter.value")))
        page.wait_for_timeout(50)
    return max(heights)


def test_denied_permission_is_explained_and_one_can_still_watch(
    hall: Hall, visitors: Visitors, elsewhere: Elsewhere
) -> None:
    meeting = hall.meeting(visitors)
    clinician = meeting.arrive(meeting.clinician)
    join(clinician)
    theirs = elsewhere(NO_QUESTIONS)
    patient = Meeting(**{**vars(meeting), "visitors": theirs}).arrive(
        meeting.patient, allowed=False
    )
    refuse(patient, "camera", "microphone")
    patient.get_by_role("button", name="Check camera and microphone").click()
    help_text = patient.locator("#device-help")
    expect(help_text).to_contain_text("does not let this page use the camera")
    expect(help_text).to_contain_text("does not let this page use the microphone")
    expect(help_text).to_contain_text("You can still join to watch and listen.")
    # Each sentence has the whole line: beside one another the second was a letter wide.
    for line in help_text.locator("p").all():
        assert line.evaluate("p => p.clientWidth > 0.8 * p.closest('.notice').clientWidth")
    join(patient)
    reaches(patient, "connected")
    says(clinician, "Their camera and microphone are off.")
    says(patient, "Nobody hears you: your microphone is off.")
    comes(patient, "video")
    patient.get_by_role("button", name="Microphone on").click()
    expect(patient.locator("#announced")).to_contain_text("let this page use the microphone")
    theirs.leave()
    assert theirs.complaints == []


def test_without_any_device_one_can_watch_and_listen(
    hall: Hall, visitors: Visitors, elsewhere: Elsewhere
) -> None:
    meeting = hall.meeting(visitors)
    clinician = meeting.arrive(meeting.clinician)
    join(clinician)
    theirs = elsewhere(CAMERA)
    patient = Meeting(**{**vars(meeting), "visitors": theirs}).arrive(meeting.patient)
    join(patient)
    reaches(patient, "connected")
    reaches(clinician, "connected")
    comes(patient, "video")
    patient.get_by_role("button", name="Hang up").click()
    help_text = patient.locator("#device-help")
    expect(help_text).to_contain_text("We found no camera on this device.")
    expect(help_text).to_contain_text("We found no microphone on this device.")
    theirs.leave()
    assert theirs.complaints == []


def test_sound_alone_is_a_choice(meeting: Meeting) -> None:
    patient, clinician = meeting.arrive(meeting.patient), meeting.arrive(meeting.clinician)
    patient.get_by_label("With sound only").check()
    expect(patient.locator("#no-preview")).to_be_visible()
    join(patient)
    join(clinician)
    reaches(clinician, "connected")
    says(clinician, "Their picture is off, but you can hear them.")
    comes(clinician, "audio")
    patient.get_by_role("button", name="Camera on").click()
    expect(clinician.locator("#call-status")).to_have_text("You are connected with Ana Sousa.")
    comes(clinician, "video")


def test_the_preview_shows_the_camera_and_the_bar_moves_with_the_voice(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    page.get_by_role("heading", name="Waiting room").click()
    preview = page.locator("#devices .call-self")
    expect(preview).to_be_visible()
    expect(page.get_by_label("Camera", exact=True)).to_contain_text("fake_device")
    assert loudest(page) > 0
    assert preview.evaluate("video => video.videoWidth") > 0
    join(page)
    reaches(page, "alone")
    assert loudest(page) == 0
    page.get_by_role("button", name="Hang up").click()
    assert loudest(page) > 0


SLOW_DEVICES = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((done) => setTimeout(done, 1500));
    return open(wish);
  };
"""


def test_pressing_join_holds_through_a_reload_before_the_devices_open(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    page.add_init_script(SLOW_DEVICES)
    page.reload()
    join(page)
    page.reload()
    reaches(page, "alone")


def test_what_was_chosen_before_joining_outlives_a_reload(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    expect(page.locator("#devices .call-self")).to_be_visible()
    page.get_by_label("Only watch and listen").check()
    expect(page.locator("#no-preview")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Only watch and listen")).to_be_checked()
    join(page)
    reaches(page, "alone")
    page.reload()
    reaches(page, "alone")
    for name in ("Microphone on", "Camera on"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_label("Only watch and listen")).to_be_checked()
    expect(page.locator("#no-preview")).to_be_visible()


def test_a_visit_that_changes_leaves_people_where_they_stood(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    join(page)
    reaches(page, "alone")
    page.get_by_role("button", name="Hang up").click()
    again = page.get_by_role("button", name="Join the call")
    expect(again).to_be_focused()
    told = page.locator("#announced").inner_text()
    page.evaluate("window.drawnOnce = true")
    with meeting.portal.inside(), db.writing():
        outbox.hint(CHANGED, people=[meeting.patient.id], number=meeting.appointment)
    page.wait_for_function("() => !window.drawnOnce && document.documentElement.dataset.callState")
    expect(again).to_be_focused()
    assert told
    expect(page.locator("#announced")).to_have_text(told)
