"""The call through a real media node: beside the direct way, in its place, and when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.consults.rules import Way
from tests.consults.caller import until
from tests.consults.meeting import (
    PATIENCE,
    Hall,
    Meeting,
    flows,
    inbound,
    join,
    reaches,
    says,
    stats,
)
from tests.consults.test_calls import calls
from tests.consults.test_lock import locks, sealed_both_ways
from tests.media.running import answers

ROOT = Path(__file__).parents[2]
SECRET = "nearside_media_secret.txt"
START_SECONDS = 20.0
HIDDEN = "localStorage.setItem('nearside-always-relay', 'yes');"
# A network on which browsers do not reach each other: what each finds of its own ways gets lost.
NO_DIRECT_WAY = """
const add = RTCPeerConnection.prototype.addIceCandidate;
RTCPeerConnection.prototype.addIceCandidate = async function () {};
const tell = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (said) {
  const lite = said.sdp.includes("a=ice-lite");
  const sdp = lite ? said.sdp : said.sdp.replace(/^a=candidate.*\\r\\n/gm, "");
  return tell.call(this, { type: said.type, sdp });
};
"""


class MediaNode:
    """A real node in a process of its own, where the portal looks for it."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / "media" / "node-0.sock"
        self._environ = {
            "PATH": os.environ["PATH"],
            "NEARSIDE_INSTANCE": str(instance),
            "NEARSIDE_MEDIA_SECRET": (instance / SECRET).read_text(),
        }
        self.start()

    def start(self) -> None:
        """Begin, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.media", "--node", "0"],
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.PIPE,
        )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.path):
            assert self.process.poll() is None, "the node ended by itself"
            assert time.monotonic() < deadline, "the node did not start in time"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def running_node(hall: Hall) -> Iterator[MediaNode]:
    """One node for this module."""
    node = MediaNode(hall._directory)
    yield node
    node.kill()


@pytest.fixture
def node(running_node: MediaNode) -> MediaNode:
    """The node, running."""
    if running_node.process.poll() is not None:
        running_node.start()
    return running_node


def both(meeting: Meeting, script: str) -> tuple[Page, Page]:
    """Patient and clinician in the call, each page with this script before its own."""
    patient = meeting.arrive(meeting.patient, script=script)
    clinician = meeting.arrive(meeting.clinician, script=script)
    for page in (patient, clinician):
        join(page)
    for page in (patient, clinician):
        reaches(page, "connected")
    return patient, clinician


def goes(page: Page, way: str) -> None:
    """Wait until the call goes this way."""
    found = ""
    for _ in range(PATIENCE):
        if (found := stats(page)["way"]) == way:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the call goes {found!r}, not {way!r}")


def test_the_call_goes_through_the_node_where_addresses_are_hidden(
    meeting: Meeting, node: MediaNode
) -> None:
    pages = both(meeting, HIDDEN)
    for page in pages:
        assert page.get_by_label("Do not show my internet address").is_checked()
        goes(page, "relay")
        flows(page)
    assert len({locks(page) for page in pages}) == 1
    for page in pages:
        sealed_both_ways(page)
        # No address of the other's is known here: this page has no connection but the node's.
        others = [one for one in stats(page)["stats"] if one["type"] == "remote-candidate"]
        assert {one.get("candidateType") for one in others} <= {"host"}
    hears_only(*pages)
    until(lambda: calls(meeting)[-1].way is Way.RELAY, "the way being kept")
    assert (calls(meeting)[-1].lost_permille or 0) < 50


def hears_only(patient: Page, clinician: Page) -> None:
    """The patient asks for sound alone: the node sends no picture until it is asked to."""
    patient.get_by_role("button", name="Sound only").click()
    says(clinician, "Their picture is off, but you can hear them.")
    patient.wait_for_timeout(500)
    before = {kind: inbound(patient, kind)["bytesReceived"] for kind in ("audio", "video")}
    patient.wait_for_timeout(1500)
    after = {kind: inbound(patient, kind)["bytesReceived"] for kind in ("audio", "video")}
    assert after["video"] == before["video"]
    assert after["audio"] > before["audio"]
    patient.get_by_role("button", name="Pictures again").click()
    says(clinician, "You are connected with Ana Sousa.")
    for page in (patient, clinician):
        flows(page)


def test_one_who_hides_is_enough(meeting: Meeting, node: MediaNode) -> None:
    patient = meeting.arrive(meeting.patient, script=HIDDEN)
    clinician = meeting.arrive(meeting.clinician)
    for page in (patient, clinician):
        join(page)
    for page in (patient, clinician):
        reaches(page, "connected")
        goes(page, "relay")
        flows(page)


def test_the_call_moves_to_the_direct_way_where_there_is_one(
    meeting: Meeting, node: MediaNode
) -> None:
    for page in meeting.both():
        goes(page, "direct")
        flows(page)
    until(lambda: calls(meeting)[-1].way is Way.DIRECT, "the way being kept")


def test_where_browsers_do_not_reach_each_other_the_node_carries_the_call(
    meeting: Meeting, node: MediaNode
) -> None:
    pages = both(meeting, NO_DIRECT_WAY)
    for page in pages:
        goes(page, "relay")
        flows(page)
        locks(page)


def test_a_killed_node_is_replaced_and_the_call_returns_by_itself(
    meeting: Meeting, node: MediaNode
) -> None:
    patient, clinician = both(meeting, HIDDEN)
    flows(patient)
    node.kill()
    says(patient, "The connection is interrupted. We are connecting you again.")
    node.start()
    for page in (patient, clinician):
        reaches(page, "connected")
        goes(page, "relay")
        flows(page)


def test_without_a_node_who_hides_is_told_so(meeting: Meeting, node: MediaNode) -> None:
    patient = meeting.arrive(meeting.patient, script=HIDDEN)
    clinician = meeting.arrive(meeting.clinician)
    node.kill()
    for page in (patient, clinician):
        join(page)
    says(patient, "the server does not answer")
    node.start()
    reaches(patient, "connected")
    flows(patient)


def test_a_reload_returns_through_the_node(meeting: Meeting, node: MediaNode) -> None:
    patient, clinician = both(meeting, HIDDEN)
    patient.reload()
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)
    expect(clinician.locator("#lock")).to_be_visible()
