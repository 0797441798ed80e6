"""A room without a network: real legs, keys and forwarding, on a wire that is a list.

People send real RTP under real keys; what the node sends is kept as it left, sealed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from pylibsrtp import Error, Policy, Session

from app.media import rtcp
from app.media.forward import Forwarder
from app.media.leg import Leg
from app.media.reports import Reports
from app.media.rooms import Room
from app.media.sdp import RTX, VP8, Answer
from app.media.srtp import sealed
from app.media.tokens import Claims
from app.media.wires.wire import BATCH, Buffer, Buffers, Destination, Source

PROFILE = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
KEY_BYTES = 44
START_US = 1_000_000_000


class Listed:
    """A wire whose datagrams come from a list and go to one."""

    def __init__(self) -> None:
        self.port = self.unsent = 0
        self._incoming = Buffers(BATCH)
        self.buffers, self.view = self._incoming.row, self._incoming.view
        self.sizes = [0] * BATCH
        self.sources: list[Source] = [None] * BATCH
        self.coming: list[tuple[Source, bytes]] = []
        self.sent: list[tuple[Destination, bytes]] = []

    def receive(self) -> int:
        count = min(BATCH, len(self.coming))
        for at in range(count):
            self.sources[at], packet = self.coming.pop(0)
            self.sizes[at] = len(packet)
            self.buffers[at].view[: len(packet)] = packet
        return count

    def take(self) -> Buffer:
        return Buffers(1).row[0]

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        self.sent.append((to, bytes(buffer.view[:size])))

    def flush(self) -> None:
        """Nothing waits."""

    def destination(self, source: Source) -> Destination:
        return source

    def host(self, source: Source) -> tuple[str, int]:
        return "192.0.2.1", 5000

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """Nothing is open."""


def session(key: bytes, kind: int) -> Session:
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=PROFILE)
    policy.allow_repeat_tx, policy.window_size = True, 1024
    return Session(policy)


class Person:
    """One browser's end: the keys of both directions, and its leg."""

    def __init__(self, bench: Bench, place: int, shows: Sequence[int], *, simulcast: bool) -> None:
        self.bench = bench
        claims = Claims("room", f"person-{place}", place, "patient", 0, "n" * 16)
        self.leg = Leg(claims, "page", shows=shows, now=bench.now)
        self.name = self.leg.id
        up, down = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
        self._seal = session(up, Policy.SSRC_ANY_OUTBOUND)
        self._open = session(down, Policy.SSRC_ANY_INBOUND)
        self.leg.sealed = sealed(
            session(up, Policy.SSRC_ANY_INBOUND), session(down, Policy.SSRC_ANY_OUTBOUND)
        )
        self.leg.source = self.leg.destination = self.name
        self.leg.simulcast = simulcast
        self.leg.answer = Answer(simulcast=simulcast)

    def sends(self, *packets: bytes) -> None:
        for one in packets:
            # A browser's own encryption refuses what is far behind its last number.
            with suppress(Error):
                self.bench.wire.coming.append((self.name, self._seal.protect(one)))
        self.bench.turn()

    def says(self, *messages: bytes) -> None:
        self.bench.wire.coming.append((self.name, self._seal.protect_rtcp(b"".join(messages))))
        self.bench.turn()

    def sealed(self) -> list[bytes]:
        """What has left for this person since the last look, as it travels."""
        wire = self.bench.wire
        mine = [packet for to, packet in wire.sent if to == self.name]
        wire.sent = [one for one in wire.sent if one[0] != self.name]
        return mine

    def opened(self, packet: bytes) -> bytes:
        """One packet of media, as the browser reads it."""
        return self._open.unprotect(packet)

    def heard(self) -> tuple[list[bytes], list[rtcp.Message]]:
        """Media and control since the last look, opened."""
        media, control = [], []
        for packet in self.sealed():
            if 192 <= packet[1] <= 223:
                control += rtcp.parse(self._open.unprotect_rtcp(packet))
            else:
                media.append(self._open.unprotect(packet))
        return media, control

    def media(self) -> list[bytes]:
        return self.heard()[0]

    def control(self) -> list[rtcp.Message]:
        return self.heard()[1]

    def slot(self, place: int, kind: str):
        return next(one for one in self.leg.slots if (one.place, one.kind) == (place, kind))


