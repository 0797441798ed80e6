"""A person's level and scatter from readings that lean on one another.

Readings close in time are alike, so ten of them in a row tell less than ten far apart.
Between neighbours the correlation is taken as r to the power of their gap, counted in
the person's own usual gaps: a first-order autoregression that allows uneven spacing.
Nobody knows r beforehand. Five values from 0 to 0.8 are thought likely in turn, the small
ones most; each is fitted by generalised least squares, and the readings say how much each
then counts.

For one r, with z the readings measured from the population's centre:

    innovation   y = (z - f * z_before) / sqrt(1 - f^2),   f = r ** gap
    its regressor c = (1 - f) / sqrt(1 - f^2)              (y = z and c = 1 for the first)
    information  K = sum(c^2),  level B / K with B = sum(c * y)
    scatter      s^2 = (nu * within^2 + sum(y^2) - B^2 / K) / (nu + n - 1)

The level is then drawn towards the population by k0 = s^2 / between^2 readings' worth
(empirical Bayes), and the scatter towards the table's by nu readings' worth. The weight of
each r is its restricted likelihood. With r = 0 all of this is the textbook shrunken mean
and variance (Efron and Morris 1975, doi:10.1080/01621459.1975.10479864).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8)
BEFOREHAND = (0.3, 0.25, 0.2, 0.15, 0.1)
# Two readings within one sitting still differ by the device: never treated as one reading.
SMALLEST_GAP = 0.25
# Hampel's rule: what lies further from the median than this many scales is drawn in to it.
FENCE = 3.5
# Turns a median absolute deviation into a standard deviation (normal curve).
MAD_TO_SD = 1.4826


class Prior(NamedTuple):
    """What is known before the first reading, on the scale that is fitted."""

    centre: float
    between: float
    within: float
    trust: int  # how many readings the table's within-person scatter is worth


class Level(NamedTuple):
    """One r: how much it counts, and the level and scatter it leads to."""

    correlation: float
    weight: float
    mean: float
    variance: float
    information: float
    own: float  # the part of the information that is the person's, the rest is the population's
    df: int


class _Fit(NamedTuple):
    information: float
    product: float
    squares: float
    log_variance: float


def gaps(days: Sequence[float]) -> list[float]:
    """The gaps between neighbours, in the person's usual (median) gap."""
    steps = [later - earlier for earlier, later in pairwise(days)]
    usual = median(steps) if steps else 0.0
    if usual <= 0:
        return [1.0] * len(steps)
    return [max(step / usual, SMALLEST_GAP) for step in steps]


def fences(values: Sequence[float], prior: Prior) -> tuple[float, float]:
    """How far out one reading is still taken at its word."""
    centre = median(values)
    spread = MAD_TO_SD * median([abs(value - centre) for value in values])
    count = len(values)
    known = prior.trust * prior.within**2
    scale = math.sqrt((known + count * spread**2) / (prior.trust + count))
    # The median of few readings is itself unsure, so few readings get wider fences.
    reach = FENCE * scale * math.sqrt(1 + 1 / count)
    return centre - reach, centre + reach


def drawn_in(values: Sequence[float], low: float, high: float) -> list[float]:
    """The values, with whatever lies beyond a fence put on it."""
    return [min(max(value, low), high) for value in values]


def levels(values: Sequence[float], steps: Sequence[float], prior: Prior) -> list[Level]:
    """The person's level under each r, weighted by how well that r explains the readings."""
    count = len(values)
    df = prior.trust + count - 1
    known = prior.trust * prior.within**2
    centred = [value - prior.centre for value in values]
    found, logs = [], []
    for correlation, chance in zip(CORRELATIONS, BEFOREHAND, strict=True):
        fit = _fit(centred, steps, correlation)
        scatter = known + max(fit.squares - fit.product**2 / fit.information, 0.0)
        odds = fit.log_variance + math.log(fit.information) + df * math.log(scatter)
        logs.append(math.log(chance) - odds / 2)
        variance = scatter / df
        total = fit.information + variance / prior.between**2
        mean = prior.centre + fit.product / total
        found.append(Level(correlation, 0.0, mean, variance, total, fit.information, df))
    best = max(logs)
    weights = [math.exp(each - best) for each in logs]
    total_weight = sum(weights)
    return [
        level._replace(weight=weight / total_weight)
        for level, weight in zip(found, weights, strict=True)
    ]


def _fit(values: Sequence[float], steps: Sequence[float], correlation: float) -> _Fit:
    before = values[0]
    information, product, squares, log_variance = 1.0, before, before * before, 0.0
    for value, (lean, root, regressor, log) in zip(
        values[1:], leans(steps, correlation), strict=True
    ):
        innovation = (value - lean * before) / root
        information += regressor * regressor
        product += regressor * innovation
        squares += innovation * innovation
        log_variance += log
        before = value
    return _Fit(information, product, squares, log_variance)


def leans(
    steps: Sequence[float], correlation: float
) -> Iterator[tuple[float, float, float, float]]:
    """For each gap: f, the root of 1 - f^2, the regressor c, and the logarithm of 1 - f^2."""
    seen: dict[float, tuple[float, float, float, float]] = {}  # most people's gaps are alike
    for step in steps:
        if step not in seen:
            lean = correlation**step
            rest = 1 - lean * lean
            root = math.sqrt(rest)
            seen[step] = lean, root, (1 - lean) / root, math.log(rest)
        yield seen[step]
