"""What has come of a line of the plan: the level since it began against the level before.

Readings less than an hour apart are one sitting and count as one.

response.effect(before, after, measure) -> Effect
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.clinical.baselines.ranges import MeasureName, rounded
from app.clinical.baselines.readings import History, Reading, comes_after, days, in_order, sittings
from app.clinical.baselines.serial import (
    BEFOREHAND,
    CORRELATIONS,
    Prior,
    drawn_in,
    fences,
    gaps,
    leans,
)
from app.clinical.baselines.student import quantile, two_sided
from app.clinical.baselines.variation import Variation, variation
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

CONFIDENCE = 0.95
# An effect is claimed on less chance than the interval shows: what is left of five false
# claims in a hundred is kept for people whose readings lean strongly on their neighbours.
CLAIM = 0.02
LEAST_READINGS = 3

LOWER = N_("About %(change)s lower, likely %(low)s to %(high)s.")
HIGHER = N_("About %(change)s higher, likely %(low)s to %(high)s.")
SAME = N_("About the same as before.")
EARLY = N_("Too early to say.")
AFTER_BEFORE = N_("The readings after must come after the readings before.")


@dataclass(frozen=True)
class Effect:
    """The change since the line began, in the unit of the measure's row; below 0 is lower."""

    measure: str
    unit: str
    change: float | None
    low: float | None
    high: float | None
    before: int
    after: int
    chance: float  # how often as much would be seen when nothing has changed
    kind: str  # "lower", "higher", "same" or "too-early"
    good: bool | None  # whether that is the good direction, where the measure knows
    verdict: Sentence

    @property
    def claimed(self) -> bool:
        """Whether a change is claimed."""
        return self.kind in {"lower", "higher"}


class _Shift(NamedTuple):
    log_likelihood: float
    level: float
    shift: float
    square: float  # the shift's standard error, squared


def effect(before: History, after: History, measure: MeasureName) -> Effect:
    """How far the person's level has moved since a plan line began.

    Method: one level before and one after, with one scatter and one correlation between
    neighbours for both, fitted by generalised least squares (Aitken) for each of five
    correlations and averaged by restricted likelihood, as in `baselines`. The scatter is
    drawn towards the table's CVA and CVI; the levels are not drawn anywhere, so that the
    change is not made smaller than it is. The interval is Student's t with 6 + n - 2 degrees
    of freedom at 95 %. Single outliers are drawn in to 3.5 robust scales of their side.

    A change is claimed when it would come by chance in fewer than 2 of 100 people. In
    simulation (tests/clinical/change), of 100 people in whom nothing has changed fewer than
    5 are told otherwise, also when neighbours correlate by 0.5; the interval holds the true
    change in 92 of 100 then and in 98 of 100 when readings are independent. "About the
    same" needs an interval within one personal standard deviation of no change. Home
    measures need three readings on each side, laboratory measures one.

    A plan line often begins because a reading was high: give all earlier readings, not only
    the ones that led to it, or a mere return to the usual level will look like an effect.

    Units: those of the measure's row. Raises `ClinicalInputError` as
    `baselines.expected_range`, and when `after` does not come after `before`.

    Sources: Aitken 1935 doi:10.1017/S0370164600014346; Efron and Morris 1975
    doi:10.1080/01621459.1975.10479864.
    """
    row = variation(measure)
    earlier = in_order(before, row, "before")
    later = in_order(after, row, "after")
    in_order([*earlier[-1:], *later[:1]], row, "after")  # refuses times that cannot be compared
    if earlier and later and not comes_after(later[0], earlier[-1]):
        raise ClinicalInputError("after", Sentence(AFTER_BEFORE))
    counts = len(earlier), len(later)
    sides = sittings(earlier), sittings(later)
    if min(map(len, sides)) < min(LEAST_READINGS, row.newest):
        return _too_early(row, counts)
    return _effect(row, *sides, counts)


