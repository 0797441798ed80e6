"""Bits per second over the last half second, by the time that the packets themselves carry."""

from __future__ import annotations

from collections import deque

BUCKET_US = 50_000
BUCKETS = 10  # whole ones that are counted; the present one is not yet whole
LEAST_BUCKETS = 3  # to begin with


class Rate:
    """A rate from (time, bytes), roughly in order of time."""

    __slots__ = ("_buckets", "_first")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        self._buckets: deque[list[int]] = deque()  # number of the bucket, bytes
        self._first = -1

    def add(self, at_us: int, size: int) -> None:
        """Count a packet; one that is older than the last joins it."""
        bucket = at_us // BUCKET_US
        buckets = self._buckets
        if buckets and bucket <= buckets[-1][0]:
            buckets[-1][1] += size
            return
        if not buckets:
            self._first = bucket
        buckets.append([bucket, size])
        while buckets[0][0] < bucket - BUCKETS:
            buckets.popleft()

    @property
    def bits(self) -> float:
        """The rate up to the last packet counted; 0.0 before the first."""
        if not self._buckets:
            return 0.0
        newest = self._buckets[-1][0]
        span = min(BUCKETS, max(LEAST_BUCKETS, newest - self._first))
        counted = sum(size for bucket, size in self._buckets if newest - span <= bucket < newest)
        return counted * 8_000_000 / (span * BUCKET_US)
