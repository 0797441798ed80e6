"""What a node lets in at all: so many joins in a second, and each token once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.media.refusals import Refused
from app.media.tokens import LONGEST_SECONDS


class Bucket:
    """So many at once, and so many more in each second."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second, self._burst = per_second, burst
        self._left, self._since = burst, time.monotonic()

    def take(self) -> bool:
        """Take one; False when there is none."""
        moment = time.monotonic()
        grown = self._left + (moment - self._since) * self._per_second
        self._left, self._since = min(self._burst, grown), moment
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Used:
    """Tokens that opened a room, kept until they have expired by themselves.

    A token can be written in one way only, so its text is what to remember. How many there are is
    bounded by how many may join in a minute.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    @contextmanager
    def once(self, token: str) -> Iterator[None]:
        """Let a token through the first time; one that the node refuses is not used up."""
        now = time.monotonic()
        for old in [one for one, until in self._until.items() if until <= now]:
            del self._until[old]
        if token in self._until:
            raise Refused("bad-token")
        self._until[token] = now + LONGEST_SECONDS
        try:
            yield
        except BaseException:
            del self._until[token]
            raise
