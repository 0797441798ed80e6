"""Readings as people type them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from app.care import queries as care
from app.clinical import measures
from app.kernel import clock
from app.kernel.actor import Actor
from app.results import operations
from app.results.rules import Entry

LISBON = ZoneInfo("Europe/Lisbon")


def pressure(systolic: str, diastolic: str, *, minutes_ago: int = 5, unit: str = "mm[Hg]") -> Entry:
    """A blood pressure of some minutes ago."""
    numbers = {"systolic": systolic, "diastolic": diastolic}
    return entry("blood-pressure", numbers, unit, minutes_ago=minutes_ago)


def glucose(value: str, *, unit: str = "mg/dL", minutes_ago: int = 5) -> Entry:
    """A blood sugar at any time of the day."""
    return entry("glucose", {"value": value}, unit, minutes_ago=minutes_ago, context="untimed")


def weight(value: str, *, unit: str = "kg", minutes_ago: int = 5) -> Entry:
    """A weight."""
    return entry("weight", {"value": value}, unit, minutes_ago=minutes_ago)


def entry(
    key: str,
    numbers: dict[str, str],
    unit: str,
    *,
    minutes_ago: int = 5,
    context: str | None = None,
) -> Entry:
    """Any reading, taken some minutes ago in Lisbon."""
    then = (clock.now() - timedelta(minutes=minutes_ago)).astimezone(LISBON)
    return Entry(
        measures.get(key), numbers, unit, context, f"{then:%Y-%m-%d}", f"{then:%H:%M}", "first"
    )


MINUTES = count(5)


def dangerous(actor: Actor) -> UUID:
    """A reading that asks to act at once, each time of another minute.

    The numbers change too: a minute that passes meanwhile must not make two readings one.
    """
    minutes = next(MINUTES)
    systolic = str(186 + minutes % 12)
    typed = pressure(systolic, "118", minutes_ago=minutes)
    return operations.record(actor, typed, sure=token(actor, typed))


def token(actor: Actor, typed: Entry) -> str:
    """The person's yes to the numbers, whether or not they are asked about."""
    mine = care.own(actor)
    assert mine is not None
    return operations.examine(mine.id, typed, actor.zone).token
