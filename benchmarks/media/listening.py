"""What a crowd receives: counted, some of it timed and opened, and all of it reported back.

Each participant answers as a browser does: feedback on every packet's arrival (transport-cc) ten
times a second, reports of its two streams once a second, a check of its address each 2.5 s.
"""

from __future__ import annotations

import struct
import time
from collections import deque
from dataclasses import dataclass, field

from app.media import rtcp
from app.media.congestion.arrivals import Arrivals
from app.media.rtcp import SenderReport
from app.media.wires.messages import ffi, libc
from benchmarks.media.crowd import Crowd, Person

BATCH = 64
STRIDE, EXTRA = 2048, 64
EXTRA_WORDS = EXTRA // 4
TO_WORD = 5  # of what comes beside a datagram: which address it came to
MSG_DONTWAIT = 0x40
SAMPLED = 63  # One packet of 64 is timed.
KEPT = 256
OPUS, VP8 = 111, 96
FEEDBACK_SECONDS = 0.1
REPORT_EVERY, CHECK_EVERY = 10, 25
NUMBER = struct.Struct("!H")
PICTURE_AT, SOUND_AT = 17, 19
MICRO = 1_000_000
NTP_1970 = 2_208_988_800
FIRST_NAME = 1_000_000


@dataclass
class Outcome:
    """What came back of what was sent, and how long it took."""

    sent: int = 0
    received: int = 0
    sound: int = 0
    # Of the second half alone: sound sent, and all that had come before it.
    sent_sound: int = 0
    sound_before: int = 0
    seconds: float = 0.0
    late: list[float] = field(default_factory=list)
    opened: int = 0
    kept: int = 0

    @property
    def lost(self) -> int:
        """Packets that did not come back."""
        return max(0, self.sent - self.received)

    @property
    def sound_kept(self) -> float:
        """The share of sound that came back in the second half."""
        return min(1.0, (self.sound - self.sound_before) / self.sent_sound)

    @property
    def rate(self) -> float:
        """Packets sent each second."""
        return self.sent / self.seconds

    def latency(self, share: float) -> float:
        """Milliseconds below which this share of the packets stayed."""
        row = sorted(self.late)
        return row[min(len(row) - 1, int(len(row) * share))] * 1000 if row else float("nan")


class Voice:
    """What one participant tells the server about the call."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.arrivals = Arrivals()
        self.arrived = self.arrivals.pending
        self.turns = person.number  # so that not everybody reports at once
        self._name = FIRST_NAME + 2 * person.number

    def speak(self) -> None:
        """Tell of the arrivals, and now and then more."""
        self.turns += 1
        for packet in self.arrivals.feedback(self._name, 0):
            self._say(packet)
        if not self.turns % REPORT_EVERY:
            ntp = int((time.time() + NTP_1970) * (1 << 32))
            for name in (self._name, self._name + 1):
                report = SenderReport(name, ntp, ntp >> 16 & 0xFFFFFFFF, 0, 0)
                told = rtcp.compound(rtcp.sender_report(report), rtcp.sdes(name, "person"))
                self._say(told)
        if not self.turns % CHECK_EVERY:
            self.person.check()

    def _say(self, packet: bytes) -> None:
        self.person.say(self.person.sealing.protect_rtcp(packet))


class Receiver:
    """Takes what comes back during one piece of traffic."""

    def __init__(self, crowd: Crowd, done: Outcome) -> None:
        self._done = done
        self._number = crowd.socket.fileno()
        self._memory = ffi.new("unsigned char[]", BATCH * STRIDE)
        self._extra = ffi.new("unsigned char[]", BATCH * EXTRA)
        self._in = ffi.new("struct mmsghdr[]", BATCH)
        self._pieces = ffi.new("struct iovec[]", BATCH)
        for at in range(BATCH):
            self._pieces[at].iov_base = self._memory + at * STRIDE
            self._pieces[at].iov_len = STRIDE
            head = self._in[at].msg_hdr
            head.msg_iov, head.msg_iovlen = self._pieces + at, 1
            head.msg_control, head.msg_controllen = self._extra + at * EXTRA, EXTRA
        self._view = memoryview(ffi.buffer(self._memory))
        self._words = memoryview(ffi.buffer(self._extra)).cast("I")
        self._people = {int.from_bytes(one.packed, "little"): one for one in crowd.people}
        self._voices = {word: Voice(one) for word, one in self._people.items()}
        self._arrived = {word: voice.arrived for word, voice in self._voices.items()}
        now = time.perf_counter()
        step = FEEDBACK_SECONDS / len(crowd.people)
        self._round = deque((now + at * step, one) for at, one in enumerate(self._voices.values()))
        # When sampled packets left, by number and stream.
        self.sent_at: dict[bytes, float] = {}
        self._samples: list[tuple[Person, bytes]] = []

    def turn(self) -> None:
        """Take what is there, and let those speak whose time has come."""
        now = time.perf_counter()
        if self._round[0][0] <= now:
            _, voice = self._round.popleft()
            voice.speak()
            self._round.append((now + FEEDBACK_SECONDS, voice))
        count = libc.recvmmsg(self._number, self._in, BATCH, MSG_DONTWAIT, ffi.NULL)
        if count > 0:
            self._count(count)

    def _count(self, count: int) -> None:
        now = time.perf_counter()
        now_us = int(now * MICRO)
        view, arrived, done = self._view, self._arrived, self._done
        kinds = bytes(view[1 : count * STRIDE : STRIDE])
        lows = bytes(view[3 : count * STRIDE : STRIDE])
        to = self._words[TO_WORD : count * EXTRA_WORDS : EXTRA_WORDS].tolist()
        for at in range(count):
            kind = kinds[at] & 0x7F
            if kind == VP8:
                done.received += 1
                number = NUMBER.unpack_from(view, at * STRIDE + PICTURE_AT)[0]
                if not lows[at] & SAMPLED:
                    self._time(at, to[at], now)
            elif kind == OPUS:
                done.received += 1
                done.sound += 1
                number = NUMBER.unpack_from(view, at * STRIDE + SOUND_AT)[0]
            else:
                continue
            arrived[to[at]].append(now_us << 16 | number)

    def _time(self, at: int, to: int, now: float) -> None:
        start = at * STRIDE
        person = self._people[to]
        name = FIRST_NAME + 2 * person.partner
        key = bytes(self._view[start + 2 : start + 4]) + name.to_bytes(4, "big")
        began = self.sent_at.pop(key, None)
        if began is not None:
            self._done.late.append(now - began)
        if len(self._samples) < KEPT:
            size = self._in[at].msg_len
            self._samples.append((person, bytes(self._view[start : start + size])))

    def open_samples(self, body: bytes) -> None:
        """Decrypt the kept packets: only true ones count."""
        self._done.kept = len(self._samples)
        for person, packet in self._samples:
            self._done.opened += person.opening.unprotect(packet).endswith(body)
        self._samples.clear()
