"""Where pictures begin, and their numbers across a change of layers (VP8, RFC 7741)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.media import rtp

if TYPE_CHECKING:
    from app.media.upstream import Stream

WIDE, NARROW = 0x7FFF, 0x7F
M8 = 0xFF
HALF_WIDE = 0x4000


def begins_picture(stream: Stream, packet: bytes) -> bool:
    """Whether a slot may begin with this packet: any of sound, a whole picture's first."""
    if stream.kind == "audio":
        return True
    try:
        head = rtp.parse(packet)
        return rtp.vp8(packet, head.start, head.end).keyframe
    except ValueError:
        return False


class Pictures:
    """Numbers of a slot's pictures, made continuous where two streams number differently."""

    __slots__ = ("_changed", "_id", "_id_shift", "_tl0", "_tl0_shift")

    def __init__(self) -> None:
        self._id = self._tl0 = -1
        self._id_shift = self._tl0_shift = 0
        self._changed = False

    def after_change(self) -> Pictures:
        """The next packet comes from another stream."""
        self._changed = True
        return self

    def move(self, packet: memoryview) -> None:
        """Rewrite the numbers of one packet where it lies; a strange one is left alone."""
        try:
            head = rtp.parse(packet)
            found = rtp.vp8(packet, head.start, head.end)
        except ValueError:
            return
        if not found.picture_at:
            return
        limit = WIDE if found.wide else NARROW
        if self._changed and self._id >= 0:
            self._id_shift = self._id + 1 - found.picture_id
            self._tl0_shift = self._tl0 + 1 - found.tl0picidx
        self._changed = False
        picture, tl0 = (
            (found.picture_id + self._id_shift) & limit,
            (found.tl0picidx + self._tl0_shift) & M8,
        )
        rtp.rewrite_vp8(packet, found, picture, tl0)
        if self._id < 0 or ((picture - self._id) & limit) <= limit // 2:
            self._id, self._tl0 = picture, tl0
