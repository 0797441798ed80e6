"""When a better picture is tried: one at a time, and less often where it was taken back.

What a line could carry is a guess while little is sent over it. Each rise tries the guess; one
that jams the line costs everybody on it a moment of sound, so it is tried again after twice the
wait. Pure: times are microseconds of its caller's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.media.congestion.share import Given, Layer

# A better picture must have fitted for this long, or it would come and go.
RIPE_US = 3_000_000
LONGEST_US = 48_000_000
# A fall so soon after a rise is that rise's doing; one that held for so long was right.
BLAMED_US, PROVEN_US = 10_000_000, 60_000_000

Step = tuple[int, Layer]
RANKS: tuple[Layer, ...] = ("none", "low", "high")


class Rises:
    """Of one receiver: since when what would fit, and how long each step must wait."""

    def __init__(self) -> None:
        self._since: dict[int, int] = {}
        self._waits: dict[Step, int] = {}
        self._last: tuple[Step, int] | None = None

    def ripe(
        self, given: Mapping[int, Given], order: Collection[int], now: int, *, ample: bool = False
    ) -> set[int]:
        """The place whose turn it is, if there is one; where the line is ample, all that are due.

        `order` names those first who matter.
        """
        due = [
            place
            for place in order
            if place in self._since
            and now - self._since[place] >= self._waits.get(_next(given, place), RIPE_US)
        ]
        # Everybody's small picture comes before anybody's large one.
        due.sort(key=lambda place: _rank(given, place))
        return set(due if ample else due[:1])

    def learn(
        self,
        before: Mapping[int, Given],
        after: Mapping[int, Given],
        fitting: Collection[int],
        now: int,
    ) -> None:
        """What was given, what is given now, and the places that a step would fit."""
        places = before.keys() & after.keys()
        rose = [place for place in places if _rank(after, place) > _rank(before, place)]
        fell = any(_rank(after, place) < _rank(before, place) for place in places)
        if self._last is not None:
            step, at = self._last
            if fell and now - at < BLAMED_US:
                self._waits[step] = min(2 * self._waits.get(step, RIPE_US), LONGEST_US)
                self._last = None
            elif now - at > PROVEN_US:
                self._waits.pop(step, None)
                self._last = None
        if rose:
            self._last = ((rose[0], after[rose[0]].video), now)
        # After any change what fits is to be seen anew.
        known = {} if rose or fell else self._since
        self._since = {place: known.get(place, now) for place in fitting}


def _rank(given: Mapping[int, Given], place: int) -> int:
    return RANKS.index(given[place].video) if place in given else 0


def _next(given: Mapping[int, Given], place: int) -> Step:
    return place, RANKS[min(_rank(given, place) + 1, 2)]
