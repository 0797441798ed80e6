"""Pure rules of who has seen a record: what counts as one visit to it, and which month is which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

# Looks of one person with less than this between them belong to one visit.
SAME_VISIT = timedelta(minutes=30)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a record; `listed` where it showed no more than a line of a list of tasks."""

    id: UUID
    at: datetime
    person_id: UUID
    kinds: tuple[str, ...]
    why: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person saw in one visit, for one reason; `id` is the first look of it.

    `listed` are the kinds of which they saw no more than a line of a list of tasks.
    """

    id: UUID
    day: date
    person_id: UUID
    first: datetime
    last: datetime
    kinds: frozenset[str]
    listed: frozenset[str]
    why: str


def readers(looks: Iterable[Seen], zone: tzinfo) -> list[Reader]:
    """A line for each visit of a person to a record, the latest first.

    Midnight of the reader's own day ends a visit too, so that every line stands under one day.
    """
    latest: dict[tuple[UUID, str], list[Seen]] = {}
    visits: list[list[Seen]] = []
    for one in sorted(looks, key=lambda look: look.at):
        some = latest.get((one.person_id, one.why))
        if some is None or not _goes_on(some[-1].at, one.at, zone):
            some = latest[one.person_id, one.why] = []
            visits.append(some)
        some.append(one)
    found = [_reader(some, zone) for some in visits]
    return sorted(found, key=lambda one: one.last, reverse=True)


def _goes_on(before: datetime, after: datetime, zone: tzinfo) -> bool:
    same_day = before.astimezone(zone).date() == after.astimezone(zone).date()
    return same_day and after - before <= SAME_VISIT


def _reader(some: list[Seen], zone: tzinfo) -> Reader:
    first = some[0]
    kinds = frozenset(kind for one in some if not one.listed for kind in one.kinds)
    return Reader(
        id=first.id,
        day=first.at.astimezone(zone).date(),
        person_id=first.person_id,
        first=first.at,
        last=some[-1].at,
        kinds=kinds,
        listed=frozenset(kind for one in some for kind in one.kinds) - kinds,
        why=first.why,
    )


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
