"""A client without an account that opens sockets of several kinds, and holds on to them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from itertools import cycle

HELD = 400
EVERY_SECONDS = 0.02
SILENT = b""
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
POST = (
    "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    "Content-Type: text/plain\r\nContent-Length: 1000001\r\n\r\n"
)
BEGUN = "GET /sign-in HTTP/1.1\r\nHost: {host}\r\nX-Wait: "


class Holder:
    """Opens one socket after another; past `HELD` the oldest one is let go."""

    def __init__(self, port: int, *, half_sent: bool) -> None:
        self.port = port
        self.kinds = cycle(self._kinds(half_sent=half_sent))
        self.held: list[socket.socket] = []
        self.opened = 0
        self.stop = threading.Event()

    def fill(self) -> None:
        """As many as are to be held."""
        while len(self.held) < HELD:
            self._open(next(self.kinds))

    def go_on(self) -> None:
        """Let go of the oldest and open another one, fifty times a second, until stopped."""
        while not self.stop.wait(EVERY_SECONDS):
            self.held.pop(0).close()
            self._open(next(self.kinds))

    def let_go(self) -> None:
        """Close everything."""
        for one in self.held:
            one.close()

    def _kinds(self, *, half_sent: bool) -> tuple[bytes, ...]:
        if half_sent:
            return self._said(BEGUN), self._said(POST) + b"x" * 1000
        return SILENT, self._said(UPGRADE)

    def _said(self, words: str) -> bytes:
        return words.format(host=f"localhost:{self.port}").encode()

    def _open(self, said: bytes) -> None:
        one = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        one.settimeout(0.2)
        with contextlib.suppress(OSError):  # The server may refuse before it has heard all.
            one.sendall(said)
        self.held.append(one)
        self.opened += 1


@contextlib.contextmanager
def holding(port: int, *, half_sent: bool = False) -> Iterator[Holder]:
    """Sockets are held, and opened anew, for as long as this lasts.

    With `half_sent`, each holds a request back half-way, which a proxy keeps from the portal.
    """
    holder = Holder(port, half_sent=half_sent)
    holder.fill()
    thread = threading.Thread(target=holder.go_on)
    thread.start()
    try:
        yield holder
    finally:
        holder.stop.set()
        thread.join()
        holder.let_go()
