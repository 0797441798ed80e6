"""When there is more than the processor can do: pictures are given up before anybody's sound.

Dropping a picture costs a tenth of forwarding it, so a node that is late recovers at once; it
gives pictures back one share at a time, once it has had time to spare.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from app.media.leg import Leg

# Above this share of one core nobody else is let in; the rest is for those who are.
FULL = 0.6
CALM = 0.75
JUDGED_US = 250_000
CALM_ROUNDS = 8
STEPS = 4


class Pressure:
    """How busy the node is, and how many pictures it gives up.

    `spent` tells the processor's seconds that the node has used.
    """

    def __init__(self, spent: Callable[[], float] = time.process_time) -> None:
        self._clock = spent
        self.load = 0.0
        self.step = 0
        self._judged_us = 0
        self._spent = spent()
        self._calm = 0
        self._late = self._kept_up = 0
        self._was_late = False

    def turned(self, *, late: bool) -> None:
        """A turn of the loop ended: with datagrams still waiting, or with none."""
        self._late += late
        self._kept_up += not late

    def judge(self, now: int) -> bool:
        """Look at the time just past, four times a second: whether to give up more or less."""
        passed = now - self._judged_us
        if passed < JUDGED_US:
            return False
        spent = self._clock()
        busy = min(1.0, (spent - self._spent) * 1_000_000 / passed)
        first, self._judged_us, self._spent = not self._judged_us, now, spent
        # A socket holds what comes in a moment's stall: late is who never emptied it meanwhile.
        late = self._late > 0 and not self._kept_up
        self._late = self._kept_up = 0
        lasts, self._was_late = late and self._was_late, late
        if first:
            return False
        self.load += (busy - self.load) / 2
        # One that is late again has too much to do, however little of the processor it was given:
        # the system's own work on the same core counts as nobody's. Once is a stall that passes.
        return self._move(busy, too_much=lasts)

    def _move(self, busy: float, *, too_much: bool) -> bool:
        before = self.step
        if too_much:
            self.step, self._calm = min(STEPS, self.step + 1), 0
        elif busy > CALM:
            self._calm = 0
        else:
            self._calm += 1
            if self._calm >= CALM_ROUNDS and self.step:
                self.step, self._calm = self.step - 1, 0
        return self.step != before

    def given_up(self, legs: Sequence[Leg]) -> frozenset[Leg]:
        """Whose pictures are dropped now: the same ones first each time, the rest stay whole."""
        count = len(legs) * self.step // STEPS
        return frozenset(sorted(legs, key=lambda leg: leg.id)[:count])
