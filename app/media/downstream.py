"""A slot: what one leg receives of one place, under names and numbers of its own.

Streams behind a slot change, when somebody returns or another layer is better; its numbers go on
without a break, so the browser notices a changed picture and nothing else. A number is never used
twice for different content: with the ciphers of SRTP that would give the keys away.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from app.media.picture import UNMOVED, Pictures, last_numbers, renumber
from app.media.sdp import HIGH, RTX
from app.media.upstream import M16, M32, Kind, Stream

if TYPE_CHECKING:
    from app.media.leg import Leg
    from app.media.wires.wire import Buffer

HEADER = struct.Struct("!HII")
NUMBER = struct.Struct("!H")
MARKER, TYPE = 0x80, 0x7F
KEPT_TRANSPORT = 128
# A packet asked for again within this time is on its way already.
RESENT_PAUSE_US = 15_000
# Between two streams the clock goes on as far as it seems to have, and at least one frame.
LEAST_STEP = {"audio": 960, "video": 3000}


class Segment(NamedTuple):
    """A run of a slot's numbers that one stream filled, and how far each of them was moved.

    `first` and `last` are the stream's own numbers with their turns; the present run has no last.
    """

    first: int
    stream: Stream
    shift: int
    stamp_shift: int
    picture_shift: tuple[int, int] = UNMOVED
    last: int | None = None

    @property
    def numbers(self) -> int:
        """How many of the slot's numbers it fills."""
        last = self.stream.extended_highest() if self.last is None else self.last
        return last - self.first + 1


class Ended(NamedTuple):
    """Where a slot stopped: its last number, its last clock reading, and when."""

    seq: int
    stamp: int
    us: int


class Slot:
    """Sound or picture of one place, for one leg."""

    __slots__ = (
        "awaited",
        "ended",
        "kind",
        "leg",
        "octets",
        "packets",
        "picture",
        "place",
        "repair_seq",
        "repair_ssrc",
        "resent",
        "segments",
        "seq_shift",
        "sound",
        "ssrc",
        "stamp_shift",
        "stream",
        "transport",
        "wanted",
    )

    def __init__(self, leg: Leg, place: int, kind: Kind, ssrc: int, repair_ssrc: int) -> None:
        self.leg, self.place, self.kind = leg, place, kind
        self.ssrc, self.repair_ssrc = ssrc, repair_ssrc
        self.stream: Stream | None = None
        self.seq_shift = self.stamp_shift = 0
        self.sound = kind == "audio"
        # Set at the first change of layers: from then on pictures are numbered anew.
        self.picture: Pictures | None = None
        self.packets = self.octets = self.repair_seq = 0
        # The stream it changes to with that one's next whole picture, and the layer it may have.
        self.awaited: Stream | None = None
        self.wanted = HIGH
        self.ended: Ended | None = None
        # The last two runs, newest first.
        self.segments: list[Segment] = []
        # The transport number each audio packet went under, for sending it again unchanged.
        self.transport = [0] * KEPT_TRANSPORT
        self.resent: dict[int, int] = {}

    def leave(self) -> None:
        """Show nothing from now on; the last number and moment are kept."""
        stream = self.stream
        if stream is None:
            return
        stream.slots = [one for one in stream.slots if one is not self]
        self.stream = None
        run = self._present(self.segments[0])
        self.segments[0] = run._replace(last=stream.extended_highest())
        if not self.sound and self.picture is None:
            self.picture = Pictures(*last_numbers(stream))
        self.ended = Ended(
            (stream.next - 1 + self.seq_shift) & M16,
            (stream.stamp + self.stamp_shift) & M32,
            stream.last_us,
        )

    def follow(self, stream: Stream, seq: int, stamp: int, now: int) -> None:
        """Show `stream` from its packet `seq` on; the slot's own numbers continue."""
        self.leave()
        if self.ended is not None:
            # The clock stands as far on as the time that has passed.
            passed = (now - self.ended.us) * stream.clock // 1_000_000
            step = max(LEAST_STEP[self.kind], passed)
            if self.picture is not None:
                self.picture.change()
            self.seq_shift = (self.ended.seq + 1 - seq) & M16
            self.stamp_shift = (self.ended.stamp + step - stamp) & M32
        run = Segment(stream.extended(seq), stream, self.seq_shift, self.stamp_shift)
        self.segments = [run, *self.segments[:1]]
        self.stream, self.awaited = stream, None
        stream.slots = [*stream.slots, self]

    def is_current(self, seq: int) -> bool:
        """Whether a late packet, by its sender's number, belongs to the present run."""
        run = self.segments[0]
        return run.stream.extended(seq) >= run.first

    def kept(self, seq: int) -> tuple[bytes, Segment] | None:
        """The packet that went out as `seq`, as its sender made it, and the run it was in."""
        if not self.segments:
            return None
        newest = self.segments[0]
        last = newest.stream.extended_highest() if newest.last is None else newest.last
        behind = (last + newest.shift - seq) & M16
        # Further back the transport number a packet went under is forgotten.
        if behind > newest.stream.mask:
            return None
        for run in self.segments:
            if behind < run.numbers:
                packet = run.stream.stored((seq - run.shift) & M16)
                return (packet, self._present(run)) if packet else None
            behind -= run.numbers
        return None

    def _present(self, run: Segment) -> Segment:
        """The run with what is known of its pictures; of one that ended it is known already."""
        if run.last is not None or self.picture is None:
            return run
        return run._replace(picture_shift=self.picture.shift)

    def may_resend(self, seq: int, now: int) -> bool:
        """Whether it was not sent again a moment ago."""
        if now - self.resent.get(seq, -RESENT_PAUSE_US) < RESENT_PAUSE_US:
            return False
        if len(self.resent) > KEPT_TRANSPORT:
            self.resent.clear()
        self.resent[seq] = now
        return True

    def repair(self, packet: bytes, seq: int, run: Segment, into: Buffer) -> int:
        """Write `packet` of this run as a repair of number `seq` (RFC 4588): its size."""
        start = header_size(packet)
        view = into.view
        if run.picture_shift != UNMOVED:
            renumbered = bytearray(packet)
            renumber(renumbered, run.picture_shift)
            packet = bytes(renumbered)
        view[:start] = packet[:start]
        view[1] = packet[1] & MARKER | RTX
        stamp = (int.from_bytes(packet[4:8], "big") + run.stamp_shift) & M32
        self.repair_seq = (self.repair_seq + 1) & M16
        HEADER.pack_into(view, 2, self.repair_seq, stamp, self.repair_ssrc)
        NUMBER.pack_into(view, start, seq)
        view[start + 2 : len(packet) + 2] = packet[start:]
        return len(packet) + 2


def header_size(packet: bytes | memoryview) -> int:
    """Bytes before the payload: fixed part, contributors, extension."""
    size = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        size += 4 + 4 * (packet[size + 2] << 8 | packet[size + 3])
    return size
