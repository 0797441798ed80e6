"""Whole VP8 frames from packets: only such as a decoder can show.

A frame that lacks a packet is left out, and so are those after it until one that stands alone
(a keyframe), because they build on what is not there. RFC 7741 describes the packets, RFC 6386,
9.1, the first bytes of a keyframe.
"""

from __future__ import annotations

from typing import NamedTuple

from app.media.rtp import vp8

START_CODE = b"\x9d\x01\x2a"
KEYFRAME_HEADER = 10  # bytes: frame tag, start code, width, height
SIZE_MASK = 0x3FFF  # above it are two bits of scaling
LONGEST_FRAME = 2 * 2**20  # bytes; a 4K keyframe at its worst

PART_BYTES = 64  # what a part takes besides its content


class Packet(NamedTuple):
    """One packet of video: the whole of it, where its payload lies, and its header's rest."""

    content: bytes
    start: int
    end: int
    timestamp: int
    marker: bool
    arrival: float


class Frame(NamedTuple):
    """A whole frame, its timestamp and the arrival of its first packet."""

    content: bytes
    keyframe: bool
    timestamp: int
    arrival: float


class Assembler:
    """Puts the frames of one stream together. Packets come in sequence, gaps announced."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._bytes = 0
        self._first: Packet | None = None
        self._keyframe = False
        self.waiting = True
        self.dropped = 0

    def add(self, packet: Packet, *, gap: bool) -> Frame | None:
        """Take one packet; the frame it completes, if it does."""
        if gap:
            self._break()
        if packet.start == packet.end:
            return None  # padding alone, sent to measure the line
        try:
            found = vp8(packet.content, packet.start, packet.end)
        except ValueError:
            self._break()
            return None
        payload = packet.content[found.payload : packet.end]
        if found.begins and not found.partition:
            self._begin(packet, keyframe=found.keyframe)
        elif self._first is not None and packet.timestamp != self._first.timestamp:
            self._break()
        if self._first is None:
            return None
        self._parts.append(payload)
        self._bytes += len(payload) + PART_BYTES
        if self._bytes > LONGEST_FRAME:
            self._break()
            return None
        return self._complete() if packet.marker else None

    def _begin(self, packet: Packet, *, keyframe: bool) -> None:
        if self._first is not None:
            self._break()  # the frame before never came to its end
        if self.waiting and not keyframe:
            self.dropped += 1
            return
        self._first, self._keyframe = packet, keyframe
        self.waiting = False

    def _complete(self) -> Frame | None:
        content = b"".join(self._parts)
        first = self._first
        if first is None or (self._keyframe and size(content) is None):
            self._break()
            return None
        self._forget()
        return Frame(content, self._keyframe, first.timestamp, first.arrival)

    def _break(self) -> None:
        if self._first is not None:
            self.dropped += 1
        self.waiting = True
        self._forget()

    def _forget(self) -> None:
        self._parts.clear()
        self._bytes = 0
        self._first = None


def size(frame: bytes) -> tuple[int, int] | None:
    """Width and height that a keyframe declares, or None when it is no keyframe."""
    if len(frame) < KEYFRAME_HEADER or frame[3:6] != START_CODE:
        return None
    width = int.from_bytes(frame[6:8], "little") & SIZE_MASK
    height = int.from_bytes(frame[8:10], "little") & SIZE_MASK
    return (width, height) if width and height else None
