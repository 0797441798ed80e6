"""How unlikely the newest readings must be before they are called a change.

The chance that `changes` works out is a mean over correlations nobody knows, so it is too
careful where readings are independent and not careful enough where they lean on their
neighbours. The limit was therefore fitted by simulation: for histories of 8, 15, 30 and 60
readings, 2,500 people each, of whom no more than one in 100 readings may be called a change
when nothing has changed. It falls as the readings themselves speak for a correlation r (its
mean, each r weighted as `serial.levels` weights it),

    limit = a exp(-b max(r - 0.15, 0)),

with a and b between the lengths in proportion.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from app.clinical.baselines.serial import Level

# What independent readings seem to lean by, once they are many enough to tell.
UNREMARKABLE = 0.15


class _Limit(NamedTuple):
    readings: int
    most: float
    fall: float


FITTED = (
    _Limit(0, 0.0, 2.0),
    _Limit(8, 0.0125, 2.0),
    _Limit(15, 0.0135, 4.0),
    _Limit(30, 0.009, 3.0),
    _Limit(60, 0.0105, 1.0),
)
# Where no table knows the measure, the scatter itself is hardly known beforehand.
UNTABLED = 0.0075
SETTLED = 30


def limit(count: int, levels: list[Level]) -> float:
    """The limit of the chance after so many earlier readings of a measure in the table."""
    found = _between(min(count, FITTED[-1].readings))
    lean = sum(level.weight * level.correlation for level in levels)
    return found.most * math.exp(-found.fall * max(lean - UNREMARKABLE, 0.0))


def limit_untabled(count: int) -> float:
    """The limit where only the history speaks: it asks for more while readings are few."""
    return UNTABLED * min(1.0, count / SETTLED)


def _between(count: int) -> _Limit:
    for one, other in pairwise(FITTED):
        if count <= other.readings:
            part = (count - one.readings) / (other.readings - one.readings)
            most = one.most + part * (other.most - one.most)
            return _Limit(count, most, one.fall + part * (other.fall - one.fall))
    return FITTED[-1]
