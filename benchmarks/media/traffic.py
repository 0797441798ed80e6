"""Real-time traffic of a crowd, sealed beforehand and sent on its own core.

Each participant sends what a call of 480 lines does: 30 pictures of three or four packets, which
leave together as a browser sends them, and 50 packets of sound a second, 860 bytes on the wire on
average, with a transport-wide number. Packets are sealed before the clock starts; sending and
receiving take 64 of them for each system call.
"""

from __future__ import annotations

import secrets
import struct
import time
from array import array
from typing import Any

from app.media.wires.messages import ffi, libc
from benchmarks.media.crowd import INFO, Crowd, Person
from benchmarks.media.listening import BATCH, SAMPLED, Outcome, Receiver

PICTURES, SOUND_RATE = 30, 50
# Packets of each picture, in turn.
PIECES = (3, 4, 4, 3, 4)
RATE = PICTURES * sum(PIECES) / len(PIECES) + SOUND_RATE
PICTURE_BYTES, SOUND_BYTES = 1150, 100
BODY = secrets.token_bytes(PICTURE_BYTES)
# A descriptor with a number of 15 bits; each packet is the first of a whole picture.
WHOLE = b"\x10\x00\x00\x9d\x01\x2a"
FIRST_NAME = 1_000_000
OPUS, VP8 = 111, 96
IP_LEVEL, PKTINFO = 0, 8
CONTROL = struct.Struct("=QII")
AF_INET, NAME_BYTES = 2, 16
M16, M32 = 0xFFFF, 0xFFFFFFFF

Due = tuple[float, int, int]
Numbers = dict[tuple[int, str], int]


def name_of(number: int, *, sound: bool) -> int:
    """The stream (SSRC) of a participant."""
    return FIRST_NAME + 2 * number + sound


class Traffic:
    """Packets of everybody for `seconds` of real time, in the order of their sending.

    `numbers` remembers where each stream stopped, from one piece of traffic to the next.
    """

    def __init__(self, crowd: Crowd, seconds: float, numbers: Numbers) -> None:
        self._crowd, self._numbers = crowd, numbers
        plan = _plan(len(crowd.people), seconds)
        self._times = array("d", (one[0] for one in plan))
        self._kinds = bytes(one[1] for one in plan)
        people = [crowd.people[one[2]] for one in plan]
        self._sealed = [
            self._seal(one, sound=bool(kind)) for one, kind in zip(people, self._kinds, strict=True)
        ]
        self._lay_out(people)

    def _next(self, number: int, what: str) -> int:
        found = self._numbers[number, what] = self._numbers.get((number, what), 0) + 1 & M16
        return found

    def _seal(self, person: Person, *, sound: bool) -> bytes:
        seq = self._next(person.number, "sound" if sound else "picture")
        transport = self._next(person.number, "transport")
        kind, clock = (OPUS, 960) if sound else (VP8, 840)
        name = name_of(person.number, sound=sound)
        head = struct.pack("!BBHII", 0x90, kind, seq, seq * clock & M32, name)
        if sound:
            head += struct.pack("!HHBBBH3x", 0xBEDE, 2, 0x10, 0x40, 0x31, transport)
            body = BODY[-SOUND_BYTES:]
        else:
            head += struct.pack("!HHBHx", 0xBEDE, 1, 0x31, transport)
            body = struct.pack("!BBH", 0x90, 0x80, 0x8000 | seq & 0x7FFF) + WHOLE + BODY
        return person.sealing.protect(head + body)

    def _lay_out(self, people: list[Person]) -> None:
        """Messages for `sendmmsg`, laid out once: memory, target, and source of each."""
        count = len(self._sealed)
        self._memory = ffi.from_buffer(b"".join(self._sealed))
        self._out = ffi.new("struct mmsghdr[]", count)
        self._pieces = ffi.new("struct iovec[]", count)
        ends: dict[int, tuple[Any, Any]] = {}
        at = 0
        for number, (packet, person) in enumerate(zip(self._sealed, people, strict=True)):
            self._pieces[number].iov_base = self._memory + at
            self._pieces[number].iov_len = len(packet)
            at += len(packet)
            if person.number not in ends:
                ends[person.number] = _ends(person)
            target, control = ends[person.number]
            head = self._out[number].msg_hdr
            head.msg_name, head.msg_namelen = target, NAME_BYTES
            head.msg_iov, head.msg_iovlen = self._pieces + number, 1
            head.msg_control, head.msg_controllen = control, len(control)
        self._kept = ends

    def run(self, speed: float = 1.0, *, drain: float = 0.4) -> Outcome:
        """Send everything, `speed` times as fast as it would go, and count what comes back."""
        done = Outcome()
        receiver = Receiver(self._crowd, done)
        times, count, at = self._times, len(self._sealed), 0
        number = self._crowd.socket.fileno()
        clock = time.perf_counter
        start = clock()
        while at < count:
            if at >= count // 2 and not done.sound_before:
                done.sound_before = done.sound
            now = clock()
            due = (now - start) * speed
            last = at
            while last < count and last - at < BATCH and times[last] <= due:
                last += 1
            if last > at:
                went = libc.sendmmsg(number, self._out + at, last - at, 0)
                if went > 0:
                    self._note(at, at + went, now, receiver.sent_at)
                    at += went
                    done.sent += went
            receiver.turn()
        done.seconds = clock() - start
        until = clock() + drain
        while clock() < until:
            receiver.turn()
        done.sent_sound = sum(self._kinds[count // 2 :])
        receiver.open_samples(BODY)
        return done

    def _note(self, first: int, last: int, now: float, sent_at: dict[bytes, float]) -> None:
        for at in range(first, last):
            packet = self._sealed[at]
            if not packet[3] & SAMPLED and not self._kinds[at]:
                sent_at[packet[2:4] + packet[8:12]] = now


def _plan(count: int, seconds: float) -> list[Due]:
    """When, sound or picture, and whose: everybody in turn within each interval."""
    pictures = [
        (at / PICTURES + number / (PICTURES * count), 0, number)
        for number in range(count)
        for at in range(int(seconds * PICTURES))
        for _ in range(PIECES[(at + number) % len(PIECES)])
    ]
    sounds = [
        (at / SOUND_RATE + number / (SOUND_RATE * count), 1, number)
        for number in range(count)
        for at in range(int(seconds * SOUND_RATE))
    ]
    return sorted(pictures + sounds)


def _ends(person: Person) -> tuple[Any, Any]:
    """Target and source of a participant's datagrams, as the kernel reads them."""
    host, port = person.remote.address if person.remote else ("0.0.0.0", 0)  # noqa: S104 - never sent to
    numbers = bytes(int(part) for part in host.split("."))
    name = struct.pack("=H", AF_INET) + struct.pack("!H", port) + numbers + bytes(8)
    size = CONTROL.size + INFO.size
    control = CONTROL.pack(size, IP_LEVEL, PKTINFO) + INFO.pack(0, person.packed, bytes(4))
    padded = control + bytes(-size % 8)
    return ffi.new("unsigned char[]", name), ffi.new("unsigned char[]", padded)
