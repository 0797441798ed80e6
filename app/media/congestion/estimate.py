"""How much one downlink can carry, from what its receiver tells of each packet's arrival.

Sources: draft-ietf-rmcat-gcc-02 for the shape (delay first, loss second, additive near the last
limit and multiplicative far from it); the numbers are this node's own, for a forwarder whose
publishers follow it with a delay.

* The delay rule (delay.py) falls below what gets through, and comes back when the queue is empty.
* The loss rule begins above 15 %: less is what radio does. When a fall does not lessen the loss,
  the loss is no jam either, and is borne with.
* Little being sent never lowers the estimate; but it only rises to half above what got through.
* When nothing is heard of what is sent, it falls by half each second, and comes back when the
  line does.
"""

from __future__ import annotations

from typing import Literal

from app.media.congestion.delay import Delay
from app.media.congestion.rate import Rate
from app.media.congestion.sent import KEPT, Sent
from app.media.rtcp import TransportFeedback
from app.media.rtcp.transport_cc import Arrival
from app.media.rtp import HALF

State = Literal["rising", "holding", "falling", "silent"]

START_BITS = 1_500_000
LEAST_BITS, MOST_BITS = 30_000, 4_000_000
# It may rise to this much above what got through.
HEADROOM, FREE_BITS = 1.5, 200_000

# Rates of rising, each second: far from the last limit, near it, and on a line that loses.
FAST, NEAR, LOSSY = 0.45, 0.07, 0.08
NEAR_BELOW, NEAR_ABOVE = 0.8, 1.15  # of the last limit
MODEST_LOSS = 0.05
QUIET_QUEUE_US = 50_000  # above it, no rise
EMPTY_QUEUE_US = 25_000
HIGH_QUEUE_US = 80_000
# What it falls to, of what got through: further if there is a queue to empty.
FALL, FALL_FAR, RETURN = 0.88, 0.7, 0.92
# With less than this share of the estimate sent, the sender had nothing more to send.
LIMITED = 0.6
RESPONSE_US = 200_000  # beyond the round trip, until a fall shows
LONGEST_RESPONSE_US = 800_000
# After a jam a rise that nothing sent bears out waits, longer each time.
PATIENCE_US, LONGEST_PATIENCE_US = 5_000_000, 60_000_000

LOSS_WINDOW_US, LOSS_PACKETS = 1_000_000, 20
LOSS_WEIGHT = 0.3  # of the newest window
TOLERATED_LOSS, MOST_TOLERATED_LOSS = 0.15, 0.5
LOSS_PAUSE_US, LOSS_MEMORY_US = 1_500_000, 30_000_000
# A loss that is still this much of what it was has not followed the rate, once that fell so far;
# one that is this much less has, and then a little of it is enough.
UNMOVED, FOLLOWED, LESSENED = 0.7, 0.85, 0.4
PROVEN_LOSS = 0.06

SILENCE_US = 1_000_000
LONGEST_STEP_US = 250_000
# The reference time of feedback turns over.
TURN_US = (1 << 24) * 64_000


