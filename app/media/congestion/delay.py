"""Whether a line's queue grows: read from how much later than they were sent packets arrive.

Source: draft-ietf-rmcat-gcc-02 sections 5.1 to 5.4 (groups of packets, overuse with an adaptive
threshold), with the slope of a straight line through the delays in the place of its Kalman
filter. The height of the queue above the lowest delay of late is watched as well: a queue that is
full does not grow, and is the worst of all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from operator import mul, sub

GROUP_US = 5_000  # packets sent within this time are one group
WINDOW = 20  # groups through which the line is drawn
SMOOTHING = 0.9
GAIN = 4.0
MOST_DELTAS = 60
# The threshold follows the slope, quicker when it falls, so that others' bursts do not starve us.
THRESHOLD_MS = 12.5
LEAST_THRESHOLD_MS, MOST_THRESHOLD_MS = 6.0, 600.0
FOLLOW_UP, FOLLOW_DOWN = 0.0087, 0.039  # each millisecond
OUTLIER_MS = 15.0
OVERUSE_MS = 10.0  # how long the slope must lie above the threshold
# A slope without height is jitter.
LEAST_QUEUE_US = 15_000
STANDING_QUEUE_US = 120_000
# Packets that wait no longer than this are not looked at one by one.
CALM_QUEUE_US = 10_000
STANDING_GROUPS = 12
# The lowest delay is that of the last one or two of these spans: clocks drift, and routes change.
BASE_SPAN_US = 15_000_000


class Delay:
    """The delay of one line; packets are added in the order they were sent."""

    __slots__ = (
        "_above_ms",
        "_accumulated",
        "_arrived",
        "_base",
        "_base_before",
        "_base_until",
        "_deltas",
        "_first_sent",
        "_heights",
        "_last_judged",
        "_last_slope",
        "_lowest",
        "_moments",
        "_previous",
        "_recent",
        "_sent",
        "_smoothed",
        "_threshold",
        "falling",
        "overused",
    )

    def __init__(self) -> None:
        self.overused = False  # the queue grows, or stands high
        self.falling = False  # it empties
        self._threshold = THRESHOLD_MS
        self._base = self._base_before = 1 << 62
        self._base_until = -(1 << 62)  # a receiver's clock may be below zero
        self.restart()

    def restart(self) -> None:
        """Forget the slope, after a silence: what lies before says nothing of what comes."""
        self.overused = self.falling = False
        # When the last groups arrived, and how much later than sent they did: milliseconds.
        self._moments: deque[float] = deque(maxlen=WINDOW)
        self._heights: deque[float] = deque(maxlen=WINDOW)
        self._recent: deque[int] = deque(maxlen=STANDING_GROUPS)
        self._accumulated = self._smoothed = self._last_slope = self._above_ms = 0.0
        self._deltas = self._first_sent = self._sent = self._arrived = self._lowest = 0
        self._previous: tuple[int, int] | None = None
        self._last_judged = 0.0

    @property
    def queue_us(self) -> int:
        """How long a packet waits of late, above the lowest delay known."""
        if not self._recent:
            return 0
        return min(self._recent) - self.base_us

    @property
    def base_us(self) -> int:
        """The lowest delay known: of an empty queue, and between two clocks."""
        return min(self._base, self._base_before)

    def add_calm(self, sent: list[int], arrived: list[int]) -> bool:
        """Packets arrived, and none waited long enough to tell anything: whether that is so.

        They count as one group then, at a tenth of the work. A line is known well before that, and
        below this height nothing is ever judged a jam.
        """
        delays = list(map(sub, arrived, sent))
        lowest = min(delays)
        troubled = self.overused or self.falling or self._deltas < MOST_DELTAS
        if troubled or max(delays) - self.base_us > CALM_QUEUE_US:
            return False
        if self._sent:
            lowest = min(lowest, self._lowest)
        self._close_group(sent[-1], arrived[-1], lowest)
        self._first_sent = self._sent = 0
        self._above_ms = 0.0
        return True

    def add(self, sent_us: int, arrival_us: int) -> None:
        """A packet arrived; both times on clocks of their own."""
        self.add_all((sent_us,), (arrival_us,))

    def add_all(self, sent: Iterable[int], arrived: Iterable[int]) -> None:
        """Packets arrived, in the order they were sent."""
        first, last = self._first_sent, self._sent
        latest, lowest = self._arrived, self._lowest
        for sent_us, arrival_us in zip(sent, arrived, strict=True):
            delay = arrival_us - sent_us
            if not last or sent_us - first > GROUP_US:
                if last:
                    self._close_group(last, latest, lowest)
                first = last = sent_us
                latest, lowest = arrival_us, delay
            elif sent_us >= first:  # otherwise out of order: its group is judged already
                last = max(last, sent_us)
                latest = max(latest, arrival_us)
                lowest = min(lowest, delay)
        self._first_sent, self._sent = first, last
        self._arrived, self._lowest = latest, lowest

    def _close_group(self, last: int, latest: int, lowest: int) -> None:
        self._recent.append(lowest)
        if latest > self._base_until:
            self._base_before, self._base = self._base, lowest
            self._base_until = latest + BASE_SPAN_US
        elif lowest < self._base:
            self._base = lowest
        if self._previous is not None:
            sent, arrived = self._previous
            self._deltas += 1
            self._accumulated += (latest - arrived - (last - sent)) / 1000
            self._smoothed = SMOOTHING * self._smoothed + (1 - SMOOTHING) * self._accumulated
            self._moments.append(latest / 1000)
            self._heights.append(self._smoothed)
        self._previous = (last, latest)

    def judge(self) -> None:
        """Compare the slope with the threshold, and move the threshold towards it.

        Called with each feedback: more often would cost more and tell nothing new.
        """
        if len(self._moments) < WINDOW or self._moments[-1] == self._last_judged:
            return
        now_ms = self._moments[-1]
        since = min(now_ms - self._last_judged, 100.0) if self._last_judged else 0.0
        self._last_judged = now_ms
        slope = _slope(self._moments, self._heights)
        trend = min(self._deltas, MOST_DELTAS) * slope * GAIN
        self.falling = trend < -self._threshold
        self._above_ms = self._above_ms + since if trend > self._threshold else 0.0
        growing = self._above_ms > OVERUSE_MS and slope >= self._last_slope
        queue = self.queue_us
        full = queue > STANDING_QUEUE_US and len(self._recent) == STANDING_GROUPS
        self.overused = (growing and queue > LEAST_QUEUE_US) or (full and not self.falling)
        self._last_slope = slope
        height = abs(trend)
        if height < self._threshold + OUTLIER_MS:
            follow = FOLLOW_DOWN if height < self._threshold else FOLLOW_UP
            moved = self._threshold + follow * (height - self._threshold) * since
            self._threshold = min(max(moved, LEAST_THRESHOLD_MS), MOST_THRESHOLD_MS)


def _slope(moments: Collection[float], heights: Collection[float]) -> float:
    """The slope of the straight line nearest to these points, by least squares."""
    count = len(moments)
    middle_x, middle_y = sum(moments) / count, sum(heights) / count
    across = [x - middle_x for x in moments]
    up = [y - middle_y for y in heights]
    spread = sum(map(mul, across, across))
    return sum(map(mul, across, up)) / spread if spread else 0.0
