"""Where pictures begin, and their numbers across a change of layers (VP8, RFC 7741)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.media import rtp

if TYPE_CHECKING:
    from app.media.upstream import Stream

WIDE, NARROW = 0x7FFF, 0x7F
M8 = 0xFF
UNMOVED = (0, 0)
# How many packets before the last may be padding, or lost.
LOOKED_BACK = 32


def begins_picture(stream: Stream, packet: bytes) -> bool:
    """Whether a slot may begin with this packet: any of sound, a whole picture's first."""
    if stream.kind == "audio":
        return True
    try:
        head = rtp.parse(packet)
        return rtp.vp8(packet, head.start, head.end).keyframe
    except ValueError:
        return False


def last_numbers(stream: Stream) -> tuple[int, int]:
    """Picture id and TL0PICIDX of the last packet that came, or -1 and 0."""
    for back in range(1, LOOKED_BACK + 1):
        packet = stream.stored((stream.next - back) & 0xFFFF)
        found = _read(packet) if packet is not None else None
        if found is not None:
            return found.picture_id, found.tl0picidx
    return -1, 0


def renumber(packet: rtp.Writable, shift: tuple[int, int]) -> None:
    """Move the numbers of one packet where it lies; a strange one is left alone."""
    found = _read(packet)
    if found is not None:
        _write(packet, found, shift)


def _read(packet: rtp.Packet) -> rtp.Vp8 | None:
    """The descriptor of a packet that numbers its picture."""
    try:
        head = rtp.parse(packet)
        found = rtp.vp8(packet, head.start, head.end)
    except ValueError:
        return None
    return found if found.picture_at else None


def _limit(found: rtp.Vp8) -> int:
    return WIDE if found.wide else NARROW


def _write(packet: rtp.Writable, found: rtp.Vp8, shift: tuple[int, int]) -> tuple[int, int]:
    picture, tl0 = (found.picture_id + shift[0]) & _limit(found), (found.tl0picidx + shift[1]) & M8
    rtp.rewrite_vp8(packet, found, picture, tl0)
    return picture, tl0


class Pictures:
    """Numbers of a slot's pictures, made continuous where two streams number differently."""

    __slots__ = ("_changed", "_id", "_tl0", "shift")

    def __init__(self, picture: int, tl0: int) -> None:
        self._id, self._tl0 = picture, tl0
        self.shift = UNMOVED
        self._changed = False

    def change(self) -> None:
        """The next packet comes from another stream."""
        self._changed = True

    def move(self, packet: memoryview) -> None:
        """Rewrite the numbers of one packet where it lies; a strange one is left alone."""
        found = _read(packet)
        if found is None:
            return
        if self._changed and self._id >= 0:
            self.shift = (self._id + 1 - found.picture_id, self._tl0 + 1 - found.tl0picidx)
        self._changed = False
        picture, tl0 = _write(packet, found, self.shift)
        limit = _limit(found)
        if self._id < 0 or ((picture - self._id) & limit) <= limit // 2:
            self._id, self._tl0 = picture, tl0
