"""Whoever sends a request drop by drop, or never hangs up, keeps no page of others waiting."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.messages.served import Served, serving
from tests.support.portal import Templates

# More than the web server has threads.
DRIPPING = 150
DROP_SECONDS = 0.2
# A page comes in milliseconds; without help it would not come at all. Long, for a busy machine.
PATIENCE_SECONDS = 25
BEGUN = {
    "half a head": "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nX-",
    "half a form": (
        "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {size}\r\n\r\na="
    ),
}


@pytest.fixture(scope="module")
def served(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(templates, tmp_path_factory.mktemp("slow")) as found:
        yield found


def begun(kind: str, port: int, size: int = 100_000) -> bytes:
    return BEGUN[kind].format(port=port, size=size).encode()


def page_comes(port: int) -> bool:
    """Whether somebody else has a page in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except TimeoutError:
        return False
    finally:
        connection.close()


@contextmanager
def held(port: int, many: int, first: bytes) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent this much."""
    with ExitStack() as stack:
        found = []
        for _ in range(many):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            one.sendall(first)
            found.append(one)
        yield found


class Dripping(threading.Thread):
    """Sends one more character on each connection now and then, until all are hung up on."""

    def __init__(self, connections: list[socket.socket]) -> None:
        super().__init__(daemon=True)
        self.open = set(connections)
        self.round = threading.Event()
        self.over = threading.Event()

    def run(self) -> None:
        while self.open and not self.over.wait(DROP_SECONDS):
            for one in list(self.open):
                try:
                    one.setblocking(False)
                    one.send(b"x")
                    with suppress(BlockingIOError):
                        one.recv(65_536)
                        self.open.discard(one)  # It was answered, or the server ended it.
                except OSError:
                    self.open.discard(one)
            self.round.set()


@pytest.mark.parametrize("kind", BEGUN)
def test_page_comes_while_more_requests_drip_in_than_there_are_threads(
    served: Served, kind: str
) -> None:
    port = served.server.port
    with held(port, DRIPPING, begun(kind, port)) as connections:
        dripping = Dripping(connections)
        dripping.start()
        try:
            assert dripping.round.wait(PATIENCE_SECONDS)
            assert [page_comes(port) for _ in range(3)] == [True] * 3
            dripping.join(timeout=4 * PATIENCE_SECONDS)
            assert not dripping.open, "some were never hung up on"
        finally:
            dripping.over.set()
            dripping.join()


def test_page_comes_while_others_have_their_answer_and_do_not_hang_up(served: Served) -> None:
    port = served.server.port
    asked = f"GET /health HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    # With a wait of two seconds for each, the last of them and the page would be very late.
    with held(port, 2 * PATIENCE_SECONDS, asked) as connections:
        assert all(one.recv(65_536).startswith(b"HTTP/1.1 200 ") for one in connections)
        assert page_comes(port)


def test_form_that_comes_in_pieces_over_a_poor_line_arrives(served: Served) -> None:
    port, pauses = served.server.port, threading.Event()
    with held(port, 1, begun("half a form", port, size=20_002)) as (line,):
        for _ in range(10):
            pauses.wait(0.3)
            line.sendall(b"x" * 2_000)
        answer = line.recv(65_536)
    # It is whole, and refused for what it says alone: its token does not fit.
    assert b"open for too long" in answer or answer.startswith(b"HTTP/1.1 400 ")
    assert b"did not arrive whole" not in answer


def test_each_request_of_a_connection_has_its_own_time(served: Served) -> None:
    port, pauses = served.server.port, threading.Event()
    with held(port, 1, b"") as (line,):
        for _ in range(5):
            line.sendall(b"GET /health HTTP/1.1\r\n")
            pauses.wait(2)
            line.sendall(f"Host: localhost:{port}\r\n\r\n".encode())
            answer = b""
            while not answer.endswith(b"ok\n"):
                piece = line.recv(65_536)
                assert piece, "hung up on"
                answer += piece
