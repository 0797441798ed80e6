"""People to ask the rules about, made of facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from app.clinical import guidelines, measures
from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.facts import Fact, FactValue
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.rule import Gap, Wording
from app.clinical.sentences import Sentence

TODAY = date(2026, 11, 22)


def moment(days_ago: int = 0, hour: int = 9) -> datetime:
    """An hour of a day that lies so many days back."""
    return datetime.combine(TODAY - timedelta(days=days_ago), time(hour), UTC)


def fact(
    key: str, value: FactValue, days_ago: int = 0, hour: int = 9, source_id: str = "1"
) -> Fact:
    """One fact in the unit its key wants."""
    return Fact(
        key=key,
        value=value,
        unit=KEYS[key].unit if key in KEYS else None,
        when=moment(days_ago, hour),
        source="observation" if key in measures.MEASURES else "answer",
        source_id=source_id,
        label=Sentence(key),
        shown=Sentence(str(value)),
    )


def born(years: int, days_more: int = 0) -> Fact:
    """The date of birth of someone so many years (and days) old today."""
    day = TODAY.replace(year=TODAY.year - years) - timedelta(days=days_more)
    return guidelines.birth_date(day, moment(), "person-1")


ADULT = born(50)


def pressure(systolic: int, diastolic: int, days_ago: int = 0, hour: int = 9) -> Fact:
    """One home reading."""
    pair = Pressure(Decimal(systolic), Decimal(diastolic))
    return fact("blood-pressure", pair, days_ago, hour, source_id=f"{days_ago}-{hour}")


def week(systolic: int, diastolic: int, days: int = 7, ends_days_ago: int = 0) -> list[Fact]:
    """Two readings every morning and evening, all alike."""
    return [
        pressure(systolic, diastolic, ends_days_ago + day, hour)
        for day in range(days)
        for hour in (7, 8, 19, 20)
    ]


def said(facts: Iterable[Fact], today: date = TODAY) -> list[guidelines.Recommendation]:
    """What all the rules say about these facts."""
    return guidelines.evaluate(guidelines.Profile(facts), today)


def asked(
    rule: str, facts: Iterable[Fact], today: date = TODAY
) -> guidelines.Recommendation | None:
    """What one rule says about these facts, if it says anything."""
    said = guidelines.evaluate(guidelines.Profile(facts), today, [guidelines.RULES[rule]])
    return said[0] if said else None


def outcome(rule: str, facts: Iterable[Fact], today: date = TODAY) -> str:
    """What one rule answers: "proposed", "settled", or the reason it cannot tell."""
    said = asked(rule, facts, today)
    if said is None:
        return "settled"
    return said.gap.reason if said.gap else "proposed"


def proposal(rule: str, facts: Iterable[Fact]) -> tuple[guidelines.Recommendation, Wording]:
    """What a rule recommends and in which words; the test fails when it recommends nothing."""
    said = asked(rule, facts)
    assert said is not None
    assert said.wording is not None
    return said, said.wording


def unknown(rule: str, facts: Iterable[Fact]) -> Gap:
    """What a rule could not tell; the test fails when it could."""
    said = asked(rule, facts)
    assert said is not None
    assert said.gap is not None
    return said.gap
