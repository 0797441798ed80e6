"""Transport-wide congestion control feedback: the payload that tells when each packet arrived.

Source: draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. A status is one of: not
received; received with a delta of one byte; received with a delta of two. Deltas count 250 us.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

TICK_US = 250
REFERENCE_US = 64_000
REFERENCE_TURN = 1 << 24  # the reference time is signed, of 24 bits
SMALL_DELTAS = range(256)
LARGE_DELTAS = range(-32768, 32768)
# A run of two bytes can claim 8,191 packets. This many in one feedback is far beyond any real one
# and keeps a hostile one from costing more than a fraction of a millisecond.
MOST_STATUSES = 8192
LONGEST_RUN = (1 << 13) - 1
BIT_SYMBOLS, PAIR_SYMBOLS = 14, 7  # how many statuses a vector chunk holds

_FIXED = struct.Struct("!LLHHL")  # sender, media, base, count, reference and feedback number
_WORD = struct.Struct("!H")
_SIGNED = struct.Struct("!h")
# What each vector chunk says, unfolded once: the reader's inner loop is then a look-up.
_PAIRS = tuple(
    tuple(value >> shift & 3 for shift in (12, 10, 8, 6, 4, 2, 0)) for value in range(1 << 14)
)
_BITS = tuple(tuple(value >> shift & 1 for shift in range(13, -1, -1)) for value in range(1 << 14))

Arrival = tuple[int, int | None]  # sequence, microseconds or None if not received


@dataclass(slots=True)
class TransportFeedback:
    """What one feedback told; arrivals are on the receiver's clock, from `reference` * 64 ms."""

    sender: int
    media: int
    base: int  # the first sequence number
    reference: int  # multiples of 64 ms; it turns over after 12 days
    number: int  # 0..255, counts the feedbacks
    arrivals: list[int | None]  # of base, base + 1, ...; None of what was not received

    @property
    def packets(self) -> list[Arrival]:
        """Each with its sequence number."""
        count = len(self.arrivals)
        numbers = [sequence & 0xFFFF for sequence in range(self.base, self.base + count)]
        return list(zip(numbers, self.arrivals, strict=True))


def parse_feedback(packet: bytes, start: int, end: int) -> TransportFeedback:
    """Read the body of one feedback, which starts with its sender. Raises ValueError."""
    if end - start < _FIXED.size:
        raise ValueError("transport-cc: cut short")
    sender, media, base, count, tail = _FIXED.unpack_from(packet, start)
    if count > MOST_STATUSES:
        raise ValueError("transport-cc: too many statuses")
    reference = tail >> 8
    if reference >= REFERENCE_TURN >> 1:
        reference -= REFERENCE_TURN
    at, clock = start + _FIXED.size, reference * REFERENCE_US
    arrivals = _all_arrived(packet, at, end, clock, count)
    if arrivals is None:
        statuses, at = _statuses(packet, at, end, count)
        arrivals = _arrivals(packet, at, end, clock, statuses)
    return TransportFeedback(sender, media, base, reference, tail & 0xFF, arrivals)


def _all_arrived(
    packet: bytes, at: int, end: int, clock: int, count: int
) -> list[int | None] | None:
    """Nearly every feedback: all came, one soon after the other, and one run says so."""
    first = at + 2
    if not count or first + count > end or packet[at] << 8 | packet[at + 1] != 1 << 13 | count:
        return None
    deltas = packet[first : first + count]
    return [clock + ticks * TICK_US for ticks in accumulate(deltas)]


def _statuses(packet: bytes, at: int, end: int, count: int) -> tuple[list[int], int]:
    statuses: list[int] = []
    while len(statuses) < count:
        if at + 2 > end:
            raise ValueError("transport-cc: statuses cut short")
        chunk = packet[at] << 8 | packet[at + 1]
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13] * min(chunk & LONGEST_RUN, count - len(statuses))
            if not chunk & LONGEST_RUN:
                raise ValueError("transport-cc: empty run")
        elif chunk & 0x4000:
            statuses += _PAIRS[chunk & 0x3FFF]
        else:
            statuses += _BITS[chunk & 0x3FFF]
    return statuses[:count], at


