"""Blood pressures of an Apple Health export: two records each, and repeated in Correlations.

An export keeps the records of one type together, so that the lower number of a pressure may
stand a million lines below the upper one. Each waits for the other, that the two can be judged
together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from app.clinical.devices import limits
from app.clinical.devices.apple_sorts import Sort
from app.clinical.devices.markup import Attributes
from app.clinical.devices.reading import Reading, RowRefused

# Repeated pressures are told apart among this many, which is decades of measuring. Beyond
# it Apple's own rule is trusted: what a Correlation holds stands outside it as well.
MOST_SEEN = 100_000
MOST_HELD = 20_000
LONGEST_HELD = 2_000
# Numbers of one component at one moment, as an app that writes only minutes leaves them.
MOST_AT_ONCE = 20

_IDENTITY = ("type", "startDate", "endDate", "value", "unit", "sourceName")


class Met(NamedTuple):
    """One number of a pressure: its reading, sort and moment as written, and its line."""

    reading: Reading
    sort: Sort
    begun: str
    line: int


class PairRefused(RowRefused):
    """Two numbers that are no pressure, and the line on which the first of them stands."""

    def __init__(self, refusal: RowRefused, line: int) -> None:
        super().__init__(refusal.sentence)
        self.line = line


class Repeats:
    """Which pressures were met already, and which only a Correlation holds so far."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._held: dict[int, tuple[Sort, Attributes, int]] = {}

    def is_new(self, attributes: Attributes) -> bool:
        """Whether a pressure outside every Correlation is met for the first time."""
        key = _key(attributes)
        if key in self._seen:
            return False
        self._held.pop(key, None)
        if len(self._seen) < MOST_SEEN:
            self._seen.add(key)
        return True

    def hold(self, sort: Sort, attributes: Attributes, line: int) -> None:
        """Keep what a Correlation holds, which may still come outside it."""
        key = _key(attributes)
        room = len(self._held) < MOST_HELD and len(self._seen) < MOST_SEEN
        short = sum(map(len, attributes.values())) <= LONGEST_HELD
        if room and short and key not in self._seen:
            self._held.setdefault(key, (sort, attributes, line))

    def unrepeated(self) -> Iterator[tuple[Sort, Attributes, int]]:
        """What stood in a Correlation and, against Apple's rule, nowhere else."""
        yield from self._held.values()
        self._held.clear()


class Pairs:
    """Upper and lower numbers of one moment and one device, brought together."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[tuple[str, str, str], list[Met]] = OrderedDict()

    def meet(self, met: Met) -> list[Met]:
        """The numbers that need wait no longer: none, a pair, or the oldest of too many.

        Raises `PairRefused` for a pair whose upper number is not above the lower one.
        """
        key = (met.begun, met.reading.device, met.reading.unit)
        others = self._waiting.get(key)
        if others is None:
            self._waiting[key] = [met]
            return self._waiting.popitem(last=False)[1] if len(self._waiting) > MOST_HELD else []
        if others[0].reading.component == met.reading.component:
            others.append(met)
            return self._waiting.pop(key) if len(others) > MOST_AT_ONCE else []
        other = others.pop(0)
        if not others:
            del self._waiting[key]
        try:
            limits.check_pressure((other.reading, met.reading))
        except RowRefused as refusal:
            raise PairRefused(refusal, other.line) from None
        return [other, met]

    def alone(self) -> Iterator[Met]:
        """The numbers whose partner never came."""
        for waiting in self._waiting.values():
            yield from waiting
        self._waiting.clear()


def _key(attributes: Attributes) -> int:
    return hash(tuple(attributes.get(part) for part in _IDENTITY))