class Estimate:
    """The estimate for one leg; times are microseconds of one clock."""

    def __init__(self, bits: int = START_BITS) -> None:
        self.bits = bits
        self.loss = 0.0  # share of packets, over the last seconds
        self.state: State = "holding"
        self._sent = Sent()
        self._delay = Delay()
        self._through, self._offered = Rate(), Rate()
        self._round_trip = 100_000
        self._heard_us = self._steered_us = self._fell_us = 0
        self._ceiling = 0.0
        self._draining = False
        self._patience_us = PATIENCE_US
        self._received = self._lost = self._loss_until = 0
        self._tolerated = TOLERATED_LOSS
        self._cut: tuple[float, float] | None = None
        self._cut_us = self._forgiven_us = self._before = 0
        self._turned = self._arrived = 0

    def sent(self, sequence: int, size: int, at_us: int) -> None:
        """A packet of `size` bytes went out under the next transport number."""
        sent = self._sent
        sent.last = sequence
        place = sequence & 4095  # KEPT - 1, spelt out: this runs for each packet
        sent.sizes[place] = size
        sent.at[place] = at_us

    def rtt(self, round_trip_us: int) -> None:
        """A round trip was measured."""
        self._round_trip += (round_trip_us - self._round_trip) // 8

    @property
    def through(self) -> int:
        """Bits per second that arrived of late."""
        return int(self._through.bits)

    def feedback(self, message: TransportFeedback, now_us: int) -> None:
        """Learn what arrived, and set the estimate anew."""
        if self._sent.last < 0:
            return
        if self.state == "silent":
            self._wake(now_us)
        self._heard_us = now_us
        turn = self._turn(message.reference * 64_000)
        row = self._sent.row(message.base, message.arrivals, turn) if message.arrivals else None
        if row is None:
            self._one_by_one(message.packets, turn)
        else:
            self._offered.add_all(row.sent, row.sizes)
            self._through.add_all(row.arrived, row.sizes)
            self._received += len(row.sizes)
            if not self._delay.add_calm(row.sent, row.arrived):
                self._delay.add_all(row.sent, row.arrived)
        self._steer(now_us)

    def _one_by_one(self, packets: list[Arrival], turn: int) -> None:
        """Packets of which some were lost, came late, or were told of before."""
        sizes, sent, newest = self._sent.sizes, self._sent.at, self._sent.last
        reported = self._sent.reported
        for sequence, arrival in packets:
            place = sequence & 4095
            size = sizes[place]
            # Nothing was sent under it, it was told of before, or it is long forgotten.
            if not size or newest - sequence & 0xFFFF >= KEPT:
                continue
            fresh = reported < 0 or 0 < sequence - reported & 0xFFFF < HALF
            if fresh:
                reported = sequence
                self._offered.add(sent[place], size)
            if arrival is not None:
                sizes[place] = 0
                self._arrival(sent[place], arrival + turn, size, fresh)
            elif fresh and sent[place] >= self._forgiven_us:
                self._lost += 1
        self._sent.reported = reported

    def _arrival(self, sent_us: int, arrival_us: int, size: int, fresh: bool) -> None:
        self._through.add(arrival_us, size)
        self._delay.add(sent_us, arrival_us)
        if fresh or self._was_only_late(arrival_us - sent_us):
            self._received += 1

    def _was_only_late(self, delay_us: int) -> bool:
        """Whether a packet told as lost had but been overtaken; one sent again takes longer."""
        late = delay_us - self._delay.base_us < self._round_trip // 2 and self._lost > 0
        self._lost -= late
        return late

    def _turn(self, reference_us: int) -> int:
        """What to add to arrivals so that they go on over a turn of the reference time."""
        ahead = reference_us + self._turned - self._arrived
        if ahead > TURN_US >> 1 and self._turned:
            return self._turned - TURN_US  # overtaken by one from after the turn
        if -ahead > TURN_US >> 1:
            self._turned += TURN_US
        self._arrived = reference_us + self._turned
        return self._turned

    def _steer(self, now_us: int) -> None:
        passed = min(now_us - self._steered_us, LONGEST_STEP_US)
        self._steered_us = now_us
        self._weigh_loss(now_us)
        self._delay.judge()
        response = min(self._round_trip + RESPONSE_US, LONGEST_RESPONSE_US)
        if self._delay.overused:
            if now_us - self._fell_us >= response:
                self._fall(now_us)
        elif self._draining:
            self._drain()
        elif self._delay.falling or self._delay.queue_us > QUIET_QUEUE_US:
            self.state = "holding"
        elif now_us - self._fell_us >= response:
            self._rise(passed, now_us)

    def _fall(self, now_us: int) -> None:
        """The queue grows or is full: go below what gets through, and let it empty."""
        through = self._through.bits
        queue = self._delay.queue_us
        target = through * (FALL_FAR if queue > HIGH_QUEUE_US else FALL)
        if self._offered.bits < LIMITED * self.bits and queue < HIGH_QUEUE_US:
            target = max(target, self.bits / 2)
        again = now_us - self._fell_us < 2 * self._patience_us + LONGEST_PATIENCE_US // 3
        self._patience_us = (
            min(2 * self._patience_us, LONGEST_PATIENCE_US) if again else PATIENCE_US
        )
        self._fell_us = now_us
        self._ceiling = through
        self._draining = True
        self._set(min(self.bits, target))
        self.state = "falling"

    def _drain(self) -> None:
        """Hold until the queue is empty, then return to just below what got through."""
        self.state = "holding"
        if self._delay.queue_us < EMPTY_QUEUE_US:
            self._draining = False
            self._set(max(self.bits, min(RETURN * self._ceiling, self._limit())))

    def _limit(self) -> float:
        return HEADROOM * self._through.bits + FREE_BITS

    def _rise(self, passed_us: int, now_us: int) -> None:
        limit = min(self._limit(), MOST_BITS)
        if self._ceiling and self._through.bits > NEAR_ABOVE * self._ceiling:
            self._ceiling = 0.0
            self._patience_us = PATIENCE_US
        if self.bits >= limit or self._must_wait(now_us):
            self.state = "holding"
            return
        pace = FAST
        if self.loss > MODEST_LOSS:
            pace = LOSSY
        elif NEAR_BELOW * self._ceiling < self.bits < NEAR_ABOVE * self._ceiling:
            pace = NEAR
        self._set(min(self.bits * (1 + pace * passed_us / 1_000_000), limit))
        self.state = "rising"

    def _must_wait(self, now_us: int) -> bool:
        """Whether a rise above the last limit is borne out by nothing, and was tried of late."""
        idle = self._offered.bits < LIMITED * self.bits
        above = 0 < self._ceiling <= self.bits
        return idle and above and now_us - self._fell_us < self._patience_us

    def _weigh_loss(self, now_us: int) -> None:
        self._loss_until = self._loss_until or now_us + LOSS_WINDOW_US
        total = self._received + self._lost
        if now_us < self._loss_until or total < LOSS_PACKETS:
            return
        share = self._lost / total
        self.loss += (share - self.loss) * LOSS_WEIGHT
        self._received = self._lost = 0
        self._loss_until = now_us + LOSS_WINDOW_US
        if now_us - self._cut_us < LOSS_PAUSE_US:
            return
        if now_us - self._cut_us > LOSS_MEMORY_US:
            self._tolerated, self._cut = TOLERATED_LOSS, None
        elif self._cut is not None:
            self._learn(share)
        if min(share, self.loss) > self._tolerated:
            self._cut_for_loss(now_us)

    def _learn(self, share: float) -> None:
        """See what the last cut did: where loss followed the rate, it was a jam without a queue."""
        loss, rate = self._cut or (0.0, 0.0)
        if share < LESSENED * loss:
            self._tolerated, self._cut = PROVEN_LOSS, None
        elif self._offered.bits < FOLLOWED * rate and self.loss >= UNMOVED * loss:
            self._tolerated = min(1.25 * self.loss + 0.02, MOST_TOLERATED_LOSS)
            self._cut = None

    def _cut_for_loss(self, now_us: int) -> None:
        """Go to just below what gets through."""
        self._cut = (self.loss, self._offered.bits)
        self._cut_us = self._fell_us = now_us
        self._ceiling = self._through.bits
        self._set(min(self.bits, 0.95 * self._through.bits))
        self.state = "falling"

    def tick(self, now_us: int) -> None:
        """Notice silence; called several times a second."""
        last = self._sent.last
        if last < 0:
            return
        self._heard_us = self._heard_us or now_us
        waits = self._sent.at[last & 4095] > self._heard_us
        if now_us - self._heard_us < SILENCE_US + 2 * self._round_trip or not waits:
            return
        if self.state != "silent":
            self.state = "silent"
            self._before, self._steered_us = self.bits, now_us
            self._set(self.bits / 2)
        elif now_us - self._steered_us >= SILENCE_US:
            self._steered_us = now_us
            self._set(self.bits / 2)

    def _wake(self, now_us: int) -> None:
        """The line is back: what was lost meanwhile tells nothing of what it carries now."""
        self._forgiven_us = self._steered_us = now_us
        self._received = self._lost = 0
        self._loss_until = now_us + LOSS_WINDOW_US
        self._delay.restart()
        self._through.restart()
        self._offered.restart()
        self._draining = False
        self._set(max(self.bits, self._before / 2))
        self.state = "holding"

    def _set(self, bits: float) -> None:
        self.bits = int(min(max(bits, LEAST_BITS), MOST_BITS))
