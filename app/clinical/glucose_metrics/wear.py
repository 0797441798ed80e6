"""How much of the time the sensor was worn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from app.clinical.errors import ClinicalInputError
from app.clinical.glucose_metrics.sensor import SensorReading, known
from app.clinical.sentences import N_, Sentence

PERIOD_DAYS = 14
MOST_DAYS = 366
ENOUGH = 70.0
PER_CENT = 100
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60

DAYS_RANGE = N_("The number of days must be between %(low)s and %(high)s.")


@dataclass(frozen=True)
class Wear:
    """Percentages of the readings there should have been, and whether they are enough.

    `active` is of the whole time from first to last reading, `of_period` of the last 14
    days; `enough` asks for 70 % of the period. `interval` is the sensor's own, in minutes.
    """

    active: float
    of_period: float
    days: float
    interval: int
    first: datetime
    last: datetime

    @property
    def enough(self) -> bool:
        """At least 70 % of the period (Battelino 2019)."""
        return self.of_period >= ENOUGH


def wear(readings: Iterable[SensorReading], days: int = PERIOD_DAYS) -> Wear:
    """How much of the time the sensor gave readings.

    The interval is the median distance of neighbours in whole minutes. Over the whole time:
    (expected - missing) / expected with expected = span / interval + 1 and missing counted
    from each longer gap. Over the period: readings in it / (days x 1440 / interval).
    Readings at the same moment count once. Raises `ClinicalInputError` as `summary` and for
    days outside 1 to 366. Source: Danne 2017 doi:10.2337/dc17-1600; Battelino 2019
    doi:10.2337/dci19-0028.
    """
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        raise ClinicalInputError("days", Sentence(DAYS_RANGE, {"low": 1, "high": MOST_DAYS}))
    return of_moments(sorted({each.taken_at for each in known(readings)}), days)


def of_moments(moments: list[datetime], days: int = PERIOD_DAYS) -> Wear:
    """`wear` of moments already in order, each once."""
    steps = [(b - a) / MINUTE for a, b in pairwise(moments)]
    interval = max(round(median(steps)), 1) if steps else DAY_MINUTES
    span = moments[-1] - moments[0]
    expected = round(round(span / MINUTE) / interval) + 1
    # A sensor's clock wanders by seconds: a step is longer when it is so in whole minutes.
    gaps = [step for step in steps if round(step) > interval]
    missing = round((sum(gaps) - len(gaps) * interval) / interval)
    opens = moments[-1] - timedelta(days=days)
    within = sum(moment >= opens for moment in moments)
    return Wear(
        active=PER_CENT * (expected - missing) / expected,
        of_period=PER_CENT * within * interval / (days * DAY_MINUTES),
        days=span / timedelta(days=1),
        interval=interval,
        first=moments[0],
        last=moments[-1],
    )
