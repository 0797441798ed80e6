"""When a frame is shown: RTP timestamps of one place on the recording's own time.

The sound of a place is its measure: it lies where its packets arrive, less the delay that varies
(the least delay of the last seconds counts, and a change of it is followed slowly, since the
ear notices a jump). The picture is laid beside the sound by the sender reports of both, which
name one moment on both streams' clocks (RFC 3550, 6.4.1). As long as there are none, or where
they make no sense, the picture too lies where it arrives. No wall clock of a sender is believed
beyond that, so that one which is hours wrong or runs fast harms nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

AUDIO_RATE = 48_000
VIDEO_RATE = 90_000
WINDOW = 10.0  # seconds over which the least delay is sought, twice
SLEW = 0.02  # seconds a second that the sound may be drawn towards it
IMPLAUSIBLE = 2.0  # seconds: no network and no camera is that late; the clock was set anew
CIRCLE = 1 << 32


def ticks_between(timestamp: int, earlier: int) -> int:
    """How far one 32-bit timestamp lies after another; negative if before."""
    return (timestamp - earlier + CIRCLE // 2) % CIRCLE - CIRCLE // 2


@dataclass(frozen=True, slots=True)
class Report:
    """What a sender report says: this moment of the sender's clock has this timestamp."""

    ntp: float
    timestamp: int


class Clock:
    """One stream's timestamps, laid where its packets arrive. All times in seconds."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._timestamp = 0
        self._ticks = 0
        self._offset = inf
        self._least = inf
        self._least_before = inf
        self._since = 0.0
        self._seen = 0.0
        self.report: Report | None = None

    def learn(self, ntp: float, timestamp: int) -> None:
        """Take over a sender report, for the packets to come. ValueError: it names no moment."""
        if not isfinite(ntp):
            raise ValueError("a report of no moment")
        self.report = Report(ntp, timestamp)

    def renew(self) -> None:
        """Forget it all: another source begins."""
        self._offset = inf
        self.report = None

    @property
    def running(self) -> bool:
        """Whether a packet was seen."""
        return self._offset != inf

    def arrived(self, timestamp: int, arrival: float) -> float:
        """Learn from a packet, and tell where it lies."""
        if not self.running:
            self._timestamp, self._ticks = timestamp, 0
            self._anchor(arrival, arrival)
            return arrival
        self._ticks += ticks_between(timestamp, self._timestamp)
        self._timestamp = timestamp
        sent = self._ticks / self._rate
        delay = arrival - sent
        if abs(delay - self._offset) > IMPLAUSIBLE:
            self._anchor(delay, arrival)
            return arrival
        if arrival - self._since > WINDOW:
            self._least_before, self._least, self._since = self._least, delay, arrival
        elif delay < self._least:
            self._least = delay
        reach = SLEW * max(0.0, arrival - self._seen)
        self._seen = arrival
        wanted = min(self._least, self._least_before) - self._offset
        self._offset += max(-reach, min(reach, wanted))
        return sent + self._offset

    def lies(self, timestamp: float) -> float:
        """Where a timestamp near the last packet's lies; fractions of a tick count."""
        whole = int(timestamp // 1)
        ticks = self._ticks + ticks_between(whole, self._timestamp) + (timestamp - whole)
        return ticks / self._rate + self._offset

    def _anchor(self, offset: float, arrival: float) -> None:
        self._offset = self._least = offset
        self._least_before = inf
        self._since = self._seen = arrival


class PlaceTime:
    """The two clocks of one place and what joins them."""

    def __init__(self) -> None:
        self.sound = Clock(AUDIO_RATE)
        self.picture = Clock(VIDEO_RATE)

    def of_sound(self, timestamp: int, arrival: float) -> float:
        """Where a packet of sound lies, in seconds of the clock that arrivals are told in."""
        return self.sound.arrived(timestamp, arrival)

    def of_picture(self, timestamp: int, arrival: float) -> float:
        """Where a frame lies whose first packet arrived then."""
        alone = self.picture.arrived(timestamp, arrival)
        heard, seen = self.sound.report, self.picture.report
        if heard is None or seen is None or not self.sound.running:
            return alone
        shown = seen.ntp + ticks_between(timestamp, seen.timestamp) / VIDEO_RATE
        beside = self.sound.lies(heard.timestamp + (shown - heard.ntp) * AUDIO_RATE)
        return beside if abs(beside - arrival) <= IMPLAUSIBLE else alone
