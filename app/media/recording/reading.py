"""What a recording reads of every packet, in half the time of `app.media.rtp`.

Only the fields a recording needs, as a bare tuple. Whatever is out of the ordinary is given to
`app.media.rtp`, which also says what is wrong with it; the two never disagree.
"""

from __future__ import annotations

import struct

from app.media import rtp

Outline = tuple[int, int, int, int, int, int]
"""Marker and payload type as they stand, sequence, timestamp, source, bounds of the payload."""

MARKER, TYPE = 0x80, 0x7F
PLAIN, EXTENDED = 0x80, 0x90  # version 2, no padding, no contributors; without or with extension
PARTITION, FRAME_BEGINS = 0x17, 0x10  # of a VP8 descriptor's first byte
LONGEST_DESCRIPTOR = 6  # bytes of VP8's, all its parts there

_header = struct.Struct("!BBHLL").unpack_from


def outline(packet: bytes) -> Outline:
    """The header of an RTP packet. ValueError: it is none."""
    end = len(packet)
    if end > rtp.FIXED_HEADER + 4:
        first, second, sequence, timestamp, source = _header(packet)
        if first == PLAIN:
            return second, sequence, timestamp, source, rtp.FIXED_HEADER, end
        if first == EXTENDED:
            start = rtp.FIXED_HEADER + 4 + 4 * (packet[14] << 8 | packet[15])
            if start <= end:
                return second, sequence, timestamp, source, start, end
    marker, kind, sequence, timestamp, source, start, end = rtp.parse(packet)
    return marker << 7 | kind, sequence, timestamp, source, start, end


def picture(packet: bytes, start: int, end: int) -> tuple[int, bool, bool]:
    """Of a VP8 payload: where VP8 itself begins, whether a frame does, whether a keyframe does.

    ValueError: the payload is cut short.
    """
    if end - start <= LONGEST_DESCRIPTOR:
        found = rtp.vp8(packet, start, end)
        return found.payload, found.begins and not found.partition, found.keyframe
    first = packet[start]
    at = start + 1
    if first & 0x80:
        told = packet[at]
        at += 1
        if told & 0x80:
            at += 2 if packet[at] & 0x80 else 1
        if told & 0x40:
            at += 1
        if told & 0x30:
            at += 1
    begins = first & PARTITION == FRAME_BEGINS
    return at, begins, begins and not packet[at] & 1
