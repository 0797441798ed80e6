"""What one unit is: so much of so many base units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

UCUM = "UCUM 2.2, ucum.org"

# Digits of every step. Answers are given with fewer, so that the last digits of a third or of
# pi, which no number of digits can hold, do not show.
PRECISION = 50

# Base units and their powers, in alphabetical order: (("g", 1), ("m", -3)).
Dimensions = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Unit:
    """One unit: `value` of it is `(value + offset) * size` in base units.

    Base units are UCUM's (m, s, g, rad, K, C, cd) and one for each thing that must not turn
    into a number by itself: the mole, the equivalent, the osmole, international and other
    arbitrary units. UCUM counts moles as plain numbers; a laboratory never does.
    """

    code: str
    size: Decimal
    dimensions: Dimensions
    source: str = UCUM
    offset: Decimal = Decimal(0)


def dimensions(powers: Iterable[tuple[str, int]]) -> Dimensions:
    """Powers of base units, added up and in order."""
    total: dict[str, int] = {}
    for base, power in powers:
        total[base] = total.get(base, 0) + power
    return tuple(sorted((base, power) for base, power in total.items() if power))


def raised(of: Dimensions, power: int) -> Dimensions:
    """Dimensions to a power; -1 turns a unit upside down."""
    return tuple((base, each * power) for base, each in of)


def difference(one: Dimensions, other: Dimensions) -> Dimensions:
    """What `one` has beyond `other`."""
    return dimensions((*one, *raised(other, -1)))
