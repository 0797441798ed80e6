"""Made-up people: each with their own level and scatter, some with readings that lean."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.clinical.baselines import Variation, variation

BEGAN = datetime(2026, 1, 1, 7, tzinfo=UTC)
PEOPLE = 10_000

Series = list[tuple[datetime, float]]


@dataclass(frozen=True)
class World:
    """How readings follow one another: correlation over a day, times even or not."""

    name: str
    correlation: float = 0.0
    uneven: bool = False
    measure: str = "systolic"
    spread: str = "chi"  # how people's scatter differs: as the method supposes, or not

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Person:
    """Someone's true level and scatter, on the scale that is fitted."""

    level: float
    scatter: float
    row: Variation
    dice: random.Random
    world: World

    def series(self, count: int, shift_from: int | None = None, shift: float = 0.0) -> Series:
        """Readings that lean on one another, moved by `shift` personal SDs from a place on."""
        days, lean = 0.0, self.dice.gauss(0, 1)
        found = []
        for place in range(count):
            if place:
                gap = self.dice.expovariate(1) + 0.05 if self.world.uneven else 1.0
                days += gap
                f = self.world.correlation**gap if self.world.correlation else 0.0
                lean = f * lean + math.sqrt(1 - f * f) * self.dice.gauss(0, 1)
            moved = shift if shift_from is not None and place >= shift_from else 0.0
            value = self.row.shown(self.level + self.scatter * (lean + moved))
            bounded = min(max(value, float(self.row.low)), float(self.row.high))
            found.append((BEGAN + timedelta(days=days), bounded))
        return found

    def pairs(self, days: int, shared: float = 0.5) -> Series:
        """Two readings a minute apart, mornings and evenings, that share half their scatter."""
        found = []
        lean = self.dice.gauss(0, 1)
        for sitting in range(2 * days):
            f = self.world.correlation
            lean = f * lean + math.sqrt(1 - f * f) * self.dice.gauss(0, 1)
            for minute in (0, 1):
                own = math.sqrt(shared) * lean + math.sqrt(1 - shared) * self.dice.gauss(0, 1)
                value = self.row.shown(self.level + self.scatter * own)
                bounded = min(max(value, float(self.row.low)), float(self.row.high))
                found.append((BEGAN + timedelta(hours=12 * sitting, minutes=minute), bounded))
        return found

    def some_other_day(self) -> float:
        """A reading long after: it leans on none of the others."""
        return self.row.shown(self.level + self.scatter * self.dice.gauss(0, 1))


def people(world: World, count: int, seed: int) -> Iterator[Person]:
    """So many people of a world, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - a crowd to simulate, not a secret
    row = variation(world.measure)
    prior = row.prior
    for _ in range(count):
        level = dice.gauss(prior.centre, prior.between)
        if world.spread == "chi":
            scatter = prior.within * math.sqrt(prior.trust / dice.gammavariate(prior.trust / 2, 2))
        else:
            # The same mean square as above: log-normal with a spread of a third.
            usual = prior.within * math.sqrt(prior.trust / (prior.trust - 2))
            scatter = usual * math.exp(dice.gauss(-0.109, 0.33))
        yield Person(level, scatter, row, dice, world)
