"""Everything known about one person, in an order of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS

T = TypeVar("T")

# Someone east of the server may write tomorrow's date today; later than that is a slip.
ZONE_SLACK = timedelta(days=1)


_PLACE = attrgetter("key", "when", "source", "source_id")


def _ordered(facts: Iterable[Fact]) -> Iterator[Fact]:
    """By key and then as `Fact.order` has it, which writes values out: only for ties."""
    for _place, alike in groupby(sorted(facts, key=_PLACE), _PLACE):
        tied = list(alike)
        yield from tied if len(tied) == 1 else sorted(tied, key=attrgetter("order"))


@dataclass(frozen=True, init=False)
class Profile:
    """The facts, oldest first under each key. Two profiles of the same facts are equal."""

    facts: tuple[Fact, ...]

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        ordered = tuple(_ordered(facts))
        by_key = {key: tuple(found) for key, found in groupby(ordered, attrgetter("key"))}
        object.__setattr__(self, "facts", ordered)
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_once", {})

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def every(self, key: str) -> tuple[Fact, ...]:
        """All facts of one key, oldest first."""
        by_key: dict[str, tuple[Fact, ...]] = self.__dict__["_by_key"]
        return by_key.get(key, ())

    def latest(self, key: str) -> Fact | None:
        """The newest fact of one key."""
        found = self.every(key)
        return found[-1] if found else None

    @property
    def unread(self) -> tuple[Fact, ...]:
        """The facts under a key that no rule reads, for a check against slips of spelling.

        Not every one is a slip: a questionnaire may ask more than the rules read.
        """
        return tuple(fact for fact in self.facts if fact.key not in KEYS)

    def once(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """Something worked out from these facts, which never change: once for all the rules."""
        once: dict[Hashable, T] = self.__dict__["_once"]
        if key not in once:
            once[key] = work_out()
        return once[key]

    def until(self, today: date) -> Profile:
        """Without facts that claim to come from the future."""
        last = today + ZONE_SLACK
        if all(fact.day <= last for fact in self.facts):
            return self
        return Profile(fact for fact in self.facts if fact.day <= last)
