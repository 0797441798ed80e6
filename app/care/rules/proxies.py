"""Pure rules of carers: which powers a patient gives, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from app.kernel.actor import Power

LONGEST = timedelta(days=365)
MOST = 5
CODE_DIGITS = 6


class Ending(StrEnum):
    """Why somebody does not act for a patient any more."""

    PATIENT = "patient"
    CARER = "carer"
    CONSENT = "consent"
    TIME = "time"


def whole(powers: Iterable[Power]) -> list[Power]:
    """The powers with what they cannot do without, in a fixed order.

    Who enters a reading sees it beside the ones before.
    """
    given = set(powers)
    if Power.ENTRIES in given:
        given.add(Power.RESULTS)
    return [one for one in Power if one in given]


def may_end_on(last_day: date, today: date) -> bool:
    """Whether powers may last so long: until tomorrow at least, and a year at most."""
    return today < last_day <= today + LONGEST


def end_of(last_day: date, zone: tzinfo) -> datetime:
    """The moment at which a day is over where the patient lives."""
    return datetime.combine(last_day + timedelta(days=1), time(), zone)


def last_day_of(ends_at: datetime, zone: tzinfo) -> date:
    """The last whole day before that moment."""
    return ends_at.astimezone(zone).date() - timedelta(days=1)