def _effect(
    row: Variation, earlier: list[Reading], later: list[Reading], counts: tuple[int, int]
) -> Effect:
    prior = row.prior
    values = _calm(row, earlier, prior) + _calm(row, later, prior)
    split, df = len(earlier), prior.trust + len(values) - 2
    steps = gaps(days(earlier + later))
    fits = [_fit(values, steps, split, correlation, prior) for correlation in CORRELATIONS]
    level, shift, square = _averaged(fits)
    error = math.sqrt(square)
    chance = two_sided(shift / error, df)
    reach = quantile(CONFIDENCE, df) * error
    change, low, high = (
        row.shown(level + moved) - row.shown(level)
        for moved in (shift, shift - reach, shift + reach)
    )
    kind = _kind(chance, shift, reach, prior)
    return Effect(
        measure=row.key,
        unit=row.unit,
        change=change,
        low=low,
        high=high,
        before=counts[0],
        after=counts[1],
        chance=chance,
        kind=kind,
        good=row.better == kind if row.better and kind in {"lower", "higher"} else None,
        verdict=_verdict(kind, change, low, high, row),
    )


def _calm(row: Variation, readings: list[Reading], prior: Prior) -> list[float]:
    values = [row.fitted(float(reading.value)) for reading in readings]
    return drawn_in(values, *fences(values, prior))


def _fit(
    values: Sequence[float], steps: Sequence[float], split: int, correlation: float, prior: Prior
) -> _Shift:
    """Level before and shift after, under one correlation: y = c level + d shift + noise."""
    before = values[0] - prior.centre
    cc, cd, dd, cy, dy, yy, logs = 1.0, 0.0, 0.0, before, 0.0, before * before, 0.0
    for index, (lean, root, c, log) in enumerate(leans(steps, correlation), start=1):
        value = values[index] - prior.centre
        d = 0.0 if index < split else 1 / root if index == split else c
        y = (value - lean * before) / root
        cc, cd, dd = cc + c * c, cd + c * d, dd + d * d
        cy, dy, yy = cy + c * y, dy + d * y, yy + y * y
        logs += log
        before = value
    whole = cc * dd - cd * cd
    shift = (cc * dy - cd * cy) / whole
    level = (dd * cy - cd * dy) / whole
    scatter = prior.trust * prior.within**2 + max(yy - level * cy - shift * dy, 0.0)
    df = prior.trust + len(values) - 2
    likelihood = -(logs + math.log(whole) + df * math.log(scatter)) / 2
    return _Shift(likelihood, prior.centre + level, shift, scatter / df * cc / whole)


def _averaged(fits: list[_Shift]) -> tuple[float, float, float]:
    """Level, shift and the shift's squared error over every correlation at once."""
    best = max(fit.log_likelihood for fit in fits)
    weights = [
        chance * math.exp(fit.log_likelihood - best)
        for chance, fit in zip(BEFOREHAND, fits, strict=True)
    ]
    whole = sum(weights)
    pairs = [(weight / whole, fit) for weight, fit in zip(weights, fits, strict=True)]
    level = sum(weight * fit.level for weight, fit in pairs)
    shift = sum(weight * fit.shift for weight, fit in pairs)
    square = sum(weight * (fit.square + (fit.shift - shift) ** 2) for weight, fit in pairs)
    return level, shift, square


def _kind(chance: float, shift: float, reach: float, prior: Prior) -> str:
    if chance < CLAIM:
        return "lower" if shift < 0 else "higher"
    return "same" if abs(shift) + reach <= prior.within else "too-early"


def _verdict(kind: str, change: float, low: float, high: float, row: Variation) -> Sentence:
    if kind not in {"lower", "higher"}:
        return Sentence(SAME if kind == "same" else EARLY)
    near, far = sorted((abs(low), abs(high)))
    return Sentence(
        LOWER if kind == "lower" else HIGHER,
        {
            "change": rounded(abs(change), row),
            "low": rounded(near, row),
            "high": rounded(far, row),
        },
    )


def _too_early(row: Variation, counts: tuple[int, int]) -> Effect:
    return Effect(
        measure=row.key,
        unit=row.unit,
        change=None,
        low=None,
        high=None,
        before=counts[0],
        after=counts[1],
        chance=1.0,
        kind="too-early",
        good=None,
        verdict=Sentence(EARLY),
    )
