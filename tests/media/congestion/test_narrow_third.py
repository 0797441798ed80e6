"""One of three behind a narrow line: all voices, and a small picture of who speaks.

The line, the estimate and the sharing of it are real; what the others send is made up of sizes and
moments alone, their small picture as large as the page has browsers make it.
"""

from __future__ import annotations

import heapq
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from app.media import rtcp
from app.media.congestion.arrivals import Arrivals
from app.media.congestion.estimate import Estimate
from app.media.congestion.rises import Rises
from app.media.congestion.share import Given, Want, share
from app.media.quality import LOOK_US
from tests.media.congestion.line import BEGAN_US, SECOND, Line

RELAY = Path(__file__).parents[3] / "static" / "js" / "consults" / "relay.js"
GOOD, NARROW = 4_000_000.0, 200_000.0
# When the line grows narrow, when that should be settled, and when the look ends: seconds.
NARROWS, SETTLED, ENDS = 8, 16, 40
# Bytes: of a packet of sound sealed from end to end, of an RTP header, and of what travels around
# both.
VOICE, HEAD, AROUND = 108, 24, 58
HIGH_BITS, HIGH_RATE, PIECE = 552_000, 30, 1150
SPEAKER, OTHER = 1, 2
STEP_US, FEEDBACK_US, REPORT_US = 1000, 100_000, SECOND


def small_picture() -> tuple[int, int]:
    """Bits and pictures a second that the page allows the small layer."""
    found = re.search(r"SMALL = \{.*maxBitrate: ([\d_]+), maxFramerate: (\d+)", RELAY.read_text())
    assert found is not None
    return int(found[1]), int(found[2])


class Third:
    """Who gets two others over one line; what they say of it comes back late."""

    def __init__(self, seed: int, late_us: int) -> None:
        self.line = Line(lambda at: GOOD if at < NARROWS else NARROW)
        self.dice = random.Random(seed)  # noqa: S311 - chance that repeats itself
        self.late_us = self.line.away_us + late_us
        self.bits, self.rate = small_picture()
        self.estimate, self.arrivals = Estimate(), Arrivals()
        self.now, self.sequence = BEGAN_US, 100
        self.coming: list[tuple[int, int, str]] = []
        self.told: list[tuple[int, bytes]] = []
        self.given: dict[int, Given] = {}
        self.rises = Rises()
        self.pictures: list[float] = []
        self.shares: list[tuple[float, dict[int, Given]]] = []

    @property
    def seconds(self) -> float:
        return (self.now - BEGAN_US) / SECOND

    def run(self) -> Third:
        while self.seconds < ENDS:
            self.send()
            while self.coming and self.coming[0][0] <= self.now:
                came, sequence, what = heapq.heappop(self.coming)
                self.arrivals.add(sequence, came)
                self.pictures += [self.seconds] if what == "low" else []
            if self.now % FEEDBACK_US == 0:
                self.report()
            if self.now % LOOK_US == 0:
                self.look()
            self.now += STEP_US
        return self

    def send(self) -> None:
        for place in (SPEAKER, OTHER):
            at = self.now // 1000 + 7 * place
            if at % 20 == 0:
                self.packet(VOICE, "voice")
            layer = self.given.get(place, Given()).video
            if layer == "low" and at * self.rate // 1000 != (at - 1) * self.rate // 1000:
                size = int(self.bits / 8 / self.rate * self.dice.uniform(0.7, 1.3))
                self.packet(size + HEAD, "low" if place == SPEAKER else "other")
            elif layer == "high" and at % (1000 // HIGH_RATE) == 0:
                for _ in range(-(-HIGH_BITS // 8 // HIGH_RATE // PIECE)):
                    self.packet(PIECE, "high")

    def packet(self, size: int, what: str) -> None:
        self.sequence = self.sequence + 1 & 0xFFFF
        self.estimate.sent(self.sequence, size, self.now)
        arrival = self.line.passes(self.now, size + AROUND, self.dice)
        if arrival is not None:
            heapq.heappush(self.coming, (arrival, self.sequence, what))

    def report(self) -> None:
        self.told += [(self.now + self.late_us, one) for one in self.arrivals.feedback(1, 2)]
        while self.told and self.told[0][0] <= self.now:
            (message,) = rtcp.parse(self.told.pop(0)[1])
            assert isinstance(message, rtcp.TransportFeedback)
            self.estimate.feedback(message, self.now)
        self.estimate.tick(self.now)
        if self.now % REPORT_US == 0:
            self.estimate.rtt(self.late_us + self.line.away_us)

    def look(self) -> None:
        low = self.bits + 8 * HEAD * self.rate
        wants = []
        for place in (SPEAKER, OTHER):
            wants.append(Want(place, "audio", (VOICE * 400,), speaker=place == SPEAKER))
            wants.append(Want(place, "video", (low, HIGH_BITS), speaker=place == SPEAKER))
        ripe = self.rises.ripe(self.given, (SPEAKER, OTHER), self.now)
        shared = share(self.estimate.bits, wants, self.given, ripe)
        self.rises.learn(self.given, shared.given, shared.rises, self.now)
        self.given = shared.given
        self.shares.append((self.seconds, self.given))


@pytest.mark.parametrize("late_us", [0, 200_000, 400_000])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_narrow_one_of_three_hears_both_and_sees_who_speaks(seed: int, late_us: int) -> None:
    third = Third(seed, late_us).run()
    before = [given for at, given in third.shares if NARROWS / 2 < at < NARROWS]
    assert all(one[SPEAKER].video == one[OTHER].video == "high" for one in before)
    after = [given for at, given in third.shares if at >= SETTLED]
    assert all(one[SPEAKER].audio and one[OTHER].audio for one in after)
    seen = [at for at in third.pictures if at >= SETTLED]
    assert len(seen) / (ENDS - SETTLED) > 0.9 * third.rate > 7
    gaps = [b - a for a, b in pairwise(seen)]
    assert max(gaps) < 1, max(gaps)
