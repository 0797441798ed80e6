"""A poor line: it is said in words, the picture gives way, and the voice stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.consults.meeting import Meeting, comes, flows, inbound, join, reaches, says, stats

# What a line carries is judged by what arrives in time.
pytestmark = pytest.mark.alone
LOOKS_MILLISECONDS = 45_000


def worsen(page: Page, loss: float) -> CDPSession:
    """Make this page's connections lose packets both ways, those that begin from now on.

    Of one that has begun the loss can be changed where there was some from the beginning.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    lose(session, loss)
    return session


def lose(session: CDPSession, loss: float) -> None:
    """Change how many packets in a hundred are lost; everything else is as fast as ever."""
    line = {"urlPattern": "", "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    rules = [{**line, "packetLoss": loss}]
    rule = {"offline": False, "matchedNetworkConditions": rules}
    session.send("Network.emulateNetworkConditionsByRule", rule)


def both_over(meeting: Meeting, loss: float) -> tuple[Page, Page, CDPSession]:
    """Patient and clinician in the call, the patient on a line that loses packets."""
    patient = meeting.arrive(meeting.patient)
    # Before somebody is there to connect with: a page makes itself ready as soon as it can.
    session = worsen(patient, loss)
    clinician = meeting.arrive(meeting.clinician)
    for page in (clinician, patient):
        join(page)
    for page in (clinician, patient):
        reaches(page, "connected")
    return patient, clinician, session


def outbound(page: Page, kind: str) -> dict[str, Any]:
    """What leaves this page of one kind of media."""
    found = stats(page)["stats"]
    return next(one for one in found if one["type"] == "outbound-rtp" and one["kind"] == kind)


def test_a_good_line_is_called_good(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    for page in (patient, clinician):
        expect(page.locator("#line-words")).to_have_text("The connection is good.")
        assert stats(page)["twice"] is False


def test_sound_alone_can_be_chosen_and_taken_back(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(patient)
    patient.get_by_role("button", name="Sound only").click()
    says(patient, "You chose sound only.")
    says(clinician, "Their picture is off, but you can hear them.")
    expect(patient.locator("#line-words")).to_contain_text("no pictures are sent or fetched")
    patient.wait_for_timeout(1000)
    before = inbound(patient, "audio")["bytesReceived"]
    frames = inbound(patient, "video").get("framesDecoded", 0)
    patient.wait_for_timeout(1500)
    assert inbound(patient, "video").get("framesDecoded", 0) == frames
    assert inbound(patient, "audio")["bytesReceived"] > before
    patient.get_by_role("button", name="Pictures again").click()
    expect(clinician.locator("#call-status")).to_have_text("You are connected with Ana Sousa.")
    for page in (patient, clinician):
        comes(page, "video")
        page.wait_for_timeout(500)
        flows(page)


def test_lost_packets_are_said_and_sound_comes_twice(meeting: Meeting) -> None:
    patient, clinician, _session = both_over(meeting, 8)
    expect(patient.locator("#line-words")).to_contain_text(
        re.compile(r"The connection between you and Dr Imre Kovács is (fair|poor)\."),
        timeout=LOOKS_MILLISECONDS,
    )
    patient.wait_for_timeout(3000)
    for page in (patient, clinician):
        flows(page)
        # Each packet of sound carries the one before as well: the other side asked for it.
        assert stats(page)["twice"] is True
    assert inbound(patient, "audio")["nackCount"] > 0
    heard = inbound(patient, "audio")
    hidden = heard["concealedSamples"] - heard["silentConcealedSamples"]
    assert hidden / heard["totalSamplesReceived"] < 0.15
    expect(patient.locator("#lock")).to_be_visible()


def test_a_line_that_carries_no_picture_keeps_the_voice(meeting: Meeting) -> None:
    patient, clinician, session = both_over(meeting, 30)
    expect(patient.locator("html[data-line-step=sound]")).to_be_attached(timeout=LOOKS_MILLISECONDS)
    expect(patient.locator("#line-words")).to_contain_text("Your picture is not sent for now")
    expect(clinician.locator("#call-status")).to_contain_text("Their picture is off")
    before = inbound(clinician, "audio")["packetsReceived"]
    clinician.wait_for_timeout(2000)
    assert inbound(clinician, "audio")["packetsReceived"] > before
    lose(session, 0)
    returned = "html:not([data-line-step=sound])"
    expect(patient.locator(returned)).to_be_attached(timeout=150_000)
    reaches(clinician, "connected")
    comes(clinician, "video")
