"""One page that says a thousand things a second costs nobody else theirs."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from tests.messages.served import Served, serving
from tests.support.portal import Templates

THINGS = 1_000
SLOWEST_SECONDS = 2.0


@pytest.fixture
def served(templates: Templates, tmp_path: Path) -> Iterator[Served]:
    with serving(templates, tmp_path) as found:
        yield found


def page_seconds(served: Served) -> float:
    """How long somebody else waits for a page meanwhile."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=10)
    headers = {
        "Host": f"localhost:{served.server.port}",
        "Cookie": served.cookie(served.clinic.clinician),
    }
    connection.request("GET", "/", headers=headers)
    status = connection.getresponse().status
    connection.close()
    assert status == 200
    return time.monotonic() - began


def test_flood_of_one_page_costs_another_nothing(served: Served) -> None:
    loud = served.open(served.clinic.patient).join()
    ended = threading.Event()

    def shout() -> None:
        try:
            for number in range(THINGS):
                loud.raw.send(f'42{number}["consults:signal",{{"nonsense":"x"}}]')
        except (websocket.WebSocketException, OSError):
            ended.set()  # It was hung up on in the middle.

    shouting = threading.Thread(target=shout)
    shouting.start()
    waited = [page_seconds(served) for _ in range(10)]
    other = served.open(served.clinic.clinician).join()
    shouting.join(timeout=20)
    assert loud.closes_within(5.0)
    assert sorted(waited)[-2] < SLOWEST_SECONDS, waited
    assert other.is_silent(0.5), "and nobody is told of it"
    assert not other.closes_within(0.5)
    for peer in (loud, other):
        peer.close()
