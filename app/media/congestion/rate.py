"""Bits per second over the last half second, by the time that the packets themselves carry."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence

BUCKET_US = 50_000
BUCKETS = 10  # whole ones that are counted; the present one is not yet whole
LEAST_BUCKETS = 3  # to begin with
NEVER = -(1 << 62)


class Rate:
    """A rate from (time, bytes), roughly in order of time."""

    __slots__ = ("_bytes", "_edge", "_first", "_held", "_whole")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        self._whole: deque[tuple[int, int]] = deque()  # number of the bucket, bytes
        self._first = self._held = 0  # the first bucket of all; the bytes of the whole ones
        # Of the present bucket: what it holds, and where it ends. A receiver's clock may be
        # below zero, so no time of it can stand for none.
        self._bytes, self._edge = 0, NEVER

    def add_all(self, times: list[int], sizes: Sequence[int]) -> None:
        """Count packets: those of a bucket at once, where each came after the one before."""
        at, count, ordered = 0, len(times), times == sorted(times)
        while at < count:
            until = max(at + 1, bisect_left(times, self._edge, at)) if ordered else at + 1
            self.add(times[at], sum(sizes[at:until]))
            at = until

    def add(self, at_us: int, size: int) -> None:
        """Count a packet; one that is older than the last joins it."""
        if at_us < self._edge:
            self._bytes += size
            return
        bucket = at_us // BUCKET_US
        if self._edge > NEVER:
            self._whole.append((self._edge // BUCKET_US - 1, self._bytes))
            self._held += self._bytes
            while self._whole and self._whole[0][0] < bucket - BUCKETS:
                self._held -= self._whole.popleft()[1]
        else:
            self._first = bucket
        self._edge = (bucket + 1) * BUCKET_US
        self._bytes = size

    @property
    def bits(self) -> float:
        """The rate over the whole buckets of late; 0.0 before the first."""
        if self._edge == NEVER:
            return 0.0
        present = self._edge // BUCKET_US - 1
        span = min(BUCKETS, max(LEAST_BUCKETS, present - self._first))
        return self._held * 8_000_000 / (span * BUCKET_US)
