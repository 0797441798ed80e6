"""Whether an entry can be taken, and beside which field to say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.clinical import numbers
from app.clinical.errors import UnreadableNumber
from app.clinical.measures.pressures import CHECK_BOTH, SWAPPED
from app.clinical.measures.row import Component, Measure
from app.clinical.measures.suspicion import suspect
from app.clinical.sentences import N_, Sentence, Value

CHOOSE_UNIT = N_("Please choose one of the units in the list.")
CHOOSE_CONTEXT = N_("Please choose when you measured.")
OUT_OF_RANGE = N_("Please check this number: it should be between %(low)s and %(high)s %(unit)s.")
NAIVE_TIME = N_("Please give the day and time you measured.")
IN_FUTURE = N_("This time has not come yet. Please enter when you measured.")
TOO_LONG_AGO = N_("That was more than 5 years ago. Please check the date.")

# More digits after the point than any home device shows.
MOST_DECIMALS = 4
# Clocks of phones and servers differ by minutes, never by more in practice.
CLOCK_DRIFT = timedelta(minutes=5)
# No rule looks further back; an older date is far more often a slip of the year.
OLDEST = timedelta(days=5 * 365)


@dataclass(frozen=True)
class Entry:
    """One number of an entry: as typed, in the chosen unit, and in the canonical unit."""

    component: str
    entered: str
    value: Decimal
    unit: str
    canonical: Decimal


@dataclass(frozen=True)
class Checked:
    """The outcome: entries by component, problems by field ("unit" and "context" too)."""

    entries: Mapping[str, Entry]
    problems: Mapping[str, Sentence]

    @property
    def ok(self) -> bool:
        """Whether the whole entry can be taken."""
        return not self.problems

    @property
    def values(self) -> dict[str, Decimal]:
        """Component to value, in the unit that was chosen."""
        return {key: entry.value for key, entry in self.entries.items()}

    @property
    def canonical(self) -> dict[str, Decimal]:
        """Component to value, in the canonical unit."""
        return {key: entry.canonical for key, entry in self.entries.items()}


def check(
    measure: Measure, entered: Mapping[str, str], unit: str, *, context: str | None = None
) -> Checked:
    """Read and check what a person typed: component key -> text, and the unit they chose."""
    problems: dict[str, Sentence] = {}
    if measure.contexts and context not in {known.key for known in measure.contexts}:
        problems["context"] = Sentence(CHOOSE_CONTEXT)
    if unit not in {choice.unit for choice in measure.choices}:
        return Checked({}, {**problems, "unit": Sentence(CHOOSE_UNIT)})
    entries: dict[str, Entry] = {}
    for component in measure.components:
        outcome = _read(measure, component, entered.get(component.key, ""), unit)
        if isinstance(outcome, Entry):
            entries[component.key] = outcome
        else:
            problems[component.key] = outcome
    if len(entries) < len(measure.components) and (tens := _tenfold(measure, entered, unit)):
        problems = {**{key: problems[key] for key in problems if key not in entered}, **tens}
    if (question := _swapped(entries)) is not None:
        problems["systolic"] = question
    return Checked(entries, problems)


def _read(measure: Measure, component: Component, text: str, unit: str) -> Entry | Sentence:
    try:
        # The range comes before the digits: 5.6 mg/dL is a question of the unit, not of the point.
        number = numbers.read(text, decimals=MOST_DECIMALS, field=component.key)
        canonical = measure.to_canonical(number.value, unit)
        if not component.hard.holds(canonical):
            return _out_of_range(measure, component, number.value, unit)
        numbers.read(text, decimals=measure.choice(unit).decimals, field=component.key)
    except UnreadableNumber as refusal:
        return refusal.sentence
    return Entry(component.key, number.entered, number.value, unit, canonical)


def _out_of_range(measure: Measure, component: Component, value: Decimal, unit: str) -> Sentence:
    """A likely slip is named first; otherwise the permitted range, in the person's unit."""
    for question in suspect(measure, {component.key: value}, unit):
        if question.suggestion is not None:
            return question.sentence
    limits: dict[str, Value] = {
        "low": measure.shown(component.hard.low, unit),
        "high": measure.shown(component.hard.high, unit),
        "unit": measure.choice(unit).label,
    }
    return Sentence(OUT_OF_RANGE, limits)


def _tenfold(measure: Measure, entered: Mapping[str, str], unit: str) -> dict[str, Sentence]:
    """One question about both numbers of a pressure that was written as 14 over 9."""
    try:
        values = {
            part.key: numbers.read(entered.get(part.key, ""), decimals=MOST_DECIMALS).value
            for part in measure.components
        }
    except UnreadableNumber:
        return {}
    asked = suspect(measure, values, unit)
    whole = bool(asked) and asked[0].suggestion is not None and len(asked[0].suggestion) > 1
    tens = whole and asked[0].kind == "tens"
    return {asked[0].field: asked[0].sentence} if tens else {}


def _swapped(entries: Mapping[str, Entry]) -> Sentence | None:
    if not {"systolic", "diastolic"} <= set(entries):
        return None
    upper, lower = entries["systolic"], entries["diastolic"]
    if upper.canonical > lower.canonical:
        return None
    text = CHECK_BOTH if upper.canonical == lower.canonical else SWAPPED
    return Sentence(text, {"systolic": upper.value, "diastolic": lower.value})


def check_taken_at(taken_at: datetime, now: datetime) -> Sentence | None:
    """What is wrong with the time of a measurement; `None` when nothing is."""
    if taken_at.tzinfo is None:
        return Sentence(NAIVE_TIME)
    if taken_at > now + CLOCK_DRIFT:
        return Sentence(IN_FUTURE)
    if taken_at < now - OLDEST:
        return Sentence(TOO_LONG_AGO)
    return None
