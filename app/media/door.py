"""Whose is this address? ICE checks and DTLS records, before any key is known.

Everything here meets strangers. A check is answered only with the password of its leg, and how
many are looked at is bounded: a flood costs the flood's sender more than the node.
"""

from __future__ import annotations

from app.media import ice
from app.media.leg import MOST_SOURCES, Leg
from app.media.wires.wire import Source, Wire

STUN_LAST = 3
DTLS_FIRST, DTLS_LAST = 20, 63
# Checks that name a leg, from unknown addresses in one second: each costs some arithmetic, and
# a node that fills at its fastest sees a tenth.
STRANGERS_PER_SECOND = 2000
MICRO = 1_000_000


class Door:
    """Learns from authenticated checks where each leg is."""

    def __init__(self, wire: Wire, legs: dict[Source, Leg]) -> None:
        self._wire, self._legs = wire, legs
        self._fragments: dict[str, Leg] = {}
        self._strangers = 0
        self._second = 0
        self.now = 0
        self.turned_away = 0

    def open(self, leg: Leg) -> None:
        """Answer checks for the leg's credentials, and for no others it had."""
        self._forget(leg)
        for one in leg.generations:
            self._fragments[one.fragment] = leg

    def shut(self, leg: Leg) -> None:
        """Know nothing of the leg any more."""
        self._forget(leg)
        for source in leg.sources:
            if self._legs.get(source) is leg:
                del self._legs[source]

    def _forget(self, leg: Leg) -> None:
        for fragment in [one for one, whose in self._fragments.items() if whose is leg]:
            del self._fragments[fragment]

    def knock(self, source: Source, packet: bytes) -> None:
        """A datagram that is no media."""
        first = packet[0]
        if first <= STUN_LAST:
            self._check(source, packet)
        elif DTLS_FIRST <= first <= DTLS_LAST:
            leg = self._legs.get(source)
            if leg is not None and leg.handshake is not None:
                leg.handshake.record(packet)
            else:
                self.turned_away += 1
        else:
            self.turned_away += 1

    def _check(self, source: Source, packet: bytes) -> None:
        fragment = ice.fragment_of(packet)
        leg = self._fragments.get(fragment) if fragment else None
        check = self._believed(leg, fragment, source, packet) if leg and fragment else None
        if leg is None or check is None:
            self.turned_away += 1
        else:
            self._heard(leg, source, check)

    def _believed(self, leg: Leg, fragment: str, source: Source, packet: bytes) -> ice.Check | None:
        """The check, if the leg's own browser made it and sends it from where it is."""
        known = next((one for one in leg.generations if one.fragment == fragment), None)
        if known is None or (source not in self._legs and not self._has_time()):
            return None
        check = ice.answered(packet, known, lambda: self._wire.host(source))
        if check is None or leg.is_repeated(check.transaction, source):
            return None
        return check if self._learn(leg, source) else None

    def _has_time(self) -> bool:
        second = self.now // MICRO
        if second != self._second:
            self._second, self._strangers = second, 0
        self._strangers += 1
        return self._strangers <= STRANGERS_PER_SECOND

    def _learn(self, leg: Leg, source: Source) -> bool:
        owner = self._legs.get(source)
        if owner is leg:
            return True
        if owner is not None and not owner.closed and owner.source == source:
            return False
        if len(leg.sources) >= MOST_SOURCES:
            # The oldest that is not in use makes way: an address changes many times in a long call.
            oldest = next(one for one in leg.sources if one != leg.source)
            leg.sources.remove(oldest)
            if self._legs.get(oldest) is leg:
                del self._legs[oldest]
        leg.sources.append(source)
        self._legs[source] = leg
        return True

    def _heard(self, leg: Leg, source: Source, check: ice.Check) -> None:
        leg.heard_us = self.now
        destination = self._wire.destination(source)
        if leg.destination is None or (check.nominates and leg.source != source):
            leg.source, leg.destination = source, destination
        if check.nominates:
            leg.settle(check.fragment)
        buffer = self._wire.take()
        buffer.view[: len(check.answer)] = check.answer
        self._wire.put(buffer, len(check.answer), destination)
