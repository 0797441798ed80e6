"""Dates as devices write them. Which number is the day is decided from the file or asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from app.clinical.devices.reading import OrderUnknown, RowRefused
from app.clinical.sentences import N_, Sentence

NOT_A_TIME = N_("“%(text)s” is not a date and time we can read, so this row was left out.")
NO_TIME = N_("There is no date and time in this row, so it was left out.")
WHICH_IS_THE_DAY = N_(
    "We cannot tell whether “%(text)s” begins with the day or with the month."
    " Please tell us, and we will read the file again."
)

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
MOST_MONTHS = 12
SHOWN_CHARACTERS = 40
# Two digits above 68 are of the last century to every program that follows POSIX strptime,
# and a clock that was never set may stand at the end of its calendar, 2079 or 2099.
EARLIEST_YEAR, LATEST_YEAR = 1970, 2068
# A sensor is worn on days that follow each other: read in the wrong order they lie a month
# apart. So many readings a day, on so many days, are a sensor's.
SENSOR_ROWS_A_DAY = 10
SENSOR_DAYS = 3
TIMES_LONGER = 5
# A file may be written in another zone than the device's, at most a day away.
CLOCK_SPAN = timedelta(days=1)

_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME, re.ASCII)
_NUMERIC = re.compile(
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME,
    re.ASCII,
)
_MONTH_DAY = re.compile(
    r"(?P<name>[^\W\d_]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})" + _TIME
)
_DAY_MONTH = re.compile(
    r"(?P<day>\d{1,2})\.?\s+(?P<name>[^\W\d_]{3,9})\.?,?\s+(?P<year>\d{4})" + _TIME
)

# First letters of the months in English, German, French, Spanish, Italian, Dutch, Portuguese.
_MONTHS = (
    "jan ene gen",
    "feb fév fev",
    "mar mär mrz maa mrt",
    "apr avr abr",
    "may mai mag mei",
    "jun juin giu",
    "jul juil lug",
    "aug aoû aou ago",
    "sep set",
    "oct okt out ott",
    "nov",
    "dec dez déc dic",
)
_MONTH_NUMBERS = {
    word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()
}


@dataclass
class Evidence:
    """What a file's dates say about their own order."""

    day_first: int = 0
    month_first: int = 0
    halves: bool = False  # AM or PM was written
    latest: dict[str, datetime] = field(default_factory=dict)
    rows: int = 0
    days: dict[str, set[date]] = field(default_factory=dict)

    def see(self, text: str) -> None:
        """Learn from one date."""
        found = _NUMERIC.fullmatch(text.strip())
        if found is None or found["mark"] == ".":
            return
        self.rows += 1
        one, two = int(found["one"]), int(found["two"])
        self.day_first += one > MOST_MONTHS >= two
        self.month_first += two > MOST_MONTHS >= one
        self.halves = self.halves or found["half"] is not None
        for order in (DAY_FIRST, MONTH_FIRST):
            try:
                moment = _moment(found, order).replace(tzinfo=None)
            except ValueError:
                continue
            self.latest[order] = max(moment, self.latest.get(order, moment))
            self.days.setdefault(order, set()).add(moment.date())

    @property
    def counted(self) -> str | None:
        """The order that days above 12 prove; the greater number where a row is damaged."""
        if self.day_first == self.month_first:
            return None
        return DAY_FIRST if self.day_first > self.month_first else MONTH_FIRST

    @property
    def together(self) -> str | None:
        """The order in which a sensor's days follow each other; None for other devices."""
        count = min(map(len, self.days.values()), default=0)
        if count < SENSOR_DAYS or self.rows < SENSOR_ROWS_A_DAY * count:
            return None
        spans = sorted(((max(days) - min(days)).days, order) for order, days in self.days.items())
        (short, order), (long, _) = spans[0], spans[-1]
        return order if long > TIMES_LONGER * short else None


def order_of(written_on: str, texts: Iterable[str], usual: str | None = None) -> str | None:
    """The order of day and month in a file; None when nothing decides.

    `written_on` is the day the file says it was made. In turn: a day above 12 there, days
    above 12 in the rows, the order that would put readings after the file was made, `usual`,
    the order of the file's language, and AM or PM, which goes with the American order.
    """
    made = Evidence()
    made.see(written_on)
    if made.counted is not None:
        return made.counted
    rows = Evidence()
    for text in texts:
        rows.see(text)
    return (
        rows.counted
        or _not_from_the_future(made, rows)
        or rows.together
        or usual
        or _by_halves(made, rows)
    )


def _not_from_the_future(made: Evidence, rows: Evidence) -> str | None:
    possible = [
        order
        for order, day in made.latest.items()
        if order in rows.latest and rows.latest[order] <= day + CLOCK_SPAN
    ]
    return possible[0] if len(possible) == 1 else None


def _by_halves(made: Evidence, rows: Evidence) -> str | None:
    return MONTH_FIRST if made.halves or rows.halves else None


def read(text: str, order: str | None = None) -> datetime:
    """The moment a cell names; without a zone unless the cell has one."""
    spelt = " ".join(text.split())
    if not spelt:
        raise RowRefused(Sentence(NO_TIME))
    shown = spelt[:SHOWN_CHARACTERS]
    try:
        if found := _ISO.fullmatch(spelt):
            return _on(found, int(found["year"]), int(found["month"]), int(found["day"]))
        if found := _NUMERIC.fullmatch(spelt):
            return _numeric(found, order, shown)
        if found := _MONTH_DAY.fullmatch(spelt) or _DAY_MONTH.fullmatch(spelt):
            return _on(found, int(found["year"]), _month(found["name"]), int(found["day"]))
    except ValueError:
        pass
    raise RowRefused(Sentence(NOT_A_TIME, {"text": shown}))


def _numeric(found: re.Match[str], order: str | None, shown: str) -> datetime:
    if found["mark"] == ".":
        return _moment(found, DAY_FIRST)
    one, two = int(found["one"]), int(found["two"])
    if order is None and one != two and max(one, two) <= MOST_MONTHS:
        raise OrderUnknown(Sentence(WHICH_IS_THE_DAY, {"text": shown}))
    certain = MONTH_FIRST if two > MOST_MONTHS else DAY_FIRST
    return _moment(found, order or certain)


def _moment(found: re.Match[str], order: str) -> datetime:
    year = int(found["year"])
    # Two digits are this century: no such device existed in the last one.
    year += 2000 if len(found["year"]) == len("25") else 0
    one, two = int(found["one"]), int(found["two"])
    return _on(found, year, *((two, one) if order == DAY_FIRST else (one, two)))


def _month(name: str) -> int:
    word = name.casefold()
    for letters in (4, 3):
        if word[:letters] in _MONTH_NUMBERS:
            return _MONTH_NUMBERS[word[:letters]]
    raise ValueError(name)


def _on(found: re.Match[str], year: int, month: int, day: int) -> datetime:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(year)
    hour, half = int(found["hour"] or 0), (found["half"] or "").casefold()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of half a day
            raise ValueError(hour)
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"]))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in {"Z", "UTC", "GMT"}:
        return timezone.utc  # noqa: UP017 - a timezone, where datetime.UTC is typed as one too
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)
