"""What the value of a fact may be: the type and unit of its kind, and no impossible number.

A rule divides by a height and looks for a name among medicines. What it cannot work with is
refused when the fact is made, so that one slip never silences all the rules.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.clinical import measures
from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.keys import KEYS, Kind
from app.clinical.measures.row import Range

# Nobody alive was born before, and nothing that counts was written down before.
EARLIEST = date(1900, 1, 1)
# A gene, and what the laboratory found.
REPORT = 2


def wanted(key: str, value: Any, unit: str | None, day: date, *, source: str) -> str | None:
    """What a fact under this key should have been; `None` when it fits, or no rule reads it."""
    if day < EARLIEST:
        return f"a day from {EARLIEST}"
    kind = KEYS.get(key)
    if kind is None:
        # A questionnaire may ask more than the rules read, and a device measure more; of the
        # rest, an unknown key is a slip that would silence a rule.
        known = source == "answer" or key in measures.MEASURES
        return None if known else "a key that rules or measures know"
    if type(value) is not kind.type or unit != kind.unit:
        return f"{kind.type.__name__} in {kind.unit}"
    if kind.choices is not None:
        return None if value in kind.choices else f"one of {sorted(kind.choices)}"
    return _plausible(key, kind, value, day, measured=source == "observation")


def _plausible(key: str, kind: Kind, value: Any, day: date, *, measured: bool) -> str | None:
    match value:
        case Pressure():
            return _pressure(value, measured=measured)
        case date():
            return None if EARLIEST <= value <= day else f"a day from {EARLIEST} to {day}"
        case tuple():
            return _words(value, REPORT if key == "genotype" else None)
        case bool():
            return None
    return _number(permitted(key, kind), value)


def permitted(key: str, kind: Kind) -> Range:
    """The range of a number: that of its measure, or from 0 to the most its kind can be."""
    if kind.most is not None:
        return Range(Decimal(0), Decimal(kind.most))
    return measures.get(key).component("value").hard


def _number(within: Range, value: Decimal | int) -> str | None:
    number = Decimal(value)
    if number.is_finite() and within.holds(number):
        return None
    return f"a finite number from {within.low} to {within.high}"


def _pressure(pair: Pressure, *, measured: bool) -> str | None:
    for key, value in (("systolic", pair.systolic), ("diastolic", pair.diastolic)):
        if type(value) is not Decimal:
            return f"a Decimal as {key}"
        within = measures.get("blood-pressure").component(key).hard
        if (refused := _number(within, value)) is not None:
            return f"{refused} as {key}"
    # A reading already taken stands as it was entered: it must not cost the person every rule.
    if pair.diastolic >= pair.systolic and not measured:
        return "the upper number above the lower"
    return None


def _words(words: tuple[Any, ...], count: int | None) -> str | None:
    if count is not None and len(words) != count:
        return f"{count} words"
    if all(isinstance(word, str) and word.strip() for word in words):
        return None
    return "words that are not empty"
