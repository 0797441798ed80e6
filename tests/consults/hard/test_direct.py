"""Bad days of a call from browser to browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.accounts import operations as accounts
from tests.consults.hard.calling import AnyLine, Pages, come, live, meet, told
from tests.consults.hard.running import Nodes
from tests.consults.meeting import Meeting, inbound, reaches, says
from tests.consults.test_lock import locks, seal

CUT_MILLISECONDS = 10_000


@pytest.fixture
def waiting(meeting: Meeting, far: Meeting, line: AnyLine, nodes: Nodes) -> Pages:
    """Patient and clinician, before they join; the node runs beside."""
    return come(meeting, far, line)


def test_every_tenth_packet_lost_leaves_a_direct_call(waiting: Pages, line: AnyLine) -> None:
    line.lose(0.1)
    meet(waiting, "direct")
    for page in waiting:
        locks(page)
        assert seal(page)["counts"]["failed"] == 0, seal(page)["counts"]
        assert sum(inbound(page, kind)["nackCount"] for kind in ("audio", "video")) > 0


def test_a_direct_call_finds_a_new_address_and_outlives_ten_seconds_without_any(
    waiting: Pages, line: AnyLine
) -> None:
    meet(waiting, "direct")
    line.move()
    live(waiting)
    line.cut()
    told(waiting)
    waiting[0].wait_for_timeout(CUT_MILLISECONDS)
    line.mend()
    live(waiting)
    says(waiting[0], "You are connected with Dr Imre Kovács.")
    says(waiting[1], "You are connected with Ana Sousa.")


def test_who_was_signed_out_while_away_is_told_so_and_led_back(
    meeting: Meeting, waiting: Pages, line: AnyLine
) -> None:
    meet(waiting, "direct")
    patient = waiting[0]
    line.cut()
    # The old socket is given up: nothing that the server said on it comes after all.
    patient.locator("html[data-line=down]").wait_for(state="attached", timeout=60_000)
    with meeting.portal.inside():
        accounts.end_every_session(meeting.patient.id)
    line.mend()
    reaches(patient, "signed-out")
    said = "You were signed out. Sign in to return to the visit."
    expect(patient.locator("#stopped-words")).to_have_text(said)
    patient.get_by_role("link", name="Sign in").click()
    patient.wait_for_url(f"**/sign-in?next={meeting.path}")


def test_where_browsers_may_not_reach_each_other_the_node_does(
    waiting: Pages, line: AnyLine, nodes: Nodes
) -> None:
    line.stop_datagrams(but=nodes.port)
    meet(waiting, "relay")
    for page in waiting:
        locks(page)
