"""What arrived on an uplink, and the feedback that tells its sender.

Source: draft-holmer-rmcat-transport-wide-cc-extensions-01; an arrival is noted in the hot path
with an append, and everything else is done when feedback is made, every 50 to 100 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from app.media.rtcp import transport_feedback
from app.media.rtp import extend

# A packet of feedback is kept well below the size that fits any path: two bytes for each arrival
# at most, and less than three bits of status.
MOST_ARRIVALS = 400
# Losses are told up to this many in a row; a wider gap is a sender that began anew.
WIDEST_GAP = 2_000
# Losses that one round of feedback tells in all: whoever leaps from number to number makes the
# node count no further, and no message longer than it may be.
MOST_LOSSES = 4_000
FARTHEST_APART_US = 8_000_000  # two arrivals that one feedback can tell
# Packets told as lost that may still come late, and be told of again.
MOST_MISSING = 1_000

# The first number of a run, and arrivals by extended number; what is absent inside is lost.
Run = tuple[int, dict[int, int]]
Stretch = tuple[int, list[int | None]]


class Arrivals:
    """The arrivals of one connection's packets, of all its streams together.

    `pending` is what `add` appends to: microseconds and transport number in one whole number, the
    latter in the lowest 16 bits. A hot loop may append to it directly; it stays the same list. A
    pair for each packet would be an object more, and work for the collector of garbage.
    """

    __slots__ = ("_highest", "_missing", "_next", "_number", "pending")

    def __init__(self) -> None:
        self.pending: list[int] = []
        self._highest = -1  # extended; below zero before the first
        self._next = 0  # the first number not told of
        self._missing: dict[int, None] = {}
        self._number = 0

    def add(self, sequence: int, arrival_us: int) -> None:
        """Note that a packet with this transport number (16 bits) arrived."""
        self.pending.append(arrival_us << 16 | sequence)

    def feedback(self, sender: int, media: int) -> list[bytes]:
        """Messages that tell of all arrivals since the last call; none if nothing arrived.

        `media` is the source of any of the sender's streams. Numbers told as lost that came late
        are told of in messages of their own. Duplicates keep their first arrival.
        """
        if not self.pending:
            return []
        messages: list[bytes] = []
        for base, arrivals in self._unbroken() or self._stretches():
            messages.append(transport_feedback(sender, media, base, self._number, arrivals))
            self._number = self._number + 1 & 0xFF
        self.pending.clear()
        return messages

    def _unbroken(self) -> list[tuple[int, Sequence[int]]]:
        """The ordinary case: everything came, in its order, and fits one message. Or nothing."""
        numbers = [one & 0xFFFF for one in self.pending]
        first, count = self._next & 0xFFFF, len(numbers)
        if self._highest < 0 or numbers != list(range(first, first + count)):
            return []
        times = [one >> 16 for one in self.pending]
        if count > MOST_ARRIVALS or max(times) - min(times) > FARTHEST_APART_US:
            return []
        self._highest += count
        self._next += count
        return [(first, times)]

    def _stretches(self) -> list[Stretch]:
        """What is to be told: first number and arrivals, each short enough for one message."""
        stretches: list[Stretch] = []
        for first, run in self._runs():
            told: list[int | None] = []
            base, arrived, before = first, 0, 0
            for number in range(first, max(run) + 1):
                arrival = run.get(number)
                if arrival is not None:
                    far = arrived and abs(arrival - before) > FARTHEST_APART_US
                    if arrived == MOST_ARRIVALS or far:
                        stretches.append((base & 0xFFFF, told))
                        told, base, arrived = [], number, 0
                    arrived += 1
                    before = arrival
                told.append(arrival)
            stretches.append((base & 0xFFFF, told))
        return stretches

    def _runs(self) -> list[Run]:
        """The pending arrivals by number: late ones, and runs from the first not yet told of."""
        runs: list[Run] = []
        late: dict[int, int] = {}
        current: dict[int, int] = {}
        losses = 0
        for one in self.pending:
            arrival, sequence = one >> 16, one & 0xFFFF
            if self._highest < 0:
                self._begin(sequence)
            number = extend(sequence, self._highest)
            ahead = number - self._highest
            wide = abs(ahead) > WIDEST_GAP
            losses += 0 if wide else max(0, ahead - 1)
            if wide or (ahead > 1 and losses > MOST_LOSSES):
                self._close(current, runs)
                current = {}
                self._begin(number)
                number = self._highest
            if number >= self._next:
                current.setdefault(number, arrival)
                self._highest = max(self._highest, number)
            elif number in self._missing:
                del self._missing[number]
                late[number] = arrival
        self._close(current, runs)
        return [*_joined(late), *runs]

    def _begin(self, number: int) -> None:
        # A turn ahead, so that numbers before the very first stay positive.
        self._highest = self._next = (number & 0xFFFF) + (1 << 16)
        self._missing.clear()

    def _close(self, run: dict[int, int], runs: list[Run]) -> None:
        """Finish a run: it tells of everything since the last, so what is absent is missing."""
        if not run:
            return
        last = max(run)
        for number in range(self._next, last):
            if number not in run:
                self._missing[number] = None
        for number in list(islice(self._missing, max(0, len(self._missing) - MOST_MISSING))):
            del self._missing[number]
        runs.append((self._next, run))
        self._next = last + 1


def _joined(late: dict[int, int]) -> list[Run]:
    """Late arrivals, those of neighbouring numbers together."""
    runs: list[Run] = []
    for number in sorted(late):
        if not runs or number - 1 not in runs[-1][1]:
            runs.append((number, {}))
        runs[-1][1][number] = late[number]
    return runs
