"""RTCP read: a compound packet becomes messages, or is refused whole."""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.media.rtcp import messages as known
from app.media.rtcp.messages import Message, ReportBlock
from app.media.rtcp.transport_cc import parse_feedback

MANTISSA = (1 << 18) - 1

_HEAD = struct.Struct("!BBH")
_LONG = struct.Struct("!L")
_TWO = struct.Struct("!LL")
_SENDER = struct.Struct("!LQLLL")
_BLOCK = struct.Struct("!LLLLLL")
_ENTRY = struct.Struct("!HH")


def parse(packet: bytes) -> list[Message]:
    """The messages of a compound packet in their order; unknown ones are passed over.

    Raises ValueError, and nothing else, if any of it is malformed.
    """
    messages: list[Message] = []
    at, size = 0, len(packet)
    if not size:
        raise ValueError("RTCP: empty")
    while at < size:
        if at + 4 > size:
            raise ValueError("RTCP: header cut short")
        first, kind, words = _HEAD.unpack_from(packet, at)
        start = at + 4
        at = end = start + 4 * words
        if first >> 6 != known.VERSION or end > size:
            raise ValueError("RTCP: not version 2, or cut short")
        if first & 0x20:
            padding = packet[end - 1]
            end -= padding
            if not padding or end < start:
                raise ValueError("RTCP: padding without room")
        reader = READERS.get(kind)
        message = reader(packet, first & 0x1F, start, end) if reader else None
        if message is not None:
            messages.append(message)
    return messages


def _needs(start: int, end: int, size: int) -> None:
    if end - start < size:
        raise ValueError("RTCP: message cut short")


def _blocks(packet: bytes, at: int, count: int) -> list[ReportBlock]:
    blocks = []
    for _ in range(count):
        ssrc, losses, highest, jitter, last_sr, delay = _BLOCK.unpack_from(packet, at)
        at += _BLOCK.size
        lost = losses & 0xFFFFFF
        if lost & 0x800000:
            lost -= 1 << 24
        blocks.append(ReportBlock(ssrc, losses >> 24, lost, highest, jitter, last_sr, delay))
    return blocks


def _sender_report(packet: bytes, count: int, start: int, end: int) -> Message:
    _needs(start, end, _SENDER.size + _BLOCK.size * count)
    ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(packet, start)
    blocks = _blocks(packet, start + _SENDER.size, count)
    return known.SenderReport(ssrc, ntp, timestamp, packets, octets, blocks)


def _receiver_report(packet: bytes, count: int, start: int, end: int) -> Message:
    _needs(start, end, 4 + _BLOCK.size * count)
    ssrc = _LONG.unpack_from(packet, start)[0]
    return known.ReceiverReport(ssrc, _blocks(packet, start + 4, count))


def _transport_feedback(packet: bytes, kind: int, start: int, end: int) -> Message | None:
    if kind == known.TRANSPORT_CC:
        return parse_feedback(packet, start, end)
    return _nack(packet, start, end) if kind == known.NACK else None


def _nack(packet: bytes, start: int, end: int) -> Message:
    _needs(start, end, 12)
    if end - start & 3:
        raise ValueError("RTCP: NACK of odd length")
    sender, media = _TWO.unpack_from(packet, start)
    sequences = []
    for first, following in _ENTRY.iter_unpack(packet[start + 8 : end]):
        sequences.append(first)
        left = following
        while left:
            lowest = left & -left
            sequences.append(first + lowest.bit_length() & 0xFFFF)
            left ^= lowest
    return known.Nack(sender, media, sequences)


def _picture_feedback(packet: bytes, kind: int, start: int, end: int) -> Message | None:
    _needs(start, end, 8)
    sender, media = _TWO.unpack_from(packet, start)
    start += 8
    if kind == known.PLI:
        return known.Pli(sender, media)
    if kind == known.FIR:
        if end == start or end - start & 7:
            raise ValueError("RTCP: FIR of odd length")
        pairs = struct.iter_unpack("!LB3x", packet[start:end])
        return known.Fir(sender, [(ssrc, number) for ssrc, number in pairs])
    if kind == known.APPLICATION and packet[start : start + 4] == b"REMB":
        _needs(start, end, 8)
        count, told = packet[start + 4], int.from_bytes(packet[start + 5 : start + 8], "big")
        _needs(start, end, 8 + 4 * count)
        ssrcs = struct.unpack_from(f"!{count}L", packet, start + 8)
        return known.Remb(sender, (told & MANTISSA) << (told >> 18), list(ssrcs))
    return None


def _sdes(packet: bytes, count: int, start: int, end: int) -> Message:
    names = []
    for _ in range(count):
        _needs(start, end, 5)
        ssrc = _LONG.unpack_from(packet, start)[0]
        at = start + 4
        while at < end and packet[at]:
            _needs(at, end, 2)
            value = at + 2
            following = value + packet[at + 1]
            _needs(value, end, packet[at + 1])
            if packet[at] == known.CNAME:
                names.append((ssrc, packet[value:following].decode()))
            at = following
        _needs(at, end, 1)
        # A chunk ends with at least one zero, on a whole word counted from its own start.
        start += at - start + 4 & ~3
    return known.Sdes(names)


def _bye(packet: bytes, count: int, start: int, end: int) -> Message:
    _needs(start, end, 4 * count)
    return known.Bye(list(struct.unpack_from(f"!{count}L", packet, start)))


READERS: dict[int, Callable[[bytes, int, int, int], Message | None]] = {
    known.SR: _sender_report,
    known.RR: _receiver_report,
    known.SDES: _sdes,
    known.BYE: _bye,
    known.RTPFB: _transport_feedback,
    known.PSFB: _picture_feedback,
}
