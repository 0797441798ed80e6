"""Two people in two browsers, and everything that can happen to their call."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.consults.meeting import Meeting, join, reaches, stats


def inbound(page: Page, kind: str) -> dict[str, Any]:
    """What arrives at this page of one kind of media."""
    found = [
        one
        for one in stats(page)["stats"]
        if one["type"] == "inbound-rtp" and one["kind"] == kind
    ]
    return found[0] if found else {}


def flows(page: Page) -> None:
    """Sound and picture arrive, more and more of both, and the picture has a size."""
    assert stats(page)["connection"] == "connected"
    before = {kind: inbound(page, kind) for kind in ("audio", "video")}
    page.wait_for_timeout(1500)
    after = {kind: inbound(page, kind) for kind in ("audio", "video")}
    for kind in ("audio", "video"):
        assert after[kind]["bytesReceived"] > before[kind]["bytesReceived"] > 0
    assert after["video"]["framesDecoded"] > before["video"]["framesDecoded"]
    size = page.locator("#remote").evaluate("video => video.videoWidth * video.videoHeight")
    assert size > 0


def test_two_people_see_and_hear_each_other(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(patient)
    flows(clinician)
