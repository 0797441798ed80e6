"""RTCP written: one function for each message, and one to put them together."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from app.media.rtcp import messages as known
from app.media.rtcp.messages import ReportBlock, SenderReport
from app.media.rtcp.transport_cc import feedback_body

LONGEST_CNAME = 255  # bytes
MOST_SOURCES = 31  # what a count of five bits can tell
NACK_REACH = 16  # packets that one entry names after its first
MANTISSA_BITS = 18

_HEAD = struct.Struct("!BBH")
_LONG = struct.Struct("!L")
_TWO = struct.Struct("!LL")
_SENDER = struct.Struct("!LQLLL")
_BLOCK = struct.Struct("!LLLLLL")
_ENTRY = struct.Struct("!HH")


def _written(kind: int, count: int, body: bytes) -> bytes:
    """A message with its header; a body that is no whole number of words is padded."""
    gap = -len(body) & 3
    if gap:
        body += bytes(gap - 1) + bytes((gap,))
    return (
        _HEAD.pack(known.VERSION << 6 | (0x20 if gap else 0) | count, kind, len(body) // 4) + body
    )


def _written_blocks(blocks: Iterable[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            one.ssrc, one.fraction_lost << 24 | _clamped(one.lost) & 0xFFFFFF,
            one.highest, one.jitter, one.last_sr, one.delay_since_sr,
        )
        for one in blocks
    )  # fmt: skip


def _clamped(lost: int) -> int:
    return max(-(1 << 23), min(lost, (1 << 23) - 1))


def _few(sources: Sequence[object]) -> int:
    if len(sources) > MOST_SOURCES:
        raise ValueError("RTCP: more sources than one message can tell")
    return len(sources)


def sender_report(report: SenderReport) -> bytes:
    """Write an SR; a count of losses out of range is sent as the nearest that fits."""
    told = (report.ssrc, report.ntp, report.timestamp, report.packets, report.octets)
    return _written(
        known.SR, _few(report.blocks), _SENDER.pack(*told) + _written_blocks(report.blocks)
    )


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock] = ()) -> bytes:
    """Write an RR with up to 31 blocks."""
    return _written(known.RR, _few(blocks), _LONG.pack(ssrc) + _written_blocks(blocks))


def sdes(ssrc: int, cname: str) -> bytes:
    """Write the canonical name of one source, which must come with each compound report."""
    name = cname.encode()
    if len(name) > LONGEST_CNAME:
        raise ValueError("RTCP: name too long")
    chunk = _LONG.pack(ssrc) + bytes((known.CNAME, len(name))) + name
    return _written(known.SDES, 1, chunk + bytes(4 - (len(chunk) & 3)))


def bye(*ssrcs: int) -> bytes:
    """Write that these sources end."""
    return _written(known.BYE, _few(ssrcs), struct.pack(f"!{len(ssrcs)}L", *ssrcs))


def nack(sender: int, media: int, sequences: Sequence[int]) -> bytes:
    """Ask for packets anew; `sequences` in sending order, turning over at 65,536, at least one."""
    if not sequences:
        raise ValueError("RTCP: NACK of nothing")
    entries = bytearray(_TWO.pack(sender, media))
    first, following = sequences[0], 0
    for sequence in sequences[1:]:
        after = sequence - first - 1 & 0xFFFF
        if after < NACK_REACH:
            following |= 1 << after
        elif after != 0xFFFF:  # noqa: PLR2004 - the same number once more
            entries += _ENTRY.pack(first, following)
            first, following = sequence, 0
    return _written(known.RTPFB, known.NACK, bytes(entries + _ENTRY.pack(first, following)))


def pli(sender: int, media: int) -> bytes:
    """Tell that the picture of a source is lost."""
    return _written(known.PSFB, known.PLI, _TWO.pack(sender, media))


def fir(sender: int, requests: Iterable[tuple[int, int]]) -> bytes:
    """Ask sources for key frames: (ssrc, number of the request)."""
    entries = b"".join(struct.pack("!LB3x", ssrc, number & 0xFF) for ssrc, number in requests)
    return _written(known.PSFB, known.FIR, _TWO.pack(sender, 0) + entries)


def remb(sender: int, bits: int, ssrcs: Sequence[int]) -> bytes:
    """Cap what these sources send together; rounded down to the 18 bits of the format."""
    exponent = max(0, bits.bit_length() - MANTISSA_BITS)
    told = exponent << 18 | bits >> exponent
    body = _TWO.pack(sender, 0) + b"REMB" + (len(ssrcs) << 24 | told).to_bytes(4, "big")
    return _written(known.PSFB, known.APPLICATION, body + struct.pack(f"!{len(ssrcs)}L", *ssrcs))


def transport_feedback(
    sender: int, media: int, base: int, number: int, arrivals: Sequence[int | None]
) -> bytes:
    """Write when packets base, base + 1, ... arrived, in us, or None. Raises as feedback_body."""
    return _written(
        known.RTPFB, known.TRANSPORT_CC, feedback_body(sender, media, base, number, arrivals)
    )


def compound(*messages: bytes) -> bytes:
    """One datagram of these messages; a report comes first (RFC 3550), save in reduced size."""
    return b"".join(messages)
