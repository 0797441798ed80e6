"""Who gets what of a line that cannot carry everything, and how much a publisher need send.

Pure: the time that something must last before it counts is its caller's. Bits are per second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

Layer = Literal["none", "low", "high"]
Kind = Literal["audio", "video"]

HEADROOM = 1.15  # what a rise must leave room for, or it would be taken back at once
SMALL_HEADROOM = 1.05  # the same of a small picture where there was none: it costs little
KEPT_SOUND = 0.5  # of its rate: sound is given up last, and not for a moment's narrowness
BACK_SOUND = 0.9  # a voice whose room is all but there returns; waiting for the rest takes long
KEPT_PICTURE = 1.2  # of the line: an estimate that dips to empty a queue takes no picture away
LEAST_PICTURE = 60_000  # bits/s: below it a picture is not worth its place
ALONE_PICTURE = 150_000  # bits/s that a publisher sends to nobody, so that a guest sees at once

RED_FROM, RED_UNTIL = 0.02, 0.01  # loss from which redundancy helps, and below which it ends
RED_KEPT = 0.9  # of the bits it needs, once it is on


class Want(NamedTuple):
    """Sound or picture of one place, as it is published now.

    `rates` are its layers' bits per second, lowest first: one for sound and for a picture without
    layers, two with; none if it is not sent. A single layer counts as "high".
    """

    place: int
    kind: Kind
    rates: tuple[int, ...]
    speaker: bool = False
    seen: bool = True  # False if the receiver shows no picture of this place


class Given(NamedTuple):
    """What a receiver gets of one place."""

    audio: bool = False
    video: Layer = "none"


class Shared(NamedTuple):
    """What each place's share is, and which places have room to rise a step if it lasts."""

    given: dict[int, Given]
    rises: frozenset[int]
    bits: int  # what is given takes together


def share(
    bits: int,
    wants: Iterable[Want],
    current: Mapping[int, Given],
    ripe: Collection[int] = (),
) -> Shared:
    """Divide `bits`: all sound, then a picture of each, the speaker's first, then better ones.

    A fall takes effect at once, but not for a dip within which a queue empties. A rise goes one
    step, needs something to spare and its place in `ripe`: the caller puts there what was among
    `rises` for as long as it likes. A place that is not in `current` is new, and gets what fits
    without a wait. A picture without layers is given while a small one fits, for its publisher is
    told to follow.
    """
    round_ = _Round(bits, current, ripe)
    wanted = sorted(wants, key=lambda want: (not want.speaker, want.place))
    voices = [want for want in wanted if want.kind == "audio" and want.rates]
    pictures = [want for want in wanted if want.kind == "video" and want.rates and want.seen]
    for want in voices:
        round_.sound(want)
    if len(round_.sounds) < len(voices):
        pictures = []  # a picture beside a voice that is not heard would be a poor trade
    for want in pictures:
        if len(want.rates) > 1:
            round_.picture(want, "low", want.rates[0], want.rates[0])
        else:
            round_.elastic(want)
    for want in pictures:
        if len(want.rates) > 1 and round_.layers.get(want.place) == "low":
            round_.picture(want, "high", want.rates[-1], want.rates[-1])
    places = {want.place for want in wanted}
    given = {
        place: Given(place in round_.sounds, round_.layers.get(place, "none"))
        for place in sorted(places)
    }
    return Shared(given, frozenset(round_.rises), round_.used)


class _Round:
    """One division: what is used so far."""

    def __init__(self, bits: int, current: Mapping[int, Given], ripe: Collection[int]) -> None:
        self.bits, self.current, self.ripe = bits, current, ripe
        self.used = 0
        self.sounds: set[int] = set()
        self.layers: dict[int, Layer] = {}
        self.costs: dict[int, int] = {}
        self.rises: set[int] = set()

    def sound(self, want: Want) -> None:
        """Sound, of which the first is given whatever the line; it is what a visit needs.

        A voice that was given up comes back without a wait, once there is room for nearly all of
        it: a line that is used in full shows no more room than is used.
        """
        cost = want.rates[0]
        now = self.current.get(want.place)
        if now is None or now.audio:
            fits = self.used + KEPT_SOUND * cost <= self.bits
        else:
            fits = self.used + BACK_SOUND * cost <= self.bits
        if fits or not self.sounds:
            self.sounds.add(want.place)
            self.used += cost

    def elastic(self, want: Want) -> None:
        """A picture without layers: it takes what is left, if that is enough for a small one."""
        (rate,) = want.rates
        least = min(rate, LEAST_PICTURE)
        self.picture(want, "high", least, min(rate, max(least, self.bits - self.used)))

    def picture(self, want: Want, layer: Layer, least: int, cost: int) -> None:
        """A picture at this layer, in the place of a lower one, if `least` of it fits."""
        place = want.place
        used = self.used - self.costs.get(place, 0)
        now = self.current.get(place)
        if now is None:
            fits = used + least <= self.bits
        elif _rank(now.video) >= _rank(layer):
            fits = used + least <= KEPT_PICTURE * self.bits
        else:
            fits = self._may_rise(place, now.video, layer, used + least)
        if fits:
            self.used = used + cost
            self.costs[place] = cost
            self.layers[place] = layer

    def _may_rise(self, place: int, now: Layer, layer: Layer, used: int) -> bool:
        if used * (SMALL_HEADROOM if layer == "low" else HEADROOM) > self.bits:
            return False
        if now == "none" and place in self.layers:
            return False  # It has just got the small one: whether that holds is seen first.
        self.rises.add(place)
        return place in self.ripe


def _rank(layer: Layer) -> int:
    return ("none", "low", "high").index(layer)


def spare(bits: int, wants: Iterable[Want], given: Mapping[int, Given], place: int) -> int:
    """What a receiver's line leaves for the picture of one place, once all else it gets is paid."""
    taken = 0
    for want in wants:
        got = given.get(want.place, Given())
        if want.kind == "audio":
            taken += want.rates[0] if got.audio and want.rates else 0
        elif want.place != place and got.video != "none" and want.rates:
            taken += want.rates[0 if got.video == "low" else -1]
    return max(0, bits - taken)


def cap(uplink: int | None, receivers: Sequence[int], *, simulcast: bool, beside: int = 0) -> int:
    """The bits that a publisher is told to send at most (its REMB).

    `receivers` are what each of those who watch can spare for its picture: the best one counts
    where there are layers (the others get the low one), the narrowest where there are none.
    `beside` is what it sends beside that picture: its sound, and its low layer. `uplink` is what
    its own line carries, if that is known.
    """
    picture = ALONE_PICTURE
    if receivers:
        picture = max(LEAST_PICTURE, max(receivers) if simulcast else min(receivers))
    told = picture + beside
    return told if uplink is None else min(told, uplink)


def red_wanted(loss: float, bits: int, *, audio: int, wanted: bool = False) -> bool:
    """Whether sound should carry its own copy (RFC 2198): it helps, and there is room for it.

    `loss` is a share of packets, `bits` what the line carries, `audio` the rate without copies,
    `wanted` the last answer: on from 2 % loss, off below 1 %.
    """
    needed = 2 * audio + LEAST_PICTURE
    if wanted:
        return loss >= RED_UNTIL and bits >= RED_KEPT * needed
    return loss > RED_FROM and bits >= needed
