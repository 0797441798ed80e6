"""Student's t and the normal curve, from the standard library's gamma function alone.

The two-sided tail of t with `df` degrees of freedom is the regularised incomplete beta
function I(x; df/2, 1/2) at x = df / (df + t squared). Source: NIST Digital Library of
Mathematical Functions 8.17 (the continued fraction is 8.17.22), public domain.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

# Below this, a further term of the continued fraction no longer moves a double.
CONVERGED = 1e-13
MOST_TERMS = 300
HALVINGS = 70


def two_sided(t: float, df: int) -> float:
    """The chance of a value at least as far from 0 as `t`, on either side."""
    x = df / (df + t * t)
    a, b = df / 2, 0.5
    if x >= 1:
        return 1.0
    # ln(1 - x) through t itself: near t = 0, 1 - x would lose every digit.
    front = math.exp(_log_beta(df) + a * math.log(x) + b * math.log(t * t / (df + t * t)))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


@cache
def quantile(confidence: float, df: int) -> float:
    """How many scales to either side hold `confidence` of a t distribution."""
    low, high = 0.0, 1e6
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if two_sided(middle, df) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


@cache
def normal_quantile(confidence: float) -> float:
    """How many standard deviations to either side hold `confidence` of a normal curve."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


@cache
def _log_beta(df: int) -> float:
    return math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.lgamma(0.5)


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's evaluation of the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        found *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        found *= d * c
        if abs(d * c - 1) < CONVERGED:
            break
    return found
