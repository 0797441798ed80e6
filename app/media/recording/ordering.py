"""Packets in the order they were sent: late ones are waited for, but not for long."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from app.media.rtp import distance

PATIENCE = 0.2  # seconds; a retransmission asked for twice on a good line comes within it
LONGEST = 64  # packets held behind a gap
REACH = 1000  # sequence numbers; what lies further away belongs to another count
STRAYS = 25  # late packets in a row: the count was set back
TURN = 0x10000

Parcel = TypeVar("Parcel")


class Window(Generic[Parcel]):
    """The reorder window of one stream: hands on each packet once, and tells of gaps.

    `deliver(parcel, gap)` is called in sequence; `gap` is true when packets before this one will
    not come, and for the first of all. Times are the packets' own arrivals in seconds: there is
    no clock in here.
    """

    def __init__(self, deliver: Callable[[Parcel, bool], None]) -> None:
        self._deliver = deliver
        self._held: dict[int, tuple[Parcel, float]] = {}
        self._next = -1
        self._jumped = -1
        self._strays = 0
        self.lost = 0
        self.late = 0
        self.repeated = 0

    def put(self, sequence: int, parcel: Parcel, arrival: float) -> None:
        """Take one packet."""
        if sequence == self._next and not self._held:
            self._next = (sequence + 1) % TURN
            self._strays = 0
            self._deliver(parcel, False)
            return
        if self._next < 0:
            self._next = (sequence + 1) % TURN
            self._deliver(parcel, True)
            return
        ahead = distance(sequence, self._next)
        if not -REACH < ahead < REACH:
            self._jump(sequence, parcel)
        elif ahead < 0:
            self._stray(sequence, parcel)
        elif sequence in self._held:
            self.repeated += 1
        else:
            self._strays = 0
            self._held[sequence] = (parcel, arrival)
            self._release(gap=False)
            self.expire(arrival)

    def missing(self, sequence: int) -> bool:
        """Whether a packet with this number would still be of use."""
        ahead = distance(sequence, self._next)
        return self._next >= 0 and 0 <= ahead < REACH and sequence not in self._held

    def expire(self, now: float) -> None:
        """Stop waiting for what has been missing too long; at infinity, for everything."""
        while self._held and (
            len(self._held) > LONGEST or now - next(iter(self._held.values()))[1] > PATIENCE
        ):
            self._give_up()

    def renew(self) -> None:
        """Hand on what is held, and begin with whatever number comes next."""
        self.expire(inf)
        self._next = self._jumped = -1
        self._strays = 0

    def _give_up(self) -> None:
        nearest = min(self._held, key=lambda sequence: (sequence - self._next) % TURN)
        self.lost += (nearest - self._next) % TURN
        self._next = nearest
        self._release(gap=True)

    def _release(self, *, gap: bool) -> None:
        while found := self._held.pop(self._next, None):
            self._next = (self._next + 1) % TURN
            self._deliver(found[0], gap)
            gap = False

    def _jump(self, sequence: int, parcel: Parcel) -> None:
        """One packet from afar is chance or malice; two in a row are a new count."""
        if sequence == self._jumped:
            self._restart(sequence, parcel)
        else:
            self._jumped = (sequence + 1) % TURN
            self.late += 1

    def _stray(self, sequence: int, parcel: Parcel) -> None:
        """A packet handed on already, or given up: unless there come no others any more."""
        self._strays += 1
        if self._strays > STRAYS:
            self._restart(sequence, parcel)
        else:
            self.late += 1

    def _restart(self, sequence: int, parcel: Parcel) -> None:
        self.expire(inf)
        self._jumped = -1
        self._strays = 0
        self._next = (sequence + 1) % TURN
        self._deliver(parcel, True)
