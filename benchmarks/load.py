"""Asking a server for one page as fast as it answers, for a few seconds."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field

CLIENTS = 4


@dataclass
class Answers:
    """How long each answer took, in seconds, and how long the asking went on."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which this share of answers came, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def ask(port: int, path: str, headers: dict[str, str], seconds: float) -> Answers:
    """Ask from a few kept-alive connections; every answer must be 200 and whole."""
    found = Answers()
    lock = threading.Lock()
    began = time.monotonic()
    threads = [
        threading.Thread(target=_client, args=(port, path, headers, began + seconds, found, lock))
        for _ in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.monotonic() - began
    return found


def _client(
    port: int,
    path: str,
    headers: dict[str, str],
    until: float,
    found: Answers,
    lock: threading.Lock,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        times.append(time.monotonic() - began)
    connection.close()
    with lock:
        found.times.extend(times)
