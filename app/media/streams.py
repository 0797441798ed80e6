"""Whose packet is this? Names that a packet carries, read once for each stream.

Sections and layers are named in header extensions until the browser knows that they were
understood (RFC 8843, RFC 8852); they are blanked before a packet goes on, because its receiver
has given the same names to other sections.
"""

from __future__ import annotations

from app.media import rtp, sdp
from app.media.leg import MOST_STRANGE, MOST_STREAMS, Leg
from app.media.upstream import Kind, Stream

ONE_BYTE = b"\xbe\xde"
BLANKED = frozenset({sdp.MID, sdp.RID, sdp.REPAIRED_RID})
STOP = 15
KINDS: dict[int, Kind] = {sdp.OPUS: "audio", sdp.RED: "audio", sdp.VP8: "video"}


def transport_at(packet: memoryview) -> int:
    """Where the transport-wide number stands, or 0; names of sections are blanked on the way."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10 or bytes(packet[at : at + 2]) != ONE_BYTE or at + 4 > len(packet):
        return 0
    end = min(len(packet), at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big"))
    at, found = at + 4, 0
    while at < end:
        number, size = packet[at] >> 4, (packet[at] & 0x0F) + 1
        if number == 0:
            at += 1
            continue
        if number == STOP or at + 1 + size > end:
            break
        if number == sdp.TRANSPORT_CC and size == 2:  # noqa: PLR2004 - a number of 16 bits
            found = at + 1
        elif number in BLANKED:
            packet[at : at + 1 + size] = bytes(1 + size)
        at += 1 + size
    return found


def stream_of(leg: Leg, packet: memoryview, payload_type: int, ssrc: int) -> Stream | None:
    """The stream that a packet under a new name begins, or None: a repair, or nothing we know."""
    if ssrc in leg.repairs:
        return None
    layer = _text(packet, sdp.RID)
    if payload_type == sdp.RTX:
        _learn_repair(leg, ssrc, _text(packet, sdp.REPAIRED_RID))
        return None
    kind = KINDS.get(payload_type)
    if kind is None or len(leg.streams) >= MOST_STREAMS:
        leg.strange.add(ssrc)
        return None
    if kind == "video" and leg.simulcast and layer not in {sdp.HIGH, sdp.LOW}:
        # Not yet told which layer it is; its first packets will say so.
        leg.strange.add(ssrc)
        return None
    stream = Stream(leg, kind, ssrc, layer if kind == "video" else "")
    leg.streams[ssrc] = stream
    leg.news(stream)
    return stream


def _learn_repair(leg: Leg, ssrc: int, layer: str) -> None:
    named = leg.answer.repairs.get(ssrc) if leg.answer else None
    pictures = leg.video_streams()
    # Of one picture there is nothing else to repair, and no need to say so.
    alone = len(pictures) == 1 and not leg.simulcast and named is None
    for stream in pictures:
        if alone or stream.ssrc == named or (layer and stream.layer == layer):
            leg.repairs[ssrc] = stream
            return
    leg.strange.add(ssrc)


def note_speaker(leg: Leg, ssrc: int) -> None:
    """Somebody speaks of streams (RTCP) under this name; a browser has one for each it sends."""
    if ssrc not in leg.streams and ssrc not in leg.repairs:
        leg.strange.add(ssrc)


def is_strange(leg: Leg) -> bool:
    """Whether it has used more names than any browser would."""
    return len(leg.strange) > MOST_STRANGE


def unwrapped(stream: Stream, view: memoryview, size: int) -> int:
    """Turn a repair into the packet it repairs, where it lies: its size, or 0 for padding."""
    try:
        head = rtp.parse(view[:size])
    except ValueError:
        return 0
    if head.end - head.start <= 2:  # noqa: PLR2004 - nothing behind the number of 16 bits
        return 0
    seq = bytes(view[head.start : head.start + 2])
    body = bytes(view[head.start + 2 : head.end])
    view[0] &= ~0x20 & 0xFF
    view[1] = view[1] & 0x80 | sdp.VP8
    view[2:4] = seq
    view[8:12] = stream.ssrc.to_bytes(4, "big")
    view[head.start : head.start + len(body)] = body
    return head.start + len(body)


def _text(packet: memoryview, number: int) -> str:
    found = rtp.extension(packet, number)
    if found is None:
        return ""
    at, size = found
    return bytes(packet[at : at + size]).decode("ascii", "replace")
