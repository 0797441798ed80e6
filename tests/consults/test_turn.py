"""A network that lets nothing through but TLS: the call goes through a TURN server (coturn)."""

from __future__ import annotations

import hmac
import os
import socket
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.consults.operations import turn
from app.kernel import clock
from tests.consults.meeting import Hall, Meeting, flows, join, reaches
from tests.consults.test_lock import locks
from tests.consults.test_paths import goes
from tests.support.browser import FLAGS, Visitors
from tests.support.companion import Companion
from tests.support.packages import chromium, turnserver
from tests.support.portal import Clinic, Templates
from tests.support.ports import free_port

SECRET = "a-secret-that-portal-and-turn-share-0123"
START_SECONDS = 15.0
# As behind a firewall that lets nothing out but TLS to one port: no way but the TURN server's.
BEHIND_A_FIREWALL = """
const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(how) {
    super({ ...how, iceTransportPolicy: "relay" });
    window.newest = this;
  }
};
"""
WITH = "() => newest.getConfiguration().iceServers[0].username"
AN_HOUR_LATER = "() => { const now = Date.now; Date.now = () => now() + 3_600_000; }"


def started(directory: Path, port: int, tls_port: int) -> Companion:
    """Debian's turnserver on the loopback address, with a certificate of its own making."""
    key, certificate = directory / "turn.key", directory / "turn.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    companion = Companion(
        [
            *(str(turnserver()), "-n", "--no-cli", "--use-auth-secret", "--realm", "nearside"),
            *("--static-auth-secret", SECRET, "--listening-ip", "127.0.0.1"),
            *("--relay-ip", "127.0.0.1", "--listening-port", str(port)),
            *("--tls-listening-port", str(tls_port), "--allow-loopback-peers"),
            *("--cert", str(certificate), "--pkey", str(key), "--log-file", "stdout"),
            *("--pidfile", str(directory / "turn.pid"), "--userdb", str(directory / "turn.db")),
        ],
        log=directory / "turn.log",
    )
    deadline = time.monotonic() + START_SECONDS
    while not _listens(tls_port):
        assert companion.running, companion.tail()
        assert time.monotonic() < deadline, companion.tail()
        time.sleep(0.05)
    return companion


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def clinic_with_turn(templates: Templates, directory: Path, scheme: str) -> Iterator[Hall]:
    """A portal whose clinic has a TURN server, spoken to over TLS (turns) or TCP (turn) alone."""
    ports = {"turns": free_port(), "turn": free_port()}
    with ExitStack() as stack:
        server = started(directory, ports["turn"], ports["turns"])
        stack.callback(server.stop)
        hall = Hall(stack, templates, directory)
        hall._environment |= {
            "NEARSIDE_TURN_URLS": f"{scheme}:localhost:{ports[scheme]}?transport=tcp",
            "NEARSIDE_TURN_SECRET": SECRET,
        }
        hall.restart()
        yield hall


@contextmanager
def trusting(browser: Browser, *more: str) -> Iterator[Visitors]:
    """People whose Chromium takes the server's own certificate."""
    flags = [*FLAGS, *more, "--ignore-certificate-errors"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    other = browser.browser_type.launch(executable_path=chromium(), args=flags)
    visitors = Visitors(other)
    yield visitors
    visitors.leave()
    other.close()
    assert visitors.complaints == []


@pytest.fixture(scope="module")
def hall(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with clinic_with_turn(templates, tmp_path_factory.mktemp("turn"), "turns") as hall:
        yield hall


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    with trusting(browser) as visitors:
        yield visitors


def test_where_only_tls_passes_the_call_goes_through_turn(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, script=BEHIND_A_FIREWALL)
    clinician = meeting.arrive(meeting.clinician, script=BEHIND_A_FIREWALL)
    for page in (patient, clinician):
        join(page)
    for page in (patient, clinician):
        reaches(page, "connected")
        goes(page, "turn")
        flows(page)
        locks(page)
    # In the second hour those credentials open nothing: new routes are asked for with others.
    before = [page.evaluate(WITH) for page in (patient, clinician)]
    for page in (patient, clinician):
        page.evaluate(AN_HOUR_LATER)
    patient.evaluate("dispatchEvent(new Event('online'))")
    for page, old in zip((patient, clinician), before, strict=True):
        page.wait_for_function(f"(old) => ({WITH})() !== old", arg=old)
    for page in (patient, clinician):
        goes(page, "turn")
        flows(page)


def test_credentials_are_those_of_the_turn_servers_own_rule(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    app = clinic.portal.app
    with clinic.portal.inside():
        assert turn.servers(actor) == []
    url = "turns:turn.example:443?transport=tcp"
    known = app.extensions["settings"]
    app.extensions["settings"] = replace(known, turn_urls=(url,), turn_secret=SECRET)
    with clinic.portal.inside():
        (server,) = turn.servers(actor)
        now = clock.now().timestamp()
    username, password = str(server["username"]), str(server["credential"])
    assert server["urls"] == [url]
    until, _, name = username.partition(":")
    assert 3590 < int(until) - now <= 3600
    assert clinic.patient.id.hex not in username
    assert name
    assert b64decode(password) == hmac.digest(SECRET.encode(), username.encode(), "sha1")
