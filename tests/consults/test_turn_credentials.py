"""Where a network lets no UDP through, in browsers that send none: TURN, and who may use it."""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.consults.caller import Line
from tests.consults.checking import begin, concludes, opened
from tests.consults.meeting import Hall, Meeting, flows, join, reaches, stats
from tests.consults.test_check_without import NO_UDP
from tests.consults.test_paths import HIDDEN, MediaNode, goes
from tests.consults.test_turn import SECRET, clinic_with_turn, trusting
from tests.support.browser import Visitors
from tests.support.portal import Templates

GATHER = """async ([servers]) => {
  const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: "relay" });
  pc.createDataChannel("x");
  const found = { kinds: [], errors: [] };
  pc.onicecandidate = ({ candidate }) => candidate?.type && found.kinds.push(candidate.type);
  pc.onicecandidateerror = ({ errorCode }) => found.errors.push(errorCode);
  await pc.setLocalDescription();
  for (let look = 0; look < 100 && pc.iceGatheringState !== "complete"; look += 1)
    await new Promise((done) => setTimeout(done, 100));
  pc.close();
  return found;
}"""

# What the page itself brought is from more than an hour ago.
AGED = """
const parse = JSON.parse;
JSON.parse = (text) => {
  const found = parse(text);
  if (found && "polite" in found) found.iceServers[0].username = "OLD";
  return found;
};
"""


class NearNode(MediaNode):
    """A node that tells the address of this machine that TURN on it reaches."""

    def start(self) -> None:
        """Begin, and wait until it answers."""
        self._environ["NEARSIDE_MEDIA_ADDRESSES"] = "127.0.0.1"
        super().start()


@pytest.fixture(scope="module")
def hall(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A portal whose clinic has a TURN server, spoken to over TLS."""
    with clinic_with_turn(templates, tmp_path_factory.mktemp("turn"), "turns") as hall:
        yield hall


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """People whose Chromium sends no UDP."""
    with trusting(browser, NO_UDP) as visitors:
        yield visitors


@pytest.fixture
def near_node(hall: Hall) -> Iterator[MediaNode]:
    """A node beside the portal."""
    node = NearNode(hall._directory)
    yield node
    node.kill()


def credentials(until: float) -> dict[str, str]:
    """What the portal would give for this moment, in seconds since 1970."""
    username = f"{int(until)}:somebody"
    digest = hmac.digest(SECRET.encode(), username.encode(), "sha1")
    return {"username": username, "credential": b64encode(digest).decode()}


def given(meeting: Meeting) -> dict[str, Any]:
    """What the patient's page is given when it enters the room."""
    line = Line(meeting, meeting.patient)
    (server,) = line.enter(joining=False)["iceServers"]
    line.close()
    found: dict[str, Any] = server
    return found


def protocol(page: Page) -> str:
    """How this page speaks with the TURN server that carries its call; "" where none does."""
    found = stats(page)["stats"]
    # A new way may be nominated while the old one still stands; the transport says which is used.
    chosen = {one.get("selectedCandidatePairId") for one in found if one["type"] == "transport"}
    used = {one["localCandidateId"] for one in found if one["id"] in chosen}
    (local,) = [one for one in found if one["id"] in used]
    told: str = local["relayProtocol"] if local["candidateType"] == "relay" else ""
    return told


def call(meeting: Meeting, way: str, script: str = "") -> None:
    """Both people in the call."""
    pages = [meeting.arrive(one, script=script) for one in (meeting.patient, meeting.clinician)]
    for page in pages:
        join(page)
    for page in pages:
        reaches(page, "connected")
        goes(page, way)
        flows(page)
        assert protocol(page) in {"tls", "tcp"}


def test_two_browsers_meet_without_any_udp(meeting: Meeting) -> None:
    call(meeting, "turn")


def test_both_reach_the_node_without_any_udp(meeting: Meeting, near_node: MediaNode) -> None:
    call(meeting, "relay", HIDDEN)


def test_the_check_call_finds_the_way_too(meeting: Meeting, near_node: MediaNode) -> None:
    page = opened(meeting)
    begin(page)
    concludes(page, "Video will work")


def test_a_page_that_was_open_for_long_gets_new_credentials(meeting: Meeting) -> None:
    aged = AGED.replace("OLD", credentials(time.time() - 60)["username"])
    call(meeting, "turn", aged)


def test_credentials_that_expired_or_are_made_up_open_nothing(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    server = given(meeting)
    # A page of its own: the waiting room may load itself anew while the server is asked.
    page.goto("about:blank")
    assert page.evaluate(GATHER, [[server]])["kinds"]
    for false in (
        credentials(time.time() - 60),
        {"credential": "made-up"},
        {"username": f"{int(time.time()) + 9999}:somebody"},
    ):
        found = page.evaluate(GATHER, [[{**server, **false}]])
        assert found["kinds"] == []
        assert 401 in found["errors"]


def test_credentials_name_nobody_and_last_an_hour(meeting: Meeting) -> None:
    server = given(meeting)
    until, _, name = server["username"].partition(":")
    assert 3500 < int(until) - time.time() <= 3600
    for someone in (meeting.patient, meeting.clinician):
        for known in (someone.id.hex, str(someone.id), someone.email, someone.name):
            assert known not in server["username"]
    assert name not in {str(meeting.appointment), meeting.appointment.hex}
    assert SECRET not in str(server)
