"""Sockets on which nobody says anything keep no page waiting."""

from __future__ import annotations

import http.client
import socket
import time
from contextlib import ExitStack

from tests.support.clinic import opened

# More than the web server has threads.
SILENT = 150
PATIENCE_SECONDS = 3


def test_page_comes_while_a_stranger_holds_more_sockets_than_there_are_threads() -> None:
    with opened() as clinic, ExitStack() as held:
        port = clinic.server.port
        for _ in range(SILENT):
            held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}"})
        assert connection.getresponse().status == http.client.OK
        connection.close()
        assert time.monotonic() - began < PATIENCE_SECONDS
