"""Dates and times moved by an amount of time: FHIRPath, date/time arithmetic.

Source: https://hl7.org/fhirpath/N1/#datetime-arithmetic. A month later is the same day of the
month, or its last day; the zone of a time stays what it was.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from app.clinical.sdc.evaluation import data_of, nodes

MONTHS = {"a": 12, "mo": 1}
SECONDS = {
    "wk": Decimal(604_800), "d": Decimal(86_400), "h": Decimal(3_600),
    "min": Decimal(60), "s": Decimal(1), "ms": Decimal("0.001"),
}  # fmt: skip
DAY_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d(:\d\d){1,2}(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?")
DAY = len("2026-11-22")

When = TypeVar("When", date, datetime)


def moved(value: Any, by: Decimal, unit: str) -> str | None:
    """The moment that is so much later; None where `value` is none or `unit` is no time."""
    text = _text(data_of(value))
    if text is None or (unit not in MONTHS and unit not in SECONDS):
        return None
    try:
        if len(text) == DAY:
            return _day(date.fromisoformat(text), by, unit).isoformat()
        moment = datetime.fromisoformat(text)
        later = _months(moment, by, unit) + timedelta(seconds=float(_seconds(by, unit)))
        return later.isoformat()
    except (OverflowError, ValueError):
        return None


def _text(value: Any) -> str | None:
    if isinstance(value, nodes().FP_DateTime):
        value = value.asStr
    shaped = isinstance(value, str) and DAY_AND_TIME.fullmatch(value)
    return value if shaped else None


def _day(day: date, by: Decimal, unit: str) -> date:
    whole = int(_seconds(by, unit) / SECONDS["d"])
    return _months(day, by, unit) + timedelta(days=whole)


def _seconds(by: Decimal, unit: str) -> Decimal:
    return by * SECONDS.get(unit, 0)


def _months(when: When, by: Decimal, unit: str) -> When:
    counted = when.year * 12 + when.month - 1 + int(by) * MONTHS.get(unit, 0)
    year, month = divmod(counted, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    last = monthrange(year, month + 1)[1]
    return when.replace(year=year, month=month + 1, day=min(when.day, last))
