"""The range a person's next reading is expected in.

Empirical Bayes: the person's level and scatter are estimated from all readings by
generalised least squares that allows for readings leaning on their neighbours (`serial`);
the level is drawn towards the population's and the scatter towards the table's CVA and CVI,
strongly while readings are few. The range is the prediction interval of Student's t,

    level +- t(confidence, 6 + n - 1) * s * sqrt(1 + 1 / K)

with K the information counted in independent readings, over all possible correlations. One
outlier moves it little: readings beyond 3.5 robust scales of the median are drawn in to
there (Hampel) and named. Readings less than an hour apart are one sitting: their mean counts
once, and what they differ by widens the range again. Laboratory measures are fitted as
logarithms.

Sources: Harris 1974 Clin Chem 20:1535; Fraser 2001 Biological Variation; Coskun 2021
doi:10.1093/clinchem/hvaa233 (personalised reference intervals); Efron and Morris 1975
doi:10.1080/01621459.1975.10479864 (shrinkage); Hampel 1974
doi:10.1080/01621459.1974.10482962.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

from app.clinical.baselines.readings import (
    History,
    Reading,
    by_sitting,
    days,
    in_order,
    sittings,
)
from app.clinical.baselines.serial import Level, drawn_in, fences, gaps, levels
from app.clinical.baselines.student import normal_quantile, quantile
from app.clinical.baselines.variation import Variation, variation
from app.clinical.errors import ClinicalInputError
from app.clinical.measures import Component, Measure
from app.clinical.sentences import N_, Sentence, Value

CONFIDENCE = 0.95
LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.5, 0.999
# With fewer sittings, most of the range is still other people's. Readings of one sitting are
# one witness: six in six minutes say nothing of what is usual on another day.
OWN_SITTINGS = 5

POPULATION = N_(
    "Most people: %(low)s to %(high)s. After a few readings you will see your own range."
)
EARLY = N_("Likely %(low)s to %(high)s for you. More readings will make this surer.")
OWN = N_("Your usual range: %(low)s to %(high)s.")
CONFIDENCE_RANGE = N_("The confidence must be between %(low)s and %(high)s.")

MeasureName = str | Measure | Component | Variation


@dataclass(frozen=True)
class Expected:
    """Where the next reading is expected, in the unit of the measure's row."""

    measure: str
    unit: str
    low: float
    high: float
    usual: float
    confidence: float
    count: int
    own: float  # how much of the level is this person's own: 0 the population's, 1 all theirs
    outliers: tuple[Reading, ...]  # readings taken less at their word
    sentence: Sentence

    def holds(self, value: float | Decimal) -> bool:
        """Whether a reading is within, ends included."""
        return self.low <= float(value) <= self.high


def expected_range(
    history: History, measure: MeasureName, *, confidence: float = CONFIDENCE
) -> Expected:
    """The person's own range: where a reading on another day falls with this confidence.

    Without readings it is most people's; the module says how it is found. Give the readings
    since the last known change: a range over two levels at once is a wide one. The sentence
    calls it the person's usual range from five sittings on, however many readings they held.

    Units: those of the measure's row in `variation.csv`; convert first. Times may be uneven.
    Raises `ClinicalInputError` for an unknown measure, a value outside the row's permitted
    range or not finite, times that cannot be compared, what is no list of readings, and
    confidence outside 0.5 to 0.999.
    Source: Harris 1974 Clin Chem 20:1535; Coskun 2021 doi:10.1093/clinchem/hvaa233.
    """
    row = variation(measure)
    check_confidence(confidence)
    readings = in_order(history, row)
    values = [row.fitted(float(reading.value)) for reading in readings]
    if not values:
        return _of_everyone(row, confidence)
    low, high = fences(values, row.prior)
    calm = [
        Reading(reading.when, value)
        for reading, value in zip(readings, drawn_in(values, low, high), strict=True)
    ]
    taken = sittings(calm)
    found = levels([float(each.value) for each in taken], gaps(days(taken)), row.prior)
    centre, scale = collapsed(found)
    reach = quantile(confidence, found[0].df) * math.hypot(scale, _within_sittings(calm))
    outliers = tuple(
        reading for reading, value in zip(readings, values, strict=True) if not low <= value <= high
    )
    own = sum(level.weight * level.own / level.information for level in found)
    counts = len(values), len(taken)
    return _expected(row, (centre, reach), confidence, counts, own, outliers)


def _within_sittings(readings: list[Reading]) -> float:
    """By how much more one reading scatters than the mean of its sitting."""
    groups = [[float(each.value) for each in group] for group in by_sitting(readings)]
    spare = len(readings) - len(groups)
    if not spare:
        return 0.0
    squares = sum((value - fmean(group)) ** 2 for group in groups for value in group)
    return math.sqrt(squares / spare * (1 - len(groups) / len(readings)))


def check_confidence(confidence: object) -> None:
    """Refuse a confidence that is no number from 0.5 to 0.999."""
    if isinstance(confidence, float) and LEAST_CONFIDENCE <= confidence <= MOST_CONFIDENCE:
        return
    limits: dict[str, Value] = {
        "low": Decimal(str(LEAST_CONFIDENCE)),
        "high": Decimal(str(MOST_CONFIDENCE)),
    }
    raise ClinicalInputError("confidence", Sentence(CONFIDENCE_RANGE, limits))


def collapsed(found: list[Level]) -> tuple[float, float]:
    """The centre and scale of the next reading, over every correlation at once."""
    centre = sum(level.weight * level.mean for level in found)
    square = sum(
        level.weight * (level.variance * (1 + 1 / level.information) + (level.mean - centre) ** 2)
        for level in found
    )
    return centre, math.sqrt(square)


def _of_everyone(row: Variation, confidence: float) -> Expected:
    prior = row.prior
    # Over everyone, the scatter is the root mean square that the table gives.
    within = prior.within * math.sqrt(prior.trust / (prior.trust - 2))
    reach = normal_quantile(confidence) * math.hypot(within, prior.between)
    return _expected(row, (prior.centre, reach), confidence, (0, 0), 0.0, ())


def _expected(
    row: Variation,
    interval: tuple[float, float],
    confidence: float,
    counts: tuple[int, int],
    own: float,
    outliers: tuple[Reading, ...],
) -> Expected:
    centre, reach = interval
    count, taken = counts
    # No reading can lie beyond what the measure permits, so neither does the range.
    low = max(row.shown(centre - reach), float(row.low))
    high = min(row.shown(centre + reach), float(row.high))
    text = OWN if taken >= OWN_SITTINGS else EARLY if count else POPULATION
    said = Sentence(text, {"low": rounded(low, row), "high": rounded(high, row)})
    usual = row.shown(centre)
    return Expected(row.key, row.unit, low, high, usual, confidence, count, own, outliers, said)


def rounded(value: float, row: Variation) -> Decimal:
    """A figure as people write this measure; a half goes away from 0."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-row.decimals), ROUND_HALF_UP)
