"""RTP read and rewritten where it lies: header, extensions, VP8 descriptor, redundant audio.

Sources: RFC 3550 (header), RFC 8285 (extensions), RFC 7741 (VP8), RFC 2198 (RED). Nothing here
copies a packet to read it, and nothing reads past its end. A packet is bytes, a bytearray or a
memoryview of bytes; what is rewritten must be one of the latter two.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

Packet = bytes | bytearray | memoryview
Writable = bytearray | memoryview

VERSION = 2
FIXED_HEADER = 12  # bytes before the contributing sources
ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000  # the low four bits are the application's
ONE_BYTE_STOP = 15  # this id ends the reading of one-byte extensions
WIDE_PICTURE_ID = 0x7FFF
NARROW_PICTURE_ID = 0x7F
RED_REACH = (1 << 14) - 1  # ticks a redundant block may lie before its packet
RED_LENGTH = (1 << 10) - 1  # bytes of a redundant block
HALF = 0x8000  # half the circle of sequence numbers

_HEADER = struct.Struct("!BBHLL")
_PAIR = struct.Struct("!HH")


class Header(NamedTuple):
    """One packet's header; `start` and `end` bound its payload, padding left out."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    start: int
    end: int


class Vp8(NamedTuple):
    """A payload descriptor; an offset of 0 means that the field is absent."""

    begins: bool  # a partition starts here
    partition: int
    keyframe: bool  # the first packet of a key frame
    droppable: bool  # no other frame refers to this one
    picture_id: int
    picture_at: int
    wide: bool  # a picture id of 15 bits, not 7
    tl0picidx: int
    tl0picidx_at: int
    tid: int  # temporal layer; 0 if not told
    sync: bool  # a receiver may change up to this temporal layer here
    payload: int  # offset of the first byte of VP8 itself


class Block(NamedTuple):
    """One encoding inside a RED payload, by its place in the packet."""

    payload_type: int
    timestamp: int
    start: int
    end: int


