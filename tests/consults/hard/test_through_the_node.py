"""Bad days of a call through the media node: of the line, the node, the portal."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.consults.hard.calling import AnyLine, Pages, come, live, meet, streams, told
from tests.consults.hard.running import Nodes, kill_worker
from tests.consults.meeting import Meeting, inbound, reaches, says
from tests.consults.test_lock import locks, seal
from tests.consults.test_paths import HIDDEN, goes

CUT_MILLISECONDS = 10_000
JUDGED_MILLISECONDS = 8000
# What Chromium itself makes of a picture at the least.
LEAST_WIDTH = 320


@pytest.fixture
def pages(meeting: Meeting, far: Meeting, line: AnyLine, nodes: Nodes) -> Pages:
    """Patient and clinician in a call through the node."""
    both = come(meeting, far, line, HIDDEN)
    meet(both, "relay")
    return both


def test_two_hundred_kilobits_carry_a_call(
    meeting: Meeting, far: Meeting, line: AnyLine, nodes: Nodes
) -> None:
    pages = come(meeting, far, line, HIDDEN)
    line.narrow(200)
    meet(pages, "relay")
    for page in pages:
        locks(page)
        assert inbound(page, "audio")["packetsReceived"] > 50
    # The sender on the good line is told how little the other's carries.
    sent = inbound(pages[0], "video")["bytesReceived"]
    pages[0].wait_for_timeout(5000)
    assert inbound(pages[0], "video")["bytesReceived"] - sent < 5 * 200_000 / 8
    # Long enough to be judged: the picture is as small as the line demands, and no smaller.
    pages[0].wait_for_timeout(JUDGED_MILLISECONDS)
    for page in pages:
        assert inbound(page, "video")["frameWidth"] >= LEAST_WIDTH


def test_every_tenth_packet_lost_leaves_a_call_both_ways(
    meeting: Meeting, far: Meeting, line: AnyLine, nodes: Nodes
) -> None:
    pages = come(meeting, far, line, HIDDEN)
    line.lose(0.1)
    meet(pages, "relay")
    # What was lost was asked for again.
    assert sum(inbound(pages[0], kind)["nackCount"] for kind in ("audio", "video")) > 0
    for page in pages:
        locks(page)
        assert seal(page)["counts"]["failed"] == 0, seal(page)["counts"]


def test_ten_seconds_without_a_line_are_said_and_the_call_returns(
    pages: Pages, line: AnyLine
) -> None:
    line.cut()
    told(pages)
    pages[0].wait_for_timeout(CUT_MILLISECONDS)
    line.mend()
    live(pages)
    says(pages[0], "You are connected with Dr Imre Kovács.")
    says(pages[1], "You are connected with Ana Sousa.")
    assert len({locks(page) for page in pages}) == 1


def test_a_new_address_keeps_the_connection_to_the_node(pages: Pages, line: AnyLine) -> None:
    before = [streams(page) for page in pages]
    seen = [inbound(page, "video")["framesDecoded"] for page in pages]
    line.move()
    live(pages)
    assert [streams(page) for page in pages] == before
    for page, frames in zip(pages, seen, strict=True):
        assert inbound(page, "video")["framesDecoded"] > frames
        goes(page, "relay")
        locks(page)


def test_a_killed_node_comes_again_and_so_does_the_call(pages: Pages, nodes: Nodes) -> None:
    nodes.kill()
    told(pages)
    live(pages)
    for page in pages:
        goes(page, "relay")
        locks(page)


def test_a_reload_of_either_side_returns_over_the_line(pages: Pages) -> None:
    for page in pages:
        page.reload()
        reaches(page, "connected")
        live(pages)
        goes(page, "relay")


def test_while_the_portal_starts_again_people_talk_on(pages: Pages, meeting: Meeting) -> None:
    patient, clinician = pages
    before = [streams(page) for page in pages]
    kill_worker(meeting.server)
    live(pages)
    # What one does reaches the other's page again.
    patient.get_by_role("button", name="Camera off").click()
    off = "Their picture is off, but you can hear them."
    expect(clinician.locator("#call-status")).to_contain_text(off, timeout=20_000)
    patient.get_by_role("button", name="Camera on").click()
    says(clinician, "You are connected with Ana Sousa.")
    live(pages)
    assert [streams(page) for page in pages] == before
