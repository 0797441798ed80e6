"""A stream that a browser sends: what has come, what is missing, and who gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from app.media.downstream import Slot
    from app.media.leg import Leg

Kind = Literal["audio", "video"]
M16, M32 = 0xFFFF, 0xFFFFFFFF
HALF = 0x8000
# Packets kept for those who miss one: over two seconds of a full picture, or of sound.
HISTORY = {"audio": 128, "video": 1024}
CLOCKS = {"audio": 48000, "video": 90000}
# A longer gap is a new beginning: asking for each packet would cost more than a fresh picture.
LONGEST_GAP = 128
# How often a packet is asked for, after which pause, and for how long.
MOST_ASKED = 8
ASKED_TOGETHER = 64
FIRST_ASK_US = 15_000
LEAST_PAUSE_US = 30_000
GIVEN_UP_US = 1_000_000
# A new picture costs many packets; several who ask at once get the same one.
KEYFRAME_PAUSE_US = 400_000
# Every eighth packet measures the jitter as well as each would (RFC 3550, A.8, is a mean).
JITTER_MASK = 7
SOURCE_STALE_US = 1_500_000
# A jitter above this part of a second is no longer that of a good line.
UNEVEN = 40


class Sink(Protocol):
    """Takes every packet of a recorded stream, and never makes the node wait."""

    def write(self, place: int, kind: Kind, packet: bytes, arrival: float) -> None:
        """One plain packet, and when it came, in seconds."""

    def report(self, place: int, kind: Kind, ntp: float, rtp_timestamp: int) -> None:
        """Which clock reading of a stream is which moment of its sender."""


class Stream:
    """One stream of packets under one name (SSRC)."""

    __slots__ = (
        "asked_keyframe_us",
        "base",
        "clock",
        "cycles",
        "highest",
        "history",
        "jitter",
        "kind",
        "last_us",
        "layer",
        "leg",
        "level",
        "mask",
        "measured",
        "missing",
        "next",
        "octets",
        "rate",
        "received",
        "reported",
        "reported_received",
        "sender_report",
        "sink",
        "slots",
        "ssrc",
        "stamp",
        "transit",
        "waiting",
        "wanted_keyframe",
    )

    def __init__(self, leg: Leg, kind: Kind, ssrc: int, layer: str) -> None:
        self.leg, self.kind, self.ssrc, self.layer = leg, kind, ssrc, layer
        self.clock = CLOCKS[kind]
        self.mask = HISTORY[kind] - 1
        self.history: list[bytes | None] = [None] * HISTORY[kind]
        self.slots: list[Slot] = []
        # Who changes to this stream with its next whole picture.
        self.waiting: list[Slot] = []
        # What has not come: when it was missed, how often it was asked for, and when last.
        self.missing: dict[int, list[int]] = {}
        self.next = self.base = self.highest = -1
        self.cycles = self.received = self.octets = 0
        self.reported = self.reported_received = 0
        self.jitter = 0.0
        self.transit = self.last_us = self.rate = self.stamp = 0
        self.level = 127
        # When its rate was measured last, and how many octets had come by then.
        self.measured = (0, 0)
        # The last sender report: middle of its time, and when it came.
        self.sender_report = (0, 0)
        # Where a recording takes its packets.
        self.sink: Sink | None = None
        self.asked_keyframe_us = -KEYFRAME_PAUSE_US
        self.wanted_keyframe = False

    @property
    def is_uneven(self) -> bool:
        """Whether something is missing, or what comes is held up on the way."""
        return bool(self.missing) or self.jitter * UNEVEN > self.clock

    @property
    def began(self) -> bool:
        """Whether a packet has come."""
        return self.base >= 0

    def out_of_turn(self, seq: int, now: int) -> bool:
        """Take a packet that is not the next: False when it is too late to be of use."""
        if self.base < 0:
            self.base = self.highest = seq
            self.next = (seq + 1) & M16
            return True
        ahead = (seq - self.next) & M16
        if ahead < HALF:
            if self.is_stale(now):
                self.leg.comes_back(now)
            self._skip(ahead, now)
            self.next = (seq + 1) & M16
            return True
        return self.missing.pop(seq, None) is not None

    def _skip(self, count: int, now: int) -> None:
        if count > LONGEST_GAP:
            self.history = [None] * len(self.history)
        # What lies where a missing packet belongs is a whole turn older, and gone for good.
        for at in range(self.next, self.next + min(count, LONGEST_GAP)):
            self.history[at & self.mask] = None
        if count > LONGEST_GAP or len(self.missing) > LONGEST_GAP:
            self.missing.clear()
            # Of one who has just come back it is asked for already.
            if not self.leg.is_back(now):
                self.want_keyframe()
            return
        for at in range(count):
            self.missing[(self.next + at) & M16] = [now, 0, now]

    def measure(self, stamp: int, now: int) -> None:
        """Follow the jitter of the arrivals (RFC 3550, section 6.4.1)."""
        transit = (now * self.clock // 1_000_000 - stamp) & M32
        change = abs(((transit - self.transit + (1 << 31)) & M32) - (1 << 31))
        if self.transit and change < self.clock:
            self.jitter += (change - self.jitter) / 16
        self.transit = transit

    def stored(self, seq: int) -> bytes | None:
        """A packet that came lately, plain, under its sender's numbers."""
        packet = self.history[seq & self.mask]
        if packet is None or (packet[2] << 8 | packet[3]) != seq & M16:
            return None
        return packet

    def asks(self, now: int, round_trip: int) -> list[int]:
        """The missing packets to ask for now; those given up are forgotten."""
        due: list[int] = []
        pause = max(LEAST_PAUSE_US, round_trip + round_trip // 4)
        for seq, entry in list(self.missing.items()):
            since, tries, last = entry
            waited = now - last >= (pause if tries else FIRST_ASK_US)
            if (tries >= MOST_ASKED and waited) or now - since > GIVEN_UP_US:
                del self.missing[seq]
                self.want_keyframe()
            elif tries < MOST_ASKED and waited and len(due) < ASKED_TOGETHER:
                entry[1], entry[2] = tries + 1, now
                due.append(seq)
        return due

    def want_keyframe(self) -> None:
        """Ask for a whole picture as soon as it is time."""
        if self.kind == "video":
            self.wanted_keyframe = True

    def want_keyframe_anew(self) -> None:
        """The same, though one was asked for a moment ago: that did not get through."""
        self.want_keyframe()
        self.asked_keyframe_us = -KEYFRAME_PAUSE_US

    def asks_keyframe(self, now: int) -> bool:
        """Whether to ask for it now."""
        # A request can be lost, so whoever waits for a beginning is asked for until it comes.
        wanted = self.wanted_keyframe or (self._is_awaited() and not self.is_stale(now))
        if not wanted or now - self.asked_keyframe_us < KEYFRAME_PAUSE_US:
            return False
        self.wanted_keyframe = False
        self.asked_keyframe_us = now
        return True

    def _is_awaited(self) -> bool:
        return self.kind == "video" and any(slot.leg.ready for slot in self.waiting)

    def extended_highest(self) -> int:
        """The highest number so far with its turns; called once a second, well within a turn."""
        highest = (self.next - 1) & M16
        if highest < self.highest and self.highest - highest > HALF:
            self.cycles += 1
        self.highest = highest
        return (self.cycles << 16 | highest) & M32

    def extended(self, seq: int) -> int:
        """A number that is not ahead of the highest, with its turns."""
        highest = self.extended_highest()
        return highest - ((highest - seq) & M16)

    def loss_since_report(self) -> tuple[int, int, int]:
        """Fraction lost since the last report (of 256), lost in all, highest number (RFC 3550)."""
        highest = self.extended_highest()
        expected = highest - self.base + 1
        lost = max(-0x800000, min(0x7FFFFF, expected - self.received))
        since = expected - self.reported
        missed = since - (self.received - self.reported_received)
        self.reported, self.reported_received = expected, self.received
        fraction = min(255, missed * 256 // since) if since > 0 and missed > 0 else 0
        return fraction, lost, highest

    def is_stale(self, now: int) -> bool:
        """Whether nothing has come for so long that it has stopped."""
        return now - self.last_us > SOURCE_STALE_US