def parse(packet: Packet) -> Header:
    """Read the header. Raises ValueError for what is not an RTP packet of version 2."""
    size = len(packet)
    if size < FIXED_HEADER:
        raise ValueError("RTP: shorter than a header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    if first >> 6 != VERSION:
        raise ValueError("RTP: not version 2")
    start = FIXED_HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        if size < start + 4:
            raise ValueError("RTP: extension cut short")
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    end = size
    if first & 0x20:
        padding = packet[size - 1]
        end -= padding
        if not padding:
            raise ValueError("RTP: padding without a length")
    if start > end:
        raise ValueError("RTP: header cut short")
    marker = bool(second & 0x80)
    return Header(marker, second & 0x7F, sequence, timestamp, ssrc, start, end)


def extension(packet: Packet, wanted: int) -> tuple[int, int] | None:
    """Where the extension with this id lies: (offset, length), or None if absent or malformed."""
    size = len(packet)
    if size < FIXED_HEADER or not packet[0] & 0x10:
        return None
    at = FIXED_HEADER + 4 * (packet[0] & 0x0F)
    if size < at + 4:
        return None
    profile, words = _PAIR.unpack_from(packet, at)
    at += 4
    end = at + 4 * words
    if end > size:
        return None
    if profile == ONE_BYTE_PROFILE:
        return _in_one_byte_headers(packet, wanted, at, end)
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _in_two_byte_headers(packet, wanted, at, end)
    return None


def _in_one_byte_headers(packet: Packet, wanted: int, at: int, end: int) -> tuple[int, int] | None:
    while at < end:
        head = packet[at]
        at += 1
        if not head:
            continue  # padding between the elements
        found = head >> 4
        length = (head & 0x0F) + 1
        if found in (0, ONE_BYTE_STOP) or at + length > end:
            return None
        if found == wanted:
            return at, length
        at += length
    return None


def _in_two_byte_headers(packet: Packet, wanted: int, at: int, end: int) -> tuple[int, int] | None:
    while at < end:
        found = packet[at]
        at += 1
        if not found:
            continue
        if at == end:
            return None
        length = packet[at]
        at += 1
        if at + length > end:
            return None
        if found == wanted:
            return at, length
        at += length
    return None


def vp8(packet: Packet, start: int, end: int) -> Vp8:
    """Read the descriptor of the VP8 payload between these offsets (RFC 7741 section 4.2).

    Raises ValueError if the descriptor is cut short or no payload follows it, as in a packet
    that only pads.
    """
    if not start < end <= len(packet):
        raise ValueError("VP8: empty payload")
    first = packet[start]
    at = start + 1
    picture_id = picture_at = tl0picidx = tl0picidx_at = layer = 0
    wide = False
    if first & 0x80:
        told = packet[at] if at < end else 0
        at += 1
        if told & 0x80 and at < end:
            picture_at = at
            picture_id = packet[at]
            at += 1
            if picture_id & 0x80:
                wide = True
                picture_id = (picture_id & 0x7F) << 8 | (packet[at] if at < end else 0)
                at += 1
        if told & 0x40 and at < end:
            tl0picidx_at = at
            tl0picidx = packet[at]
            at += 1
        if told & 0x30:
            layer = packet[at] if at < end else 0
            layer = layer if told & 0x20 else 0  # with K alone only the key index is told
            at += 1
    if at >= end:
        raise ValueError("VP8: descriptor cut short")
    begins = bool(first & 0x10)
    partition = first & 0x07
    keyframe = begins and not partition and not packet[at] & 0x01
    return Vp8(
        begins, partition, keyframe, bool(first & 0x20), picture_id, picture_at, wide,
        tl0picidx, tl0picidx_at, layer >> 6, bool(layer & 0x20), at,
    )  # fmt: skip


def rewrite_vp8(packet: Writable, found: Vp8, picture_id: int, tl0picidx: int) -> None:
    """Number the picture anew in place; a field that is absent stays so, and widths are kept."""
    at = found.picture_at
    if found.wide:
        packet[at] = 0x80 | picture_id >> 8 & 0x7F
        packet[at + 1] = picture_id & 0xFF
    elif at:
        packet[at] = picture_id & NARROW_PICTURE_ID
    if found.tl0picidx_at:
        packet[found.tl0picidx_at] = tl0picidx & 0xFF


def red_blocks(packet: Packet, header: Header) -> list[Block]:
    """The encodings in a RED payload: the redundant ones as they lie, then the primary.

    Raises ValueError if a header or a block is cut short (RFC 2198 section 3).
    """
    at, end = header.start, header.end
    heads: list[tuple[int, int, int]] = []
    while at + 4 <= end and packet[at] & 0x80:
        payload_type = packet[at] & 0x7F
        earlier = packet[at + 1] << 6 | packet[at + 2] >> 2
        heads.append((payload_type, earlier, (packet[at + 2] & 0x03) << 8 | packet[at + 3]))
        at += 4
    if at >= end or packet[at] & 0x80:
        raise ValueError("RED: headers cut short")
    primary = packet[at]
    at += 1
    blocks = []
    for payload_type, earlier, length in heads:
        timestamp = header.timestamp - earlier & 0xFFFFFFFF
        blocks.append(Block(payload_type, timestamp, at, at + length))
        at += length
    if at > end:
        raise ValueError("RED: block cut short")
    blocks.append(Block(primary, header.timestamp, at, end))
    return blocks


def red_unwrap(packet: Packet, header: Header) -> bytearray:
    """The same packet with its primary encoding alone, padding dropped. Raises ValueError."""
    primary = red_blocks(packet, header)[-1]
    plain = bytearray(packet[: header.start])
    plain[0] &= 0xDF
    plain[1] = plain[1] & 0x80 | primary.payload_type
    plain += packet[primary.start : primary.end]
    return plain


def red_wrap(
    packet: Packet, header: Header, red_type: int, earlier: Iterable[tuple[int, Packet]]
) -> bytearray:
    """The same packet as RED with copies of earlier payloads: (timestamp, payload), oldest first.

    The copies carry the packet's own payload type. One that is too old or too long for a block
    header is left out, as is one that is not earlier.
    """
    wrapped = bytearray(packet[: header.start])
    wrapped[0] &= 0xDF
    wrapped[1] = wrapped[1] & 0x80 | red_type
    copies = []
    for timestamp, payload in earlier:
        back = header.timestamp - timestamp & 0xFFFFFFFF
        if 0 < back <= RED_REACH and len(payload) <= RED_LENGTH:
            head = (0x80 | header.payload_type) << 24 | back << 10 | len(payload)
            wrapped += head.to_bytes(4, "big")
            copies.append(payload)
    wrapped.append(header.payload_type)
    for payload in copies:
        wrapped += payload
    wrapped += packet[header.start : header.end]
    return wrapped


def distance(sequence: int, earlier: int) -> int:
    """How far one 16-bit number lies after another: -32768..32767, negative if before."""
    return (sequence - earlier + HALF & 0xFFFF) - HALF


def newer(sequence: int, than: int) -> bool:
    """Whether the first 16-bit number follows the second, by less than half the circle."""
    return 0 < (sequence - than & 0xFFFF) < HALF


def extend(sequence: int, near: int) -> int:
    """The unwrapped number nearest to `near` whose low 16 bits are these.

    It is negative for a packet from before the very first turn.
    """
    return near + (sequence - near + HALF & 0xFFFF) - HALF
