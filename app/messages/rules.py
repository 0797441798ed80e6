"""Pure rules of messages: their length, their cursor, and when an answer is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_CHARACTERS = 5_000
PAGE_MESSAGES = 50
# Longer cursors name no message, and would overflow the database's integers.
CURSOR_DIGITS = 9
# The clinic's promise: by this time of the next working day.
ANSWER_BY = time(17, 0)
FIRST_DAY_OFF = 5  # Saturday, as datetime counts


def cursor(text: str | None) -> int | None:
    """The message number that an address names, or None when it names none."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > CURSOR_DIGITS:
        return None
    return int(text)


def answer_due(written: datetime, zone: str) -> datetime:
    """When the care team should have answered what was written then.

    `zone` is where the clinic works: its days and hours count, not the patient's.
    """
    day = written.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while day.weekday() >= FIRST_DAY_OFF:
        day += timedelta(days=1)
    return datetime.combine(day, ANSWER_BY, ZoneInfo(zone))
