"""What went out under which transport number: how large, and when."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from app.media.rtp import HALF

KEPT = 4096  # packets remembered: over ten seconds of a full call
PLACE = KEPT - 1


class Row(NamedTuple):
    """Packets in their order: when they were sent, how large, and when they arrived."""

    sent: list[int]
    sizes: array[int]
    arrived: list[int]


class Sent:
    """The last packets to one receiver."""

    __slots__ = ("at", "last", "reported", "sizes")

    def __init__(self) -> None:
        self.sizes = array("H", bytes(2 * KEPT))
        self.at = array("q", bytes(8 * KEPT))
        # The newest number sent, and the newest that was told of; below zero before the first.
        self.last = self.reported = -1

    def row(self, first: int, arrivals: Sequence[int | None], turn: int) -> Row | None:
        """The ordinary feedback as a whole: all of it news, and all of it arrived. Or None.

        `arrivals` are of the numbers from `first` on. What it tells of is forgotten, as it can be
        told of but once.
        """
        count, at = len(arrivals), first & PLACE
        ahead, behind = first - self.reported & 0xFFFF, self.last - first & 0xFFFF
        fresh = self.reported < 0 or 0 < ahead < HALF - count
        if not fresh or not count <= behind + 1 <= KEPT or at + count > KEPT:
            return None
        sizes = self.sizes[at : at + count]
        arrived = [arrival + turn for arrival in arrivals if arrival is not None]
        if len(arrived) < count or 0 in sizes:
            return None
        self.sizes[at : at + count] = array("H", bytes(2 * count))
        self.reported = first + count - 1 & 0xFFFF
        return Row(self.at[at : at + count].tolist(), sizes, arrived)
