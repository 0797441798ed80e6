"""From the packets of one stream to the blocks of its track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.media import rtp
from app.media.recording import frames
from app.media.recording.ordering import Window
from app.media.recording.reading import MARKER, TYPE, outline, picture
from app.media.recording.timeline import Clock, PlaceTime

OPUS, RED, VP8 = 111, 63, 96  # the payload types the node offers
STRAGGLING = 0.5  # seconds in which the former source's last packets are no new stream
SILENT = 0.5  # seconds without a packet of picture: its source has stopped
NO_SOURCE = -1

Lay = Callable[[float, int, bytes, bool], None]
"""Takes a frame: when (on the clock of arrivals), its track, itself, whether it stands alone."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of one stream's packets."""

    packets: int  # read
    lost: int  # never came
    late: int  # came when they had been given up, or twice
    repeated: int  # came twice while they waited for others
    recovered: int  # of sound: found in a later packet (RED)
    frames: int  # of picture: recorded
    frames_dropped: int  # of picture: left out, since a part of them or of what they build on lacks
    sizes: int  # of picture: how often it changed its size


class Source:
    """Which source a stream comes from: one at a time."""

    def __init__(self) -> None:
        self.now = self._former = NO_SOURCE
        self._since = 0.0

    @property
    def known(self) -> bool:
        """Whether a packet came yet."""
        return self.now != NO_SOURCE

    def follow(self, ssrc: int, arrival: float) -> bool:
        """Go over to another source, unless it is the former one's straggler."""
        if ssrc == self._former and arrival - self._since < STRAGGLING:
            return False
        self._former, self.now, self._since = self.now, ssrc, arrival
        return True


_Opus = tuple[bytes, int, float]  # content, timestamp, arrival


class SoundLane:
    """The sound of one place: a block for each packet of Opus."""

    def __init__(self, track: int, time: PlaceTime, lay: Lay) -> None:
        self._track = track
        self._time = time
        self._lay = lay
        self.source = Source()
        self.window: Window[_Opus] = Window(self._deliver)
        self._packets = self._recovered = 0

    @property
    def clock(self) -> Clock:
        """The clock that sender reports of this stream tell of."""
        return self._time.sound

    def take(self, packet: bytes, arrival: float) -> None:
        """Take one RTP packet. ValueError: it is none, or neither Opus nor RED."""
        second, sequence, timestamp, ssrc, start, end = outline(packet)
        kind = second & TYPE
        if kind not in {OPUS, RED}:
            raise ValueError("a packet of sound that is not Opus")
        if ssrc != self.source.now:
            if not self.source.follow(ssrc, arrival):
                return
            self.window.renew()
            self.clock.renew()
        if kind == RED:
            start = self._unwrap(packet, arrival)
        self._packets += 1
        self.window.put(sequence, (packet[start:end], timestamp, arrival), arrival)

    def _unwrap(self, packet: bytes, arrival: float) -> int:
        """Where the packet's own sound begins; the earlier sound in it fills what is missing."""
        header = rtp.parse(packet)
        *earlier, own = rtp.red_blocks(packet, header)
        if own.payload_type != OPUS:
            raise ValueError("a packet of sound that is not Opus")
        for back, block in zip(range(len(earlier), 0, -1), earlier, strict=True):
            sequence = (header.sequence - back) & 0xFFFF
            if block.payload_type == OPUS and self.window.missing(sequence):
                self._recovered += 1
                parcel = (packet[block.start : block.end], block.timestamp, arrival)
                self.window.put(sequence, parcel, arrival)
        return own.start

    def _deliver(self, sound: _Opus, _gap: bool) -> None:
        content, timestamp, arrival = sound
        if content:
            self._lay(self._time.of_sound(timestamp, arrival), self._track, content, True)

    def counts(self) -> Counts:
        """What became of the packets so far."""
        lost, late, repeated = self.window.lost, self.window.late, self.window.repeated
        return Counts(self._packets, lost, late, repeated, self._recovered, 0, 0, 0)


class PictureLane:
    """The picture of one place: a block for each whole frame of VP8."""

    def __init__(self, track: int, time: PlaceTime, lay: Lay) -> None:
        self._track = track
        self._time = time
        self._lay = lay
        self._frames = frames.Assembler()
        self.source = Source()
        self.window: Window[frames.Packet] = Window(self._deliver)
        self.size: tuple[int, int] | None = None
        self._heard = 0.0
        self._area = 0  # of the picture followed, as soon as a keyframe of it begins
        self._packets = self._whole = self._sizes = 0

    @property
    def clock(self) -> Clock:
        """The clock that sender reports of this stream tell of."""
        return self._time.picture

    @property
    def waits(self) -> bool:
        """Whether packets come and nothing can be recorded before a keyframe."""
        return self.source.known and self._frames.waiting

    def take(self, packet: bytes, arrival: float) -> None:
        """Take one RTP packet. ValueError: it is none, or not VP8."""
        second, sequence, timestamp, ssrc, start, end = outline(packet)
        if second & TYPE != VP8:
            raise ValueError("a packet of picture that is not VP8")
        if ssrc != self.source.now:
            if not self._outdone(packet, start, end, arrival):
                return
            self.source.now = ssrc
            self.window.renew()
            self.clock.renew()
        self._heard = arrival
        self._packets += 1
        parcel = (packet, start, end, timestamp, second & MARKER, arrival)
        self.window.put(sequence, parcel, arrival)

    def _outdone(self, packet: bytes, start: int, end: int, arrival: float) -> bool:
        """Whether another source than the one followed is to be followed from this packet on.

        A sender may send one picture in several sizes at once, each a source of its own. The
        largest is recorded: another takes over with a keyframe that is no smaller, or when the
        one followed has fallen silent.
        """
        offered = _area(packet, start, end)
        silent = not self.source.known or arrival - self._heard > SILENT
        if not silent and (not offered or offered < self._area):
            return False
        self._area = offered
        return True

    def _deliver(self, packet: frames.Packet, gap: bool) -> None:
        frame = self._frames.add(packet, gap=gap)
        if frame is None:
            return
        if frame.keyframe and (size := frames.size(frame.content)) != self.size:
            self.size = size
            self._area = size[0] * size[1] if size else 0
            self._sizes += 1
        self._whole += 1
        at = self._time.of_picture(frame.timestamp, frame.arrival)
        self._lay(at, self._track, frame.content, frame.keyframe)

    def counts(self) -> Counts:
        """What became of the packets so far."""
        window, dropped = self.window, self._frames.dropped
        changes = max(0, self._sizes - 1)
        return Counts(
            self._packets,
            window.lost,
            window.late,
            window.repeated,
            0,
            self._whole,
            dropped,
            changes,
        )


def _area(packet: bytes, start: int, end: int) -> int:
    """How many pixels the keyframe has that begins in this packet; nought if none does."""
    if start == end:
        return 0
    payload, _, keyframe = picture(packet, start, end)
    size = frames.size(packet[payload:end]) if keyframe else None
    return size[0] * size[1] if size else 0
