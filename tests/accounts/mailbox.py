"""A mail server of a few lines, so that messages really travel; it speaks what RFC 5321 needs."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes every message, unless it is told to refuse."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages: list[Message] = []
        self.refuses = False

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        """One conversation."""
        self._say(220)
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self._take()
            elif word == b"QUIT":
                return self._say(221)
            else:
                self._say(550 if word == b"RCPT" and self.server.refuses else 250)
        return None

    def _take(self) -> None:
        self._say(354)
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.messages.append(message_from_bytes(b"".join(lines)))
        self._say(250)

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} here\r\n".encode())


@contextmanager
def opened() -> Iterator[Mailbox]:
    """A mailbox that listens while the test runs."""
    with Mailbox() as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            box.shutdown()
            thread.join()