def _arrivals(
    packet: bytes, at: int, end: int, clock: int, statuses: list[int]
) -> list[int | None]:
    """Spell the statuses out, with the deltas that start at this offset."""
    arrivals: list[int | None] = []
    for status in statuses:
        if not status:
            arrivals.append(None)
            continue
        if at + status > end or status == 3:  # noqa: PLR2004 - the draft reserves the fourth symbol
            raise ValueError("transport-cc: deltas cut short, or a reserved status")
        if status == 1:
            clock += packet[at] * TICK_US
        else:
            clock += _SIGNED.unpack_from(packet, at)[0] * TICK_US
        at += status
        arrivals.append(clock)
    return arrivals


def reference_of(arrival_us: int) -> int:
    """The reference time to send with this first arrival, in its 24 signed bits."""
    half = REFERENCE_TURN >> 1
    return (arrival_us // REFERENCE_US + half) % REFERENCE_TURN - half


def feedback_body(
    sender: int, media: int, base: int, number: int, arrivals: Sequence[int | None]
) -> bytes:
    """Write a feedback body of whole words less its padding; `arrivals[i]` is of base + i, in us.

    Raises ValueError if two arrivals lie more than 8 s apart, if there are none or too many.
    """
    first = next((one for one in arrivals if one is not None), None)
    if first is None or len(arrivals) > MOST_STATUSES:
        raise ValueError("transport-cc: nothing arrived, or too much to tell")
    tail = (reference_of(first) & 0xFFFFFF) << 8 | number & 0xFF
    head = _FIXED.pack(sender, media, base, len(arrivals), tail)
    clock = first // REFERENCE_US * (REFERENCE_US // TICK_US)
    return head + (_even(clock, arrivals) or _mixed(clock, arrivals))


def _even(clock: int, arrivals: Sequence[int | None]) -> bytes:
    """All arrived one soon after the other, as nearly always: one run. Otherwise nothing."""
    ticks = [arrival // TICK_US for arrival in arrivals if arrival is not None]
    if len(ticks) != len(arrivals) or len(ticks) > LONGEST_RUN:
        return b""
    deltas = list(map(sub, ticks, [clock, *ticks]))
    if min(deltas) not in SMALL_DELTAS or max(deltas) not in SMALL_DELTAS:
        return b""
    return _WORD.pack(1 << 13 | len(ticks)) + bytes(deltas)


def _mixed(clock: int, arrivals: Sequence[int | None]) -> bytes:
    """Statuses and deltas of any arrivals. Raises ValueError if two lie too far apart."""
    statuses: list[int] = []
    deltas = bytearray()
    for arrival in arrivals:
        if arrival is None:
            statuses.append(0)
            continue
        delta = arrival // TICK_US - clock
        clock += delta
        if delta in SMALL_DELTAS:
            statuses.append(1)
            deltas.append(delta)
        elif delta in LARGE_DELTAS:
            statuses.append(2)
            deltas += _SIGNED.pack(delta)
        else:
            raise ValueError("transport-cc: arrivals too far apart")
    return _chunks(statuses) + deltas


def _chunks(statuses: list[int]) -> bytes:
    """The statuses as runs where these are long, as vectors where they are mixed."""
    written = bytearray()
    at, count = 0, len(statuses)
    while at < count:
        symbol = statuses[at]
        run = at + 1
        limit = min(count, at + LONGEST_RUN)
        while run < limit and statuses[run] == symbol:
            run += 1
        window = statuses[at : at + BIT_SYMBOLS]
        if run == count or run - at >= (PAIR_SYMBOLS if 2 in window else BIT_SYMBOLS):  # noqa: PLR2004 - the symbol of a delta of two bytes
            written += _WORD.pack(symbol << 13 | run - at)
            at = run
        elif 2 in window:  # noqa: PLR2004 - as above
            written += _WORD.pack(0xC000 | _vector(window[:PAIR_SYMBOLS], PAIR_SYMBOLS, 2))
            at += PAIR_SYMBOLS
        else:
            written += _WORD.pack(0x8000 | _vector(window, BIT_SYMBOLS, 1))
            at += BIT_SYMBOLS
    return bytes(written)


def _vector(window: list[int], places: int, width: int) -> int:
    value = 0
    for symbol in window:
        value = value << width | symbol
    return value << width * (places - len(window))
