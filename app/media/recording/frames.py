"""Whole VP8 frames from packets: only such as a decoder can show.

A frame that lacks a packet is left out, and so are those after it until one that stands alone
(a keyframe), because they build on what is not there. RFC 7741 describes the packets, RFC 6386,
9.1, the first bytes of a keyframe.
"""

from __future__ import annotations

from typing import NamedTuple

from app.media.recording.reading import picture

START_CODE = b"\x9d\x01\x2a"
KEYFRAME_HEADER = 10  # bytes: frame tag, start code, width, height
SIZE_MASK = 0x3FFF  # above it are two bits of scaling
LONGEST_FRAME = 2 * 2**20  # bytes; a 4K keyframe at its worst

PART_BYTES = 64  # what a part takes besides its content


Packet = tuple[bytes, int, int, int, int, float]
"""One packet: itself, the bounds of its payload, timestamp, marker (or 0), arrival."""


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
        self._begun = False
        self._keyframe = False
        self._timestamp = 0
        self._arrival = 0.0
        self.waiting = True
        self.dropped = 0

    def add(self, packet: Packet, *, gap: bool) -> Frame | None:
        """Take one packet; the frame it completes, if it does."""
        if gap:
            self._break()
        content, start, end, timestamp, marker, arrival = packet
        if start == end:
            return None  # padding alone, sent to measure the line
        try:
            payload, begins, keyframe = picture(content, start, end)
        except ValueError:
            self._break()
            return None
        if begins:
            self._begin(timestamp, arrival, keyframe=keyframe)
        elif self._begun and timestamp != self._timestamp:
            self._break()
        if not self._begun:
            return None
        self._parts.append(content[payload:end])
        self._bytes += end - payload + PART_BYTES
        if self._bytes > LONGEST_FRAME:
            self._break()
            return None
        return self._complete() if marker else None

    def _begin(self, timestamp: int, arrival: float, *, keyframe: bool) -> None:
        if self._begun:
            self._break()  # the frame before never came to its end
        if self.waiting and not keyframe:
            self.dropped += 1
            return
        self._timestamp, self._arrival, self._keyframe = timestamp, arrival, keyframe
        self._begun = True
        self.waiting = False

    def _complete(self) -> Frame | None:
        content = b"".join(self._parts)
        if self._keyframe and size(content) is None:
            self._break()
            return None
        self._forget()
        return Frame(content, self._keyframe, self._timestamp, self._arrival)

    def _break(self) -> None:
        if self._begun:
            self.dropped += 1
        self.waiting = True
        self._forget()

    def _forget(self) -> None:
        self._parts.clear()
        self._bytes = 0
        self._begun = False


def size(frame: bytes) -> tuple[int, int] | None:
    """Width and height that a keyframe declares, or None when it is no keyframe."""
    if len(frame) < KEYFRAME_HEADER or frame[3:6] != START_CODE:
        return None
    width = int.from_bytes(frame[6:8], "little") & SIZE_MASK
    height = int.from_bytes(frame[8:10], "little") & SIZE_MASK
    return (width, height) if width and height else None
