"""What a file held, counted while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.clinical.devices.reading import OrderUnknown, Problem, Reading, RowRefused
from app.clinical.sentences import N_, Sentence

IN_FILE = N_("In “%(file)s”: %(sentence)s")

# A file of nothing but bad rows must not fill the memory; the rest are counted.
MOST_PROBLEMS = 10_000
# Repeats are looked for among this many readings; a person's own file holds far fewer.
MOST_REMEMBERED = 200_000
# Sorts of rows and words beside them, as the file spells them: a few in any real export.
MOST_SORTS = 500
LONGEST_SORT = 100
OTHER = "other"


@dataclass(slots=True)
class Kind:
    """The readings of one kind: how many, from when to when, from what to what."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    unit: str = ""
    low: int = 0
    high: int = 0

    def add(self, times: list[datetime], values: list[Decimal], count: int) -> None:
        """Take in a batch: its first and last moments among `times`, its numbers, how many."""
        self.count += count
        try:
            early, late = min(times), max(times)
        except TypeError:  # some have a zone and some have none
            early, late = min(times, key=_clock), max(times, key=_clock)
        if self.first is None or _clock(early) < _clock(self.first):
            self.first = early
        if self.last is None or _clock(late) > _clock(self.last):
            self.last = late
        if not values:
            return
        low, high = min(values), max(values)
        if self.lowest is None or low < self.lowest:
            self.lowest = low
        if self.highest is None or high > self.highest:
            self.highest = high


def _clock(moment: datetime) -> float:
    """Seconds by which moments are ordered; one without a zone is taken as it stands."""
    if moment.tzinfo is None:
        return (moment - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - both lack a zone
    return moment.timestamp()


@dataclass(frozen=True)
class Summary:
    """A file in figures.

    `imported` counts rows that gave at least one reading, `readings` the readings,
    `rejected` the rows left out as unreadable, `duplicates` the rows that repeat another,
    `passed` the rows of other sorts (alerts, food, settings) by sort, `subtypes` the words
    a device puts beside a kind, as (kind, word). `kinds` has one entry for each kind read.
    """

    format: str
    imported: int
    readings: int
    rejected: int
    duplicates: int
    kinds: Mapping[str, Kind]
    passed: Mapping[str, int]
    subtypes: Mapping[tuple[str, str], int]
    first: datetime | None
    last: datetime | None

    @property
    def counts(self) -> dict[str, int]:
        """Kind -> how many, of what was read and of what was passed over."""
        return {**self.passed, **{name: kind.count for name, kind in self.kinds.items()}}


@dataclass(slots=True)
class Tally:
    """The counting of one pass over a file."""

    format: str
    file: str = ""  # Which of several is being read.
    imported: int = 0
    readings: int = 0
    rejected: int = 0
    duplicates: int = 0
    kinds: dict[str, Kind] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    subtypes: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    asked: bool = False
    _seen: set[str] = field(default_factory=set)

    def kind(self, name: str, unit: str) -> Kind:
        """The entry of a kind, made when it is first met; a second unit has its own."""
        entry = self.kinds.setdefault(name, Kind(unit=unit))
        return (
            entry
            if entry.unit == unit
            else self.kinds.setdefault(f"{name}, {unit}", Kind(unit=unit))
        )

    def take(self, readings: Iterable[Reading]) -> list[Reading]:
        """Count the readings of one row and hand on those not met before in this file."""
        fresh = [reading for reading in readings if self._is_new(reading)]
        if not fresh:
            self.duplicates += 1
            return fresh
        self.imported += 1
        self.readings += len(fresh)
        for reading in fresh:
            entry = self.kind(reading.kind, reading.unit)
            entry.low += reading.censored == "low"
            entry.high += reading.censored == "high"
            values = [reading.value] if reading.value is not None else []
            entry.add([reading.taken_at], values, 1)
        return fresh

    def _is_new(self, reading: Reading) -> bool:
        identity = reading.identity
        if identity in self._seen:
            return False
        if len(self._seen) < MOST_REMEMBERED:
            self._seen.add(identity)
        return True

    def pass_over(self, sort: str) -> None:
        """Count a row that carries no measurement; strange sorts in their hundreds as one."""
        name = sort if len(sort) <= LONGEST_SORT else OTHER
        known = name in self.passed or len(self.passed) < MOST_SORTS
        self.passed[name if known else OTHER] += 1

    def note_subtype(self, kind: str, word: str) -> None:
        """Count the word a device put beside a kind."""
        key = (kind, word if len(word) <= LONGEST_SORT else OTHER)
        known = key in self.subtypes or len(self.subtypes) < MOST_SORTS
        self.subtypes[key if known else (kind, OTHER)] += 1

    def refuse(self, row: int, refusal: RowRefused) -> None:
        """Note a row that was left out. What must be asked of the person is asked once."""
        if isinstance(refusal, OrderUnknown):
            if self.asked:
                self.rejected += 1
                return
            self.asked = True
        self.problem(row, refusal.sentence)

    def problem(self, row: int, sentence: Sentence) -> None:
        """Note a problem by its line."""
        self.rejected += 1
        if self.file:
            sentence = Sentence(IN_FILE, {"file": self.file, "sentence": sentence})
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(row, sentence))

    def summary(self) -> Summary:
        """The figures so far."""
        firsts = [kind.first for kind in self.kinds.values() if kind.first is not None]
        lasts = [kind.last for kind in self.kinds.values() if kind.last is not None]
        return Summary(
            self.format,
            self.imported,
            self.readings,
            self.rejected,
            self.duplicates,
            dict(self.kinds),
            dict(self.passed),
            dict(self.subtypes),
            min(firsts, key=_clock, default=None),
            max(lasts, key=_clock, default=None),
        )
