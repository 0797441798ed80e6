"""The hot path: a datagram in, the same media out, under other names and keys.

What happens for each packet stands in `_media`, `_deliver` and `_send`, and nowhere else; whatever
is rare leaves them at once. A compiled loop would replace `Forwarder.turn` and keep the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.media.downstream import KEPT_TRANSPORT, Slot
from app.media.leg import Leg
from app.media.logs import Log
from app.media.picture import begins_picture
from app.media.sdp import RTX, TRANSPORT_CC, VP8
from app.media.srtp.session import REFUSED
from app.media.streams import is_strange, note_speaker, stream_of, transport_at, unwrapped
from app.media.upstream import JITTER_MASK, M16, M32, Stream
from app.media.wires.wire import LARGEST, STRIDE, Buffer, Source, Wire, copied

# First and second byte, number, clock, name; profile and length of the extension, its first bytes.
# All else is passed over: the heads of a batch are read in one go.
HEAD_BYTES = 22
HEADS = struct.Struct(f"!BBHIIIBBBHB{STRIDE - HEAD_BYTES}x")
Head = tuple[int, ...]
OUT = struct.Struct("!HII")
NUMBERS = struct.Struct("!HI")
NUMBER = struct.Struct("!H")
SHORTEST = 12
PLAIN_FIRST = 0x90
# The two layouts that Chromium and Firefox use for nearly every packet, and where their transport
# number stands: alone in one word, or behind the loudness in two.
ALONE, BEHIND = 0xBEDE0001, 0xBEDE0002
ALONE_BYTE = TRANSPORT_CC << 4 | 1
BEHIND_BYTE = 0x10
ALONE_AT, BEHIND_AT = 17, 19
# What follows the number in the first of them must be nothing: it is read as a number's high byte.
NOTHING = 0xFF
MEDIA_FIRST, MEDIA_LAST = 128, 191
CONTROL_FIRST, CONTROL_LAST = 192, 223
PICTURES = frozenset({VP8, RTX})
FAULTS_LOGGED = 20
log = Log("forward")


class Forwarder:
    """Takes datagrams from the wire and gives each to whom it is for."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.legs: dict[Source, Leg] = {}
        self.other: Callable[[Source, bytes], None] = lambda _source, _packet: None
        self.control: Callable[[Leg, bytes], None] = lambda _leg, _packet: None
        # How many of the legs' pictures are given up to keep everybody's sound.
        self.shed: frozenset[Leg] = frozenset()
        self.received = self.forwarded = self.dropped = self.refused = self.faults = 0

    def turn(self, now: int) -> int:
        """Take one batch and forward it; how many datagrams came."""
        wire = self.wire
        count = wire.receive()
        if not count:
            return 0
        self.received += count
        sources = wire.sources
        heads = HEADS.iter_unpack(wire.view[: count * STRIDE])
        come = zip(map(self.legs.get, sources), wire.buffers, wire.sizes, heads, strict=False)
        for at, (leg, buffer, size, head) in enumerate(come):
            try:
                if leg is None or not MEDIA_FIRST <= head[0] <= MEDIA_LAST:
                    self._other(sources[at], buffer, size)
                elif not SHORTEST <= size <= LARGEST or leg.sealed is None:
                    self.dropped += 1
                elif CONTROL_FIRST <= head[1] <= CONTROL_LAST:
                    self._control(leg, buffer, size)
                else:
                    self._media(leg, buffer, size, head, now)
            except Exception:
                # The last stop: one datagram must cost no other. Whoever can cause a fault can
                # cause many, and the log must not become a flood of its own.
                self.faults += 1
                if self.faults <= FAULTS_LOGGED:
                    log.exception("datagram_failed")
        return count

    def _other(self, source: Source, buffer: Buffer, size: int) -> None:
        if 0 < size <= LARGEST and buffer.view[0] < MEDIA_FIRST:
            self.other(source, bytes(buffer.view[:size]))
        else:
            self.dropped += 1

    def _control(self, leg: Leg, buffer: Buffer, size: int) -> None:
        # The cipher remembers each name it meets: one who makes up names is not listened to.
        if leg.sealed is None or is_strange(leg):
            self.dropped += 1
            return
        size = leg.sealed.open_rtcp(buffer, size)
        if size == REFUSED:
            self.refused += 1
            return
        packet = bytes(buffer.view[:size])
        note_speaker(leg, int.from_bytes(packet[4:8], "big"))
        self.control(leg, packet)

    def _media(  # noqa: C901, PLR0912 - one packet's way in one frame: each call more costs 1 % of it
        self, leg: Leg, buffer: Buffer, size: int, head: Head, now: int
    ) -> None:
        first, second, seq, stamp, ssrc, profile, b16, b17, b18, w19, b21 = head
        if self.shed and leg in self.shed and second & 0x7F in PICTURES:
            self.dropped += 1
            return
        size = leg.sealed.open_rtp(buffer, size)  # type: ignore[union-attr]  # looked at before
        if size < SHORTEST:
            self.refused += 1
            return
        stream = leg.streams.get(ssrc)
        if stream is None:
            stream = stream_of(leg, buffer.view[:size], second & 0x7F, ssrc)
        at = number = 0
        if first == PLAIN_FIRST and size > HEAD_BYTES:
            if profile == ALONE and b16 == ALONE_BYTE and w19 <= NOTHING:
                at, number = ALONE_AT, b17 << 8 | b18
            elif profile == BEHIND and b16 == BEHIND_BYTE and b18 == ALONE_BYTE and not b21:
                at, number = BEHIND_AT, w19
        if not at and (at := transport_at(buffer.view[:size])):
            number = buffer.view[at] << 8 | buffer.view[at + 1]
        if at:
            leg.arrived.append(now << 16 | number)
        if stream is None:
            self._repair(leg, buffer, size, at, now)
            return
        if seq == stream.next:
            stream.next = (seq + 1) & M16
        elif not self._is_ahead(stream, seq, buffer, size, at, now):
            return
        if at == BEHIND_AT:
            stream.level = b17 & 0x7F
        stream.stamp, stream.last_us = stamp, now
        if not seq & JITTER_MASK:
            stream.measure(stamp, now)
        self._deliver(stream, buffer, size, seq, at, now)

    def _is_ahead(
        self, stream: Stream, seq: int, buffer: Buffer, size: int, at: int, now: int
    ) -> bool:
        """Whether a packet that is not the next goes on as if it were: some before it are lost."""
        if not stream.out_of_turn(seq, now):
            self.dropped += 1
            return False
        if stream.next != (seq + 1) & M16:
            self._late(stream, buffer, size, at, now)
            return False
        return True

    def _deliver(
        self, stream: Stream, buffer: Buffer, size: int, seq: int, at: int, now: int
    ) -> None:
        stream.received += 1
        stream.octets += size
        plain = stream.history[seq & stream.mask] = copied(buffer.text, size)
        slots = stream.slots
        if stream.waiting or stream.sink is not None or len(slots) != 1:
            slots = self._prepare(stream, plain, seq, now)
        for slot in slots[1:]:
            copy = self.wire.take()
            copy.view[:size] = plain
            self.send(slot, copy, size, at, now)
        if slots:
            self.send(slots[0], buffer, size, at, now)

    def _prepare(self, stream: Stream, plain: bytes, seq: int, now: int) -> list[Slot]:
        """Whoever may begin with this packet does, and a recording takes it: who gets it now."""
        if stream.waiting and begins_picture(stream, plain):
            ready = [slot for slot in stream.waiting if slot.leg.ready]
            stream.waiting = [slot for slot in stream.waiting if not slot.leg.ready]
            for slot in ready:
                slot.follow(stream, seq, stream.stamp, now)
        if stream.sink is not None:
            stream.sink.write(stream.leg.place, stream.kind, plain, now / 1_000_000)
        return stream.slots

    def send(self, slot: Slot, buffer: Buffer, size: int, at: int, now: int) -> None:
        """Give one packet, still under its sender's numbers, to one slot."""
        leg = slot.leg
        keys, destination = leg.sealed, leg.destination
        if keys is None or destination is None:
            return
        view = buffer.view
        seq, stamp = NUMBERS.unpack_from(view, 2)
        seq = (seq + slot.seq_shift) & M16
        OUT.pack_into(view, 2, seq, (stamp + slot.stamp_shift) & M32, slot.ssrc)
        if at:
            number = leg.transport_seq = (leg.transport_seq + 1) & M16
            NUMBER.pack_into(view, at, number)
            leg.estimate.sent(number, size, now)
            if slot.sound:
                slot.transport[seq % KEPT_TRANSPORT] = number
        if slot.picture is not None:
            slot.picture.move(view[:size])
        sealed = keys.seal_rtp(buffer, size)
        if sealed > 0:
            self.wire.put(buffer, sealed, destination)
            slot.packets += 1
            slot.octets += size
            self.forwarded += 1

    def number(self, leg: Leg, buffer: Buffer, size: int, now: int) -> None:
        """Give a packet that the node sends of itself the leg's next transport number."""
        at = transport_at(buffer.view[:size])
        if at:
            leg.transport_seq = (leg.transport_seq + 1) & M16
            NUMBER.pack_into(buffer.view, at, leg.transport_seq)
            leg.estimate.sent(leg.transport_seq, size, now)

    def rename(self, slot: Slot, buffer: Buffer, seq: int, stamp_shift: int) -> None:
        """Write a kept packet of sound exactly as it went out before."""
        view, transport = buffer.view, slot.transport[seq % KEPT_TRANSPORT]
        stamp = (int.from_bytes(view[4:8], "big") + stamp_shift) & M32
        OUT.pack_into(view, 2, seq, stamp, slot.ssrc)
        at = transport_at(view[:LARGEST])
        if at:
            NUMBER.pack_into(view, at, transport)

    def _late(self, stream: Stream, buffer: Buffer, size: int, at: int, now: int) -> None:
        """A packet that was missed comes after all: stored, and sent where its number belongs."""
        plain = bytes(buffer.view[:size])
        seq = plain[2] << 8 | plain[3]
        stream.received += 1
        stream.octets += size
        stream.history[seq & stream.mask] = plain
        if stream.sink is not None:
            stream.sink.write(stream.leg.place, stream.kind, plain, now / 1_000_000)
        for slot in stream.slots:
            if slot.is_current(seq):
                copy = self.wire.take()
                copy.view[:size] = plain
                self.send(slot, copy, size, at, now)

    def _repair(self, leg: Leg, buffer: Buffer, size: int, at: int, now: int) -> None:
        """A repair (RFC 4588): the packet inside it is taken as if it came late."""
        stream = leg.repairs.get(int.from_bytes(buffer.view[8:12], "big"))
        inside = unwrapped(stream, buffer.view, size) if stream is not None else 0
        if stream is None or not inside:
            self.dropped += 1  # Padding that measures the line, or a stream unknown as yet.
        elif stream.missing.pop(int.from_bytes(buffer.view[2:4], "big"), None) is not None:
            self._late(stream, buffer, inside, at, now)
