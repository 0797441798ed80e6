"""Yes, no and cannot tell: what a rule works out, with the facts that made it so.

The logic is Kleene's: an answer that does not depend on what is missing is given, and what
is missing is named only while it could still decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from app.clinical.guidelines.facts import Fact

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """`true` is `None` when it cannot be told; `needs` then names the facts that would tell."""

    true: bool | None
    facts: tuple[Fact, ...] = ()
    needs: tuple[str, ...] = ()

    def __and__(self, other: Answer) -> Answer:
        return self._joined(other, decided=False)

    def __or__(self, other: Answer) -> Answer:
        return self._joined(other, decided=True)

    def __invert__(self) -> Answer:
        return Answer(None if self.true is None else not self.true, self.facts, self.needs)

    def _joined(self, other: Answer, *, decided: bool) -> Answer:
        """Both together, where one side that is `decided` settles it alone."""
        sides = [side for side in (self, other) if side.true is decided]
        true: bool | None = decided
        if not sides:
            sides = [self, other]
            true = None if None in (self.true, other.true) else not decided
        return Answer(
            true,
            merged(*(side.facts for side in sides)),
            merged(*(side.needs for side in sides if side.true is None)),
        )


YES, NO = Answer(true=True), Answer(true=False)


@dataclass(frozen=True)
class Figure:
    """A number that is known, or the facts it would take to know it."""

    value: Decimal | None
    facts: tuple[Fact, ...] = ()
    needs: tuple[str, ...] = ()
    # What stands beside published limits in place of the value, where there is such a thing.
    compared: Decimal | None = None

    @property
    def _side(self) -> Decimal | None:
        return self.value if self.compared is None else self.compared

    def at_least(self, bound: float) -> Answer:
        """`bound` or more."""
        return self._told(None if self._side is None else self._side >= Decimal(str(bound)))

    def above(self, bound: float) -> Answer:
        """More than `bound`."""
        return self._told(None if self._side is None else self._side > Decimal(str(bound)))

    def below(self, bound: float) -> Answer:
        """Less than `bound`."""
        return ~self.at_least(bound)

    def within(self, least: float, below: float) -> Answer:
        """From `least` up to, but not including, `below`."""
        return self.at_least(least) & self.below(below)

    def _told(self, true: bool | None) -> Answer:
        return Answer(true, self.facts, self.needs if true is None else ())


def merged(*parts: tuple[T, ...]) -> tuple[T, ...]:
    """All of them in order, each once."""
    told = [part for part in parts if part]
    if len(told) <= 1:
        return told[0] if told else ()
    return tuple(dict.fromkeys(each for part in told for each in part))
