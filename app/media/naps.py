"""Short naps between small batches: what comes in the meantime costs one wake-up instead of many.

Waking for each datagram costs more than forwarding it. Network cards moderate their interrupts
for the same reason. Measured with 80 participants (`python -m benchmarks.media forwarding`), a
quarter of the processor's time is spared for the millisecond at most that a packet waits, which
nobody sees or hears. With few packets there is nothing to spare, with many the batches are large
anyway, so neither naps.
"""

from __future__ import annotations

import time

NAP_SECONDS = 0.001
# A turn that took fewer datagrams than these may be followed by a nap,
SMALL = 32
# while so many come in a second. One judgement holds for a moment.
FROM, UP_TO = 2_000, 16_000
JUDGED_US = 100_000
MICRO = 1_000_000


class Naps:
    """Whether the loop may nap, judged by how many datagrams came of late."""

    def __init__(self) -> None:
        self.allowed = False
        self._received = self._judged_us = 0

    def judge(self, now: int, received: int) -> None:
        """Look at the rate again; `now` in microseconds, `received` since the node began."""
        passed = now - self._judged_us
        if passed < JUDGED_US:
            return
        rate = (received - self._received) * MICRO / passed
        self.allowed = FROM <= rate <= UP_TO
        self._judged_us, self._received = now, received

    def after(self, count: int) -> bool:
        """Nap, where a turn that took `count` datagrams and the rate allow it: whether it did."""
        if not self.allowed or not 0 < count < SMALL:
            return False
        time.sleep(NAP_SECONDS)
        return True
