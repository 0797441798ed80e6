"""What no device can have measured: the same for every format, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, datetime
from decimal import Decimal
from functools import cache

from app.clinical import units
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.devices.times import CLOCK_SPAN
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence, Value

OUTSIDE = N_(
    "%(value)s %(unit)s cannot be right: it must be between %(low)s and %(high)s %(unit)s, so"
    " this row was left out."
)
SWAPPED = N_(
    "The upper number, %(systolic)s, is not above the lower one, %(diastolic)s, so this row was"
    " left out."
)
TOO_LATE = N_(
    "This was measured on %(day)s, after the file was made on %(made)s, so this row was left out."
)

NO_LIMITS = Decimal("-Infinity"), Decimal("Infinity")
# What the table of measures does not hold lasts no longer than its like there.
LIKE = {"in-bed": "sleep", "awake": "sleep", "workout": "exercise-time"}


@cache
def span(measure: str, component: str, unit: str) -> tuple[Decimal, Decimal]:
    """From where to where a measure can be, in this unit; without end when we know of none."""
    # The table is long, and a file of other things never asks for it.
    from app.clinical import measures

    row = measures.MEASURES.get(LIKE.get(measure, measure))
    try:
        if row is None:
            return NO_LIMITS
        hard = row.component(component).hard
        low, high = (
            units.convert(end, row.canonical, unit, analyte=row.analyte)
            for end in (hard.low, hard.high)
        )
    except (KeyError, ClinicalInputError):
        return NO_LIMITS
    return low, high


def outside(measure: str, component: str, unit: str, value: Decimal) -> RowRefused:
    """The refusal of a number outside its span."""
    from app.clinical import measures

    row = measures.get(LIKE.get(measure, measure))
    choice = next((one for one in row.choices if one.unit == unit), row.choices[0])
    label = choice.label if choice.unit == unit else unit
    low, high = (
        measures.round_half_up(end, choice.decimals) for end in span(measure, component, unit)
    )
    said: dict[str, Value] = {"value": value, "unit": label, "low": low, "high": high}
    return RowRefused(Sentence(OUTSIDE, said))


def swapped(systolic: Decimal, diastolic: Decimal) -> RowRefused:
    """The refusal of a pressure whose upper number is not the higher one."""
    return RowRefused(Sentence(SWAPPED, {"systolic": systolic, "diastolic": diastolic}))


def check(readings: Sequence[Reading], made: datetime | None) -> None:
    """Refuse a row that holds what cannot be; `made` is when the file was written."""
    for reading in readings:
        check_moment(reading.taken_at, made)
        value = reading.value
        if value is None:
            continue
        low, high = span(reading.measure, reading.component, reading.unit)
        if not low <= value <= high:
            raise outside(reading.measure, reading.component, reading.unit, value)
    check_pressure(readings)


def check_pressure(readings: Sequence[Reading]) -> None:
    """Refuse a pressure, both numbers in one unit, whose upper number is not the higher one."""
    numbers = {one.component: one.value for one in readings if one.measure == "blood-pressure"}
    upper, lower = numbers.get("systolic"), numbers.get("diastolic")
    if upper is not None and lower is not None and upper <= lower:
        raise swapped(upper, lower)


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments, as their clocks stand; the one that is known."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda moment: moment.replace(tzinfo=None))


def first_year_in_doubt(made: datetime | None) -> int:
    """The first year, in any zone, of which `check_moment` may refuse a moment."""
    if made is None:
        return MAXYEAR + 1
    # Written in another zone, a clock may show less, though by less than the day allowed.
    return made.year if made.tzinfo is None else (made - CLOCK_SPAN).year


def check_moment(taken_at: datetime, made: datetime | None) -> None:
    """Refuse what was measured after the file was made, a day allowed for the zones."""
    if made is None:
        return
    if taken_at.tzinfo is None or made.tzinfo is None:
        late = taken_at.replace(tzinfo=None) > made.replace(tzinfo=None) + CLOCK_SPAN
    else:
        late = taken_at > made + CLOCK_SPAN
    if late:
        days = {"day": taken_at.date().isoformat(), "made": made.date().isoformat()}
        raise RowRefused(Sentence(TOO_LATE, days))
