"""Moments and shares as an Apple Health export writes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.clinical.devices import amounts, times
from app.clinical.devices.markup import Attributes
from app.clinical.devices.reading import RowRefused
from app.clinical.devices.times import EARLIEST_YEAR, LATEST_YEAR
from app.clinical.sentences import N_, Sentence

ENDS_FIRST = N_("This record ends before it begins, so it was left out.")

# Of a moment, 2018-09-10 02:28:55 -0700, up to the zone.
CLOCK_LENGTH = 19
HUNDRED = Decimal(100)

_iso = datetime.fromisoformat


def ends(texts: list[str]) -> list[datetime]:
    """The first and last of these moments, among which may be others.

    Written in one zone, they stand in the order of their letters: no need to compare moments.
    """
    zones = {text[CLOCK_LENGTH:] for text in texts}
    if len(zones) == 1 and zones.pop().startswith((" +", " -")):
        texts = [min(texts), max(texts)]
    return [moment(text) for text in texts]


def percent(value: Decimal, text: str) -> Decimal:
    """A share of the whole, written as a fraction or in percent."""
    if not 0 <= value <= HUNDRED:
        raise amounts.not_a_number(text)
    return value * HUNDRED if value <= 1 else value


def moment(text: str) -> datetime:
    """The moment a record names. The usual way of writing it has a way of its own, for speed."""
    if text[CLOCK_LENGTH : CLOCK_LENGTH + 1] == " ":
        try:
            found = _iso(text[:CLOCK_LENGTH] + text[CLOCK_LENGTH + 1 :])
        except ValueError:
            return times.read(text)
        if found.tzinfo is not None and EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            return found
    return times.read(text)


def span(attributes: Attributes) -> tuple[datetime, datetime]:
    """From when to when an entry lasted."""
    begun, ended = moment(attributes.get("startDate", "")), moment(attributes.get("endDate", ""))
    if (begun.tzinfo is None) != (ended.tzinfo is None) or ended < begun:
        raise RowRefused(Sentence(ENDS_FIRST))
    return begun, ended
