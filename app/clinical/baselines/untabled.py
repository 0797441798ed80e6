"""What a history says of its own scatter where no table knows the measure."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

from app.clinical.baselines.readings import Number, Reading
from app.clinical.baselines.serial import Prior

LEAST_READINGS = 5
# Readings that are all alike still differ by this much of their level, unseen.
LEAST_SHARE = 0.01
# Finer digits come of dividing, not of measuring; squared, they would come to nothing.
FINEST = 1e-9


def own_prior(before: list[Reading], new: list[Reading]) -> Prior | None:
    """The scatter from successive differences, worth one reading; None with fewer than five.

    Readings that never differ show no scatter at all. Theirs is then taken to be one step of
    the last digit in which any reading, the new ones too, was given, or 1 % of the level
    where that is more. It is worth as many readings as there are: otherwise each further
    reading of the same would shrink it towards nothing.
    """
    values = [float(reading.value) for reading in before]
    if len(values) < LEAST_READINGS:
        return None
    squares = [(b - a) ** 2 for a, b in pairwise(values)]
    within = math.sqrt(sum(squares) / len(squares) / 2)
    if within:
        return Prior(values[0], math.inf, within, 1)
    step = min(_last_digit(reading.value) for reading in (*before, *new))
    floor = max(step, LEAST_SHARE * abs(values[0]), FINEST)
    return Prior(values[0], math.inf, floor, len(values))


def _last_digit(value: Number) -> float:
    """One step of the last digit given; a float does not keep the zeros it was given with."""
    written = Decimal(str(value)).normalize() if isinstance(value, float) else Decimal(value)
    exponent = written.as_tuple().exponent
    return 10.0 ** min(int(exponent), 0)
