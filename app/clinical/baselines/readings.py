"""Readings as they arrive, checked and put in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import fmean

from app.clinical.baselines.variation import Variation
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence, Value

# A lifetime of readings every few minutes is no home measure; it is an attack or a mistake.
MOST_READINGS = 5000
SITTING = timedelta(hours=1)
# No measure of a person has more; beyond it sums of squares would lose their digits.
ABSURD = 1e9

NOT_A_NUMBER = N_("A reading must be a number.")
OUT_OF_RANGE = N_("A reading must be between %(low)s and %(high)s %(unit)s.")
NOT_A_TIME = N_("A reading must say when it was taken.")
MIXED_TIMES = N_("Either all readings or none must say in which time zone they were taken.")
TOO_MANY = N_("No more than %(most)s readings can be read at once.")
NOT_A_READING = N_("A reading is a time and a number.")
NOT_A_LIST = N_("Please give the readings as a list.")

Number = int | float | Decimal


@dataclass(frozen=True)
class Reading:
    """One number and when it was taken, in the unit of the measure's row."""

    when: datetime | date
    value: Number


History = Iterable[Reading | tuple[datetime | date, Number]]


def in_order(history: History, row: Variation | None, field: str = "history") -> list[Reading]:
    """The readings checked, earliest first; the order they came in does not matter.

    Raises `ClinicalInputError` for what is no list, for what is not a time and a finite
    number, for a number outside the row's permitted range, and for times that cannot be
    compared.
    """
    if not isinstance(history, Iterable):
        raise ClinicalInputError(field, Sentence(NOT_A_LIST))
    found = []
    for each in history:
        found.append(_reading(each, row, field))
        if len(found) > MOST_READINGS:
            raise ClinicalInputError(field, Sentence(TOO_MANY, {"most": MOST_READINGS}))
    if len({_kind(reading.when) for reading in found}) > 1:
        raise ClinicalInputError(field, Sentence(MIXED_TIMES))
    return sorted(found, key=lambda reading: (reading.when, float(reading.value)))


def _reading(each: object, row: Variation | None, field: str) -> Reading:
    if isinstance(each, tuple) and len(each) == len(("when", "value")):
        each = Reading(*each)
    if not isinstance(each, Reading):
        raise ClinicalInputError(field, Sentence(NOT_A_READING))
    if not isinstance(each.when, date):  # a datetime is a date too
        raise ClinicalInputError(field, Sentence(NOT_A_TIME))
    check_value(each.value, row, field)
    return each


def check_value(value: object, row: Variation | None, field: str) -> None:
    """Refuse what is no finite number, or lies outside what the measure permits."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ClinicalInputError(field, Sentence(NOT_A_NUMBER))
    if not _within(value, ABSURD):
        raise ClinicalInputError(field, Sentence(NOT_A_NUMBER))
    if row is not None and not row.low <= value <= row.high:
        limits: dict[str, Value] = {"low": row.low, "high": row.high, "unit": row.unit}
        raise ClinicalInputError(field, Sentence(OUT_OF_RANGE, limits), row.source)


def _within(value: Number, most: float) -> bool:
    try:
        return abs(float(value)) <= most
    except (OverflowError, ValueError):  # an integer too long for a float; a signalling NaN
        return False


def _kind(when: datetime | date) -> str:
    if not isinstance(when, datetime):
        return "day"
    return "moment" if when.utcoffset() is None else "moment in a zone"


def days(readings: list[Reading]) -> list[float]:
    """Each reading's time in days since the first."""
    return [_since(reading.when, readings[0].when) / timedelta(days=1) for reading in readings]


def _since(when: datetime | date, first: datetime | date) -> timedelta:
    # `in_order` has seen to it that both are of one kind.
    return when - first  # type: ignore[operator]  # a date and a datetime never meet here


def sittings(readings: list[Reading]) -> list[Reading]:
    """One reading a sitting: the mean of those less than an hour after the one before.

    The second reading of a pair says little that the first did not; taken as one, what
    they share is not mistaken for two witnesses.
    """
    return [
        group[0]
        if len(group) == 1
        else Reading(group[0].when, fmean(float(each.value) for each in group))
        for group in by_sitting(readings)
    ]


def by_sitting(readings: list[Reading]) -> list[list[Reading]]:
    """Readings in order, those of one sitting together."""
    groups: list[list[Reading]] = []
    for reading in readings:
        if groups and _since(reading.when, groups[-1][-1].when) < SITTING:
            groups[-1].append(reading)
        else:
            groups.append([reading])
    return groups


def comes_after(later: Reading, earlier: Reading) -> bool:
    """Whether a reading was taken at the moment of another or after it."""
    return _since(later.when, earlier.when) >= timedelta(0)


def next_moment(readings: list[Reading]) -> datetime | date:
    """When a reading would be expected after these: one usual gap after the last."""
    times = [reading.when for reading in readings]
    steps = sorted(_since(b, a) for a, b in pairwise(times))
    usual = steps[len(steps) // 2] if steps else timedelta(days=1)
    return times[-1] + max(usual, timedelta(0))
