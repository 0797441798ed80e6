"""The check call where something is missing: each lack is named, with what to do and a way out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.consults.checking import PATH, begin, concludes, opened, to_do, why
from tests.consults.meeting import Hall, Meeting
from tests.consults.test_devices import NO_QUESTIONS, SLOW_DEVICES, refuse
from tests.consults.test_paths import MediaNode, node, running_node
from tests.support.browser import CAMERA, FAKE_DEVICES, FLAGS, Visitors
from tests.support.packages import chromium

__all__ = ["node", "running_node"]
NO_CAMERA = f"{FAKE_DEVICES}=device-count=0"
# What a network does that lets nothing through but the web.
NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
TELEPHONE = "Please use the telephone"
Elsewhere = Callable[..., Meeting]


@pytest.fixture
def elsewhere(browser: Browser, hall: Hall) -> Iterator[Elsewhere]:
    """A visit whose patient sits at another machine: a Chromium with other flags."""
    with ExitStack() as stack:

        def arrive(*more: str, without: tuple[str, ...] = ()) -> Meeting:
            flags = [flag for flag in FLAGS if flag not in without] + list(more)
            if os.geteuid() == 0:
                flags.append("--no-sandbox")
            other = browser.browser_type.launch(executable_path=chromium(), args=flags)
            stack.callback(other.close)
            visitors = Visitors(other)
            stack.callback(lambda: _content(visitors))
            stack.callback(visitors.leave)
            return hall.meeting(visitors)

        yield arrive


def _content(visitors: Visitors) -> None:
    assert visitors.complaints == []


def test_while_the_browser_asks_the_page_says_so(elsewhere: Elsewhere, node: MediaNode) -> None:
    # Chromium without a window answers at once; people take longer.
    slow = {"allowed": False, "script": SLOW_DEVICES}
    page = opened(elsewhere(without=(NO_QUESTIONS,)), **slow)
    begin(page)
    expect(page.locator("#verdict-heading")).to_have_text("Your browser is asking you")
    assert "Choose Allow" in why(page)


def test_denied_permission_is_named_and_mended(elsewhere: Elsewhere, node: MediaNode) -> None:
    page = opened(elsewhere(without=(NO_QUESTIONS,)), allowed=False)
    refuse(page, "camera", "microphone")
    begin(page)
    concludes(page, TELEPHONE)
    assert why(page) == "Your browser does not let this page use the camera and the microphone."
    assert "choose Allow for both" in to_do(page)
    expect(page.get_by_role("link", name="Telephone +351 210 000 000")).to_be_visible()
    assert page.locator(".button.main:visible").count() == 1
    page.context.grant_permissions(["camera", "microphone"])
    page.get_by_role("button", name="Check again").click()
    concludes(page, "Video will work")
    expect(page.get_by_role("link", name="Telephone +351 210 000 000")).to_be_hidden()


def test_a_camera_alone_that_is_denied_leaves_the_sound(
    elsewhere: Elsewhere, node: MediaNode
) -> None:
    page = opened(elsewhere(without=(NO_QUESTIONS,)), allowed=False, permissions=["microphone"])
    begin(page)
    concludes(page, "Sound only will work")
    assert "does not let this page use the camera." in why(page)
    assert "To be seen too, select the camera or lock sign" in to_do(page)


def test_without_a_camera_sound_will_work(elsewhere: Elsewhere, node: MediaNode) -> None:
    page = opened(elsewhere(NO_CAMERA, without=(CAMERA,)))
    begin(page)
    concludes(page, "Sound only will work")
    assert "We found no camera on this device." in why(page)
    assert "carries picture and sound well" in why(page)
    assert "You can come to the visit with sound only." in to_do(page)
    expect(page.locator("#no-picture")).to_be_visible()
    page.get_by_role("button", name="Record three seconds").click()
    expect(page.locator("#record-words")).to_have_text("This is how you look and sound.")


def test_without_any_device_it_is_the_telephone(elsewhere: Elsewhere, node: MediaNode) -> None:
    page = opened(elsewhere(without=(CAMERA,)))
    begin(page)
    concludes(page, TELEPHONE)
    assert "We found no microphone on this device." in why(page)
    assert "We found no camera on this device." in why(page)
    assert "Connect a microphone or a headset" in to_do(page)
    page.get_by_role("button", name="Record three seconds").click()
    expect(page.locator("#record-words")).to_contain_text("There is nothing to record")


def test_a_network_without_udp_is_named(elsewhere: Elsewhere, node: MediaNode) -> None:
    page = opened(elsewhere(NO_UDP))
    begin(page)
    concludes(page, TELEPHONE)
    assert "Your network lets no video call through to our server." in why(page)
    assert "Try another network" in to_do(page)


def test_a_browser_without_calls_is_told_at_once(meeting: Meeting) -> None:
    page = opened(meeting, script="delete window.RTCPeerConnection;")
    concludes(page, TELEPHONE)
    assert why(page) == "This browser cannot make video calls."
    assert "Use a newer browser" in to_do(page)


def test_a_page_that_has_lost_the_portal_says_so(meeting: Meeting) -> None:
    page = opened(meeting)
    page.context.set_offline(True)
    begin(page)
    concludes(page, TELEPHONE)
    assert "This page does not reach Nearside." in why(page)
    page.context.set_offline(False)


def test_without_script_the_telephone_is_there(meeting: Meeting) -> None:
    page = opened(meeting, java_script_enabled=False)
    expect(page.locator("noscript .notice")).to_contain_text("The check needs JavaScript")
    expect(page.get_by_role("link", name="+351 210 000 000")).to_be_visible()
    expect(page.locator("main :is(button, select):visible")).to_have_count(0)


def test_the_check_is_found_from_the_first_page_the_visits_and_the_waiting_room(
    meeting: Meeting,
) -> None:
    page = meeting.arrive(meeting.patient)
    for path in (meeting.path, "/", "/visits"):
        page.goto(path)
        page.locator(f"main a[href='{PATH}']").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Will your video visit work?")
