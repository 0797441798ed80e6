"""The check call, through a real media node: what one sees of oneself, and the plain answer."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.consults.checking import (
    begin,
    checked,
    concludes,
    counted,
    figures,
    opened,
    to_do,
    until,
    why,
)
from tests.consults.meeting import Hall, Meeting
from tests.consults.test_line import worsen
from tests.consults.test_paths import MediaNode, node, running_node
from tests.journeys.looking import faults
from tests.media.running import Plain
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Someone

__all__ = ["node", "running_node"]


def legs(node: MediaNode) -> int:
    """How many connections the node has."""
    one = Plain(node.path)
    one.request("GET", "/health")
    found: int = json.loads(one.getresponse().read())["legs"]
    one.close()
    return found


def test_one_sees_oneself_come_back_and_video_will_work(meeting: Meeting, node: MediaNode) -> None:
    page = checked(meeting, "Video will work")
    assert "Your camera and your microphone work." in why(page)
    assert "carries picture and sound well" in why(page)
    assert to_do(page) == "You are ready for the visit."
    before = counted(page)
    page.wait_for_timeout(1500)
    after = counted(page)
    for way in ("audio-out", "audio-in", "video-out", "video-in", "decoded"):
        assert after[way] > before[way] > 0, way
    expect(page.locator("#seen-words")).to_contain_text("after its way to our server and back")
    assert page.locator("#seen").evaluate("video => video.videoWidth") > 0
    expect(page.locator("#heard")).to_have_text("We hear you.")


def test_the_way_back_is_silent_until_one_asks_to_hear_it(
    meeting: Meeting, node: MediaNode
) -> None:
    page = checked(meeting, "Video will work")
    seen = page.locator("#seen")
    assert seen.evaluate("video => video.muted") is True
    page.get_by_role("button", name="Hear myself").click()
    assert seen.evaluate("video => video.muted") is False
    assert seen.evaluate("video => video.srcObject.getAudioTracks().length") == 1
    page.get_by_role("button", name="Stop hearing myself").click()
    assert seen.evaluate("video => video.muted") is True


def test_leaving_the_page_gives_the_place_at_the_node_back(
    meeting: Meeting, node: MediaNode
) -> None:
    page = checked(meeting, "Video will work")
    assert legs(node) == 1
    page.get_by_role("link", name="Go to the waiting room").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Visit with Dr Imre Kovács")
    assert legs(node) == 0


def test_three_seconds_are_played_back_and_go_nowhere(meeting: Meeting, node: MediaNode) -> None:
    page = checked(meeting, "Video will work")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Record three seconds").click()
    expect(page.locator("#record-words")).to_have_text("Recording. Please speak…")
    expect(page.locator("#record-words")).to_have_text("This is how you look and sound.")
    played = "() => { const { currentTime, videoWidth } = document.getElementById('recorded');"
    until(page, f"{played} return currentTime > 1 && videoWidth > 0; }}", "the recording plays")
    expect(page.locator("#record-words")).to_contain_text("Could you see and hear yourself well?")
    decoded = "video => [video.webkitAudioDecodedByteCount, video.webkitVideoDecodedByteCount]"
    assert all(count > 0 for count in page.locator("#recorded").evaluate(decoded))
    assert [one for one in asked if not one.startswith("blob:")] == []


def test_the_speaker_plays_where_one_chose_and_asks(meeting: Meeting, node: MediaNode) -> None:
    page = checked(meeting, "Video will work")
    page.get_by_label("Speaker", exact=True).select_option(index=1)
    chosen = page.get_by_label("Speaker", exact=True).input_value()
    for name in ("tone", "seen", "recorded"):
        sink = f"() => document.getElementById('{name}').sinkId === '{chosen}'"
        until(page, sink, f"{name} goes to the chosen speaker")
    page.get_by_role("button", name="Play a sound").click()
    until(page, "() => document.getElementById('tone').currentTime > 0.5", "the sound plays")
    expect(page.locator("#tone-words")).to_have_text(
        "Two soft tones are playing. Did you hear them?"
    )
    page.get_by_role("button", name="I heard nothing").click()
    expect(page.locator("#tone-words")).to_contain_text("Turn the sound of your device up")
    page.get_by_role("button", name="I heard it").click()
    expect(page.locator("#tone-words")).to_have_text("Good. Your speaker works.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keyboard_does_it_all_and_the_page_is_sound(
    meeting: Meeting, node: MediaNode, theme: str
) -> None:
    page = opened(meeting, viewport=PHONE, color_scheme=theme)
    page.locator("main").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start the check")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict-heading")).to_be_focused()
    concludes(page, "Video will work")
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.textContent.trim()"))
    assert reached == ["Go to the waiting room", "Check again", "Figures for whoever helps you"]
    assert page.locator(".button.main:visible").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator("#figure-frames")).to_be_visible()
    assert int(page.locator("#figure-frames").inner_text()) == round(
        figures(page)["line"]["frames"]
    )
    assert faults(page) == []


def test_one_without_a_visit_may_check_too(hall: Hall, visitors: Visitors, node: MediaNode) -> None:
    meeting = hall.meeting(visitors)
    newcomer: Someone = hall.portal.patient(meeting.clinician, name="Rui Melo")
    page = opened(meeting, newcomer)
    begin(page)
    concludes(page, "Video will work")
    assert page.get_by_role("link", name="Go to the waiting room").count() == 0


def test_without_a_node_devices_and_line_are_judged_and_it_is_said(
    meeting: Meeting, node: MediaNode
) -> None:
    node.kill()
    page = checked(meeting, "Video will work")
    assert "Our video server does not answer just now." in why(page)
    expect(page.locator("#seen-words")).to_contain_text("directly from your camera")
    line = figures(page)["line"]
    assert line["room"] > 100_000
    assert 0 < line["wait"] < 1
    expect(page.get_by_role("button", name="Hear myself")).to_be_hidden()


def test_a_line_that_loses_much_carries_sound_only(meeting: Meeting, node: MediaNode) -> None:
    page = opened(meeting)
    worsen(page, 20)
    begin(page)
    concludes(page, "Sound only will work")
    assert "It carries your voice." in why(page)
    assert "Go nearer to your Wi-Fi box" in to_do(page)
    assert "You can come to the visit with sound only." in to_do(page)
    assert figures(page)["line"]["loss"] > 0.1


def test_a_line_that_loses_nearly_all_means_the_telephone(
    meeting: Meeting, node: MediaNode
) -> None:
    page = opened(meeting)
    worsen(page, 75)
    begin(page)
    concludes(page, "Please use the telephone")
    expect(page.get_by_role("link", name="Telephone +351 210 000 000")).to_be_visible()
