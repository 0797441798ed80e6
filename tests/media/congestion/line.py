"""A call over a line with a queue, stepped through by the real feedback of the real parts."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from app.media import rtcp
from app.media.congestion.arrivals import Arrivals
from app.media.congestion.estimate import Estimate

SECOND = 1_000_000
PACKET = 1100  # bytes at most
SOUND = 100  # bytes, 50 times a second: 40 kbit/s
FEEDBACK_US = 100_000
BEGAN_US = 5_000_000  # a clock that counts from somewhere, as real ones do


@dataclass
class Line:
    """A bottleneck with a queue that drops what finds it full. Bits per second; microseconds."""

    capacity: Callable[[float], float]  # of the time in seconds
    buffer_us: int = 300_000
    away_us: int = 20_000  # one way
    loss: float = 0.0
    jitter_us: int = 0
    other: float = 0.0  # bits per second of somebody else's steady flow, in packets of 1000 bytes
    stall_us: int = 0  # every second it holds everything back for so long, as radio does
    cut: tuple[float, float] = (0.0, 0.0)  # seconds between which nothing passes, either way

    free_us: float = 0.0
    other_next_us: float = 0.0

    def passes(self, now_us: int, size: int, dice: random.Random) -> int | None:
        """When a packet sent now arrives, or None."""
        self._others(now_us)
        if self.is_cut(now_us) or dice.random() < self.loss:
            return None
        arrival = self._queue(now_us, size)
        if arrival is None:
            return None
        stalled = max(0, self.stall_us - int(arrival) % SECOND)
        return int(arrival + stalled + dice.random() * self.jitter_us)

    def is_cut(self, now_us: int) -> bool:
        return self.cut[0] <= (now_us - BEGAN_US) / SECOND < self.cut[1]

    def waiting_us(self, now_us: int) -> float:
        return max(0.0, self.free_us - now_us)

    def _queue(self, now_us: float, size: int) -> float | None:
        if self.free_us - now_us > self.buffer_us:
            return None
        wire = size * 8 * SECOND / self.capacity((now_us - BEGAN_US) / SECOND)
        self.free_us = max(self.free_us, now_us) + wire
        return self.free_us + self.away_us

    def _others(self, now_us: int) -> None:
        while self.other and self.other_next_us <= now_us:
            self._queue(self.other_next_us, 1000)
            self.other_next_us += 8000 * SECOND / self.other


@dataclass
class Call:
    """A publisher of sound and picture that follows the estimate with a delay."""

    line: Line
    wants: Callable[[float], float] = lambda _seconds: 5_000_000.0  # bits/s the picture would take
    start: int = 1_500_000
    follows_us: int = 250_000
    seed: int = 1

    estimate: Estimate = field(init=False)
    arrivals: Arrivals = field(default_factory=Arrivals)
    now_us: int = BEGAN_US
    sequence: int = 65_000  # it turns over within the first seconds
    trace: list[tuple[float, int, float, float]] = field(default_factory=list)
    sent_bytes: int = 0

    def __post_init__(self) -> None:
        self.estimate = Estimate(self.start)
        self.dice = random.Random(self.seed)  # noqa: S311 - chance that repeats itself
        self.in_flight: list[tuple[int, int]] = []
        self.reports: list[tuple[int, bytes]] = []
        self.told: list[tuple[int, int]] = [(0, self.start)]
        self.owed: list[tuple[int, int]] = []

    @property
    def seconds(self) -> float:
        return (self.now_us - BEGAN_US) / SECOND

    def run(self, seconds: float) -> Call:
        end = self.now_us + int(seconds * SECOND)
        while self.now_us < end:
            self._step()
            self.now_us += 1000
        return self

    def _step(self) -> None:
        milliseconds = self.now_us // 1000
        if milliseconds % 20 == 0:
            self.owed.append((self.now_us, SOUND))
        if milliseconds % 33 == 0:
            self._frame()
        while self.owed and self.owed[0][0] <= self.now_us:
            self._send(heapq.heappop(self.owed)[1])
        while self.in_flight and self.in_flight[0][0] <= self.now_us:
            arrival, sequence = heapq.heappop(self.in_flight)
            self.arrivals.add(sequence, arrival + 777_000_000_000)
        if self.now_us % FEEDBACK_US == 0:
            self._feedback()
        if milliseconds % 100 == 50:
            self._watch()

    def _frame(self) -> None:
        """A picture of the present rate, its packets a millisecond apart as a pacer sends them."""
        while len(self.told) > 1 and self.told[1][0] <= self.now_us - self.follows_us:
            self.told.pop(0)
        bits = min(self.wants(self.seconds), self.told[0][1] - SOUND * 400)
        if bits < 30_000:
            return
        size = int(bits / 8 * 0.033 * self.dice.uniform(0.7, 1.3))
        for count in range(0, size, PACKET):
            at = self.now_us + 1000 * (count // PACKET)
            heapq.heappush(self.owed, (at, min(PACKET, size - count)))

    def _send(self, size: int) -> None:
        self.sequence = self.sequence + 1 & 0xFFFF
        self.estimate.sent(self.sequence, size, self.now_us)
        self.sent_bytes += size
        arrival = self.line.passes(self.now_us, size, self.dice)
        if arrival is not None:
            heapq.heappush(self.in_flight, (arrival, self.sequence))

    def _feedback(self) -> None:
        if not self.line.is_cut(self.now_us):
            for packet in self.arrivals.feedback(1, 2):
                self.reports.append((self.now_us + self.line.away_us, packet))
        while self.reports and self.reports[0][0] <= self.now_us:
            (message,) = rtcp.parse(self.reports.pop(0)[1])
            assert isinstance(message, rtcp.TransportFeedback)
            self.estimate.feedback(message, self.now_us)
        self.estimate.tick(self.now_us)
        self.estimate.rtt(2 * self.line.away_us + int(self.line.waiting_us(self.now_us)))
        self.told.append((self.now_us, self.estimate.bits))

    def _watch(self) -> None:
        waiting = self.line.waiting_us(self.now_us) / 1000
        self.trace.append((self.seconds, self.estimate.bits, waiting, self.estimate.through))

    def bits_between(self, start: float, end: float) -> list[int]:
        return [bits for at, bits, _waiting, _through in self.trace if start <= at < end]

    def mean_bits(self, start: float, end: float) -> float:
        held = self.bits_between(start, end)
        return sum(held) / len(held)

    def mean_through(self, start: float, end: float) -> float:
        held = [through for at, _bits, _waiting, through in self.trace if start <= at < end]
        return sum(held) / len(held)

    def waiting_ms(self, start: float, end: float, share: float) -> float:
        """The queue's wait that this share of the moments stays under."""
        held = sorted(waiting for at, _bits, waiting, _through in self.trace if start <= at < end)
        return held[int(share * (len(held) - 1))]
