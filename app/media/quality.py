"""Who gets how much: each leg's line is shared out, and publishers are told what is of use.

Five times a second the estimate of a leg's line is divided among what the leg could see and hear
(congestion.share): sound first, then the speaker's picture, then the others. What its receivers
can use caps a publisher; a receiver's own estimate (REMB) is never relayed.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.media import sdp
from app.media.congestion.share import Given, Want, cap, share, spare
from app.media.downstream import Slot
from app.media.leg import Leg
from app.media.upstream import Stream

MICRO = 1_000_000
LOOK_US = 200_000
# The same where everybody gets everything and nothing has changed.
CALM_US = MICRO
# What a line must carry, of what is sent over it, for that to be more than enough.
AMPLE = 1.4
MEASURED_US = 500_000
# Until a stream has been measured; Opus of browsers, and a small picture.
GUESSED = {"audio": 36_000, "video": 150_000}
# What a picture may take that nobody sees yet: a browser held low takes seconds to rise again.
UNSEEN = 800_000
# A cap that hardly moves is not told again before the next report.
TOLD_AGAIN = 0.1
LOUD = 50  # The level is in -dBov: below this somebody speaks.
LAYERS = {"none": "", "low": sdp.LOW, "high": sdp.HIGH}


class Quality:
    """Shares out the lines of all legs of a node."""

    def look(self, leg: Leg, now: int) -> bool:
        """Share out a leg's line when it is time: whether it should be told a new cap at once."""
        line = leg.line
        silent = leg.estimate.state == "silent"
        back, line.silent = line.silent and not silent, silent
        if not back and (now - line.looked_us < LOOK_US or _is_calm(leg, now)):
            return False
        line.looked_us = now
        for stream in leg.streams.values():
            measure(stream, now)
        line.wants = [want for slot in leg.slots if (want := self._want(leg, slot, now))]
        # What a silence took away was not too much for the line: it returns with it, as if new.
        before = {} if back else line.given
        order = [want.place for want in sorted(line.wants, key=lambda one: not one.speaker)]
        best = sum(want.rates[-1] for want in line.wants if want.rates)
        ripe = line.rises.ripe(before, order, now, ample=best * AMPLE <= leg.estimate.bits)
        shared = share(leg.estimate.bits, line.wants, before, ripe)
        line.rises.learn(before, shared.given, shared.rises, now)
        # A place whose picture has yet to come is new when it comes, and waits for nothing.
        shown = {want.place for want in line.wants if want.kind == "video"}
        line.given = {place: one for place, one in shared.given.items() if place in shown}
        self._apply(leg, shared.given, now)
        ample = shared.bits * AMPLE <= leg.estimate.bits and _is_measured(leg, now)
        line.full = ample and all(slot.wanted == sdp.HIGH for slot in leg.slots)
        line.seen = _seen(leg, now)
        return self._cap(leg)

    def _want(self, leg: Leg, slot: Slot, now: int) -> Want | None:
        source = leg.company.get(slot.place)
        if source is None or not (slot.sound or leg.pictures):
            return None
        found = [one for one in source.streams.values() if one.kind == slot.kind]
        live = [one for one in found if not one.is_stale(now)]
        if not live:
            return None
        order = sorted(live, key=lambda one: one.layer == sdp.HIGH)
        rates = tuple(one.rate or GUESSED[one.kind] for one in order)
        return Want(slot.place, slot.kind, rates, speaker=_speaks(source))

    def _apply(self, leg: Leg, shared: Mapping[int, Given], now: int) -> None:
        changed = False
        sent = {(want.place, want.kind) for want in leg.line.wants}
        for slot in leg.slots:
            # What has yet to come, or pauses, is awaited as before.
            if (slot.place, slot.kind) not in sent:
                continue
            given = shared[slot.place]
            wanted = LAYERS[given.video] if not slot.sound else sdp.HIGH * given.audio
            changed = changed or wanted != slot.wanted
            slot.wanted = wanted
        # A layer that ran dry, or came back, changes what is best without a new share.
        if changed or leg.simulcast:
            leg.rearrange(now)

    def _cap(self, leg: Leg) -> bool:
        pictures = [stream for stream in leg.video_streams() if stream.began]
        if not pictures:
            return False
        shown = [
            one
            for one in leg.company.values()
            if one.sealed is not None and any(slot.place == leg.place for slot in one.slots)
        ]
        watching = [
            spare(one.estimate.bits, one.line.wants, one.line.given, leg.place)
            for one in shown
            if one.pictures
        ]
        # Where somebody is there and nobody wants to see, hardly anything need be sent.
        unseen = [] if shown else [UNSEEN]
        sound = sum(one.rate for one in leg.streams.values() if one.kind == "audio")
        low = sum(one.rate for one in pictures if one.layer == sdp.LOW)
        layered = leg.simulcast and low > 0
        told = cap(None, watching or unseen, simulcast=layered, beside=sound + low)
        sharp = abs(told - leg.cap) > TOLD_AGAIN * max(leg.cap, 1)
        leg.cap = told
        return sharp


def measure(stream: Stream, now: int) -> None:
    """Follow the bits per second of a stream."""
    since, before = stream.measured
    passed = now - since
    if passed < MEASURED_US:
        return
    if since:
        rate = (stream.octets - before) * 8 * MICRO // passed
        stream.rate = (stream.rate + rate) // 2 if stream.rate else rate
    stream.measured = (now, stream.octets)


def _is_calm(leg: Leg, now: int) -> bool:
    """Whether a new look would only say the same: there is enough, and nobody's line has moved."""
    line = leg.line
    return line.full and now - line.looked_us < CALM_US and line.seen == _seen(leg, now)


def _is_measured(leg: Leg, now: int) -> bool:
    """Whether all that the others send is known for what it is."""
    every = (stream for one in leg.company.values() for stream in one.streams.values())
    return all(stream.rate or stream.is_stale(now) for stream in every)


def _seen(leg: Leg, now: int) -> tuple[object, ...]:
    """What a look depends on: who is there, what they send, and roughly what their lines carry."""
    return tuple(
        (one, one.pictures, one.sealed is None, _rough(one.estimate.bits), _live(one, now))
        for one in leg.company.values()
    )


def _rough(bits: int) -> int:
    """The same for all that differ by a few hundredths."""
    return bits >> max(0, bits.bit_length() - 4) << 8 | bits.bit_length()


def _live(leg: Leg, now: int) -> int:
    return sum(not stream.is_stale(now) for stream in leg.streams.values())


def _speaks(leg: Leg) -> bool:
    return any(one.kind == "audio" and one.level < LOUD for one in leg.streams.values())