class Bench:
    """One room and its forwarding; time stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START_US
        self.wire = Listed()
        self.room = Room("room")
        self.forwarder = Forwarder(self.wire)
        self.reports = Reports(self.forwarder)
        self.forwarder.control = self.reports.heard

    def person(self, place: int, *, shows: Sequence[int] | None = None, simulcast=False) -> Person:
        others = [at for at in range(4) if at != place] if shows is None else shows
        made = Person(self, place, others, simulcast=simulcast)
        self.room.enter(made.leg)
        self.forwarder.legs[made.name] = made.leg
        return made

    def leaves(self, person: Person) -> None:
        del self.forwarder.legs[person.name]
        self.room.shut(person.leg)

    def turn(self) -> None:
        self.reports.now = self.now
        while self.forwarder.turn(self.now):
            pass
        self.reports.catch_up()
        assert self.forwarder.faults == 0

    def passes(self, microseconds: int) -> None:
        self.now += microseconds
        self.reports.now = self.now


def header(kind: int, seq: int, stamp: int, ssrc: int, extension: bytes, *, marker=False) -> bytes:
    words = -(-len(extension) // 4)
    return (
        bytes([0x90, (0x80 if marker else 0) | kind])
        + (seq & 0xFFFF).to_bytes(2, "big")
        + (stamp & 0xFFFFFFFF).to_bytes(4, "big")
        + ssrc.to_bytes(4, "big")
        + b"\xbe\xde"
        + words.to_bytes(2, "big")
        + extension.ljust(4 * words, b"\0")
    )


def element(number: int, value: bytes) -> bytes:
    return bytes([number << 4 | len(value) - 1]) + value


def transport(number: int) -> bytes:
    return element(3, (number & 0xFFFF).to_bytes(2, "big"))


def sound(seq: int, *, ssrc=0xA0D10, stamp=None, body=b"opus", level=20, number=None) -> bytes:
    """A packet of Opus in the layout of browsers."""
    extension = element(1, bytes([level])) + transport(seq if number is None else number)
    at = seq * 960 if stamp is None else stamp
    return header(111, seq, at, ssrc, extension) + body


def picture(  # noqa: PLR0913 - a packet has that many parts, and a test names the few it is about
    seq: int,
    *,
    ssrc=0xD1DE0,
    stamp=None,
    rid="",
    mid="",
    key=False,
    image=None,
    tl0=0,
    body=b"vp8",
    number=None,
) -> bytes:
    """A packet of VP8: one whole picture, numbered, a key frame or not."""
    extension = transport(seq if number is None else number)
    extension += element(4, mid.encode()) if mid else b""
    extension += element(5, rid.encode()) if rid else b""
    at = seq * 3000 if stamp is None else stamp
    image = seq if image is None else image
    descriptor = bytes([0x90, 0xC0, 0x80 | image >> 8 & 0x7F, image & 0xFF, tl0 & 0xFF])
    payload = descriptor + bytes([0x00 if key else 0x01]) + body
    return header(VP8, seq, at, ssrc, extension, marker=True) + payload


def repair(packet: bytes, seq: int, ssrc: int, *, of="", number=0) -> bytes:
    """A packet wrapped as RFC 4588 has it."""
    extension = transport(number) + (element(6, of.encode()) if of else b"")
    start = 16 + 4 * int.from_bytes(packet[14:16], "big")
    stamp = int.from_bytes(packet[4:8], "big")
    marker = bool(packet[1] & 0x80)
    return header(RTX, seq, stamp, ssrc, extension, marker=marker) + packet[2:4] + packet[start:]


def seq_of(packet: bytes) -> int:
    return int.from_bytes(packet[2:4], "big")


def stamp_of(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def ssrc_of(packet: bytes) -> int:
    return int.from_bytes(packet[8:12], "big")


def payload_of(packet: bytes) -> bytes:
    return packet[16 + 4 * int.from_bytes(packet[14:16], "big") :]
