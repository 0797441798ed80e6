"""Bad days of a call from browser to browser."""

from __future__ import annotations

import pytest

from tests.consults.hard.calling import AnyLine, Pages, come, live, meet, told
from tests.consults.hard.running import Nodes
from tests.consults.meeting import Meeting, inbound, says
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


def test_where_browsers_may_not_reach_each_other_the_node_does(
    waiting: Pages, line: AnyLine, nodes: Nodes
) -> None:
    line.stop_datagrams(but=nodes.port)
    meet(waiting, "relay")
    for page in waiting:
        locks(page)
