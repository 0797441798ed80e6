"""Pure rules of who has seen a record: what counts as one visit to it, and which month is which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a record."""

    id: UUID
    at: datetime
    person_id: UUID
    kinds: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person saw on one day, for one reason; `id` is the first look of it."""

    id: UUID
    day: date
    person_id: UUID
    first: datetime
    last: datetime
    kinds: frozenset[str]
    why: str


def readers(looks: Iterable[Seen], zone: tzinfo) -> list[Reader]:
    """A line for each person, day and reason, the latest day first. Days are the reader's own."""
    grouped: dict[tuple[date, UUID, str], list[Seen]] = {}
    for one in sorted(looks, key=lambda look: look.at):
        key = (one.at.astimezone(zone).date(), one.person_id, one.why)
        grouped.setdefault(key, []).append(one)
    found = [
        Reader(
            id=some[0].id,
            day=day,
            person_id=person,
            first=some[0].at,
            last=some[-1].at,
            kinds=frozenset(kind for one in some for kind in one.kinds),
            why=why,
        )
        for (day, person, why), some in grouped.items()
    ]
    return sorted(found, key=lambda one: (one.day, one.last), reverse=True)


def month_of(text: str, today: date) -> date:
    """The first day of the month that an address names, such as 2026-11; otherwise of today's."""
    named = MONTH.fullmatch(text)
    this = today.replace(day=1)
    try:
        asked = date(int(named[1]), int(named[2]), 1) if named else this
    except ValueError:
        return this
    return min(asked, this)


def after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)
