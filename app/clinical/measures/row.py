"""What one row of the table of measures says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.clinical import units
from app.clinical.measures.codes import Code
from app.clinical.measures.twins import beside_limits
from app.clinical.sentences import N_, Sentence, Value

SINGLE = N_("%(value)s %(unit)s")
PAIR = N_("%(systolic)s over %(diastolic)s %(unit)s")


@dataclass(frozen=True)
class Choice:
    """A unit the person may choose: UCUM code, the label they read, digits after the point."""

    unit: str
    label: str
    decimals: int


@dataclass(frozen=True)
class Range:
    """An inclusive range in the measure's canonical unit."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies within, ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Step:
    """One of the results a strip or a report can show: negative, trace, 1+."""

    key: str
    label: Sentence


@dataclass(frozen=True)
class Component:
    """One number of a measure: `hard` refuses, `soft` asks the person to confirm.

    A result that is read in words has `steps` instead of a number. Its value is the place of
    the step, from 0, so that an alert can say "from 1+ on"; it is never a measured quantity.
    """

    key: str
    loinc: str
    label: Sentence
    hard: Range
    soft: Range
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Context:
    """A circumstance that changes the code: fasting, or any other time."""

    key: str
    loinc: str
    label: Sentence


@dataclass(frozen=True)
class Reference:
    """The reference or goal, in words, and whose it is."""

    text: Sentence
    guideline: str


@dataclass(frozen=True)
class Alert:
    """A level at which something should be said at once.

    `below` and `above` are strict, `at_least` and `at_most` include their end; canonical
    unit. An alert without any of them needs more than one reading (`basis` says what) and is
    only told.
    """

    key: str
    level: str  # "urgent": act now. "soon": tell the care team. "note": good to know.
    says: Sentence
    guideline: str
    component: str = "value"
    below: Decimal | None = None
    above: Decimal | None = None
    at_least: Decimal | None = None
    basis: str = "reading"
    contexts: tuple[str, ...] = ()
    at_most: Decimal | None = None

    def sounds(self, value: Decimal, context: str | None = None) -> bool:
        """Whether one reading reaches this level."""
        if self.basis != "reading" or (self.contexts and context not in self.contexts):
            return False
        return (
            (self.below is not None and value < self.below)
            or (self.above is not None and value > self.above)
            or (self.at_least is not None and value >= self.at_least)
            or (self.at_most is not None and value <= self.at_most)
        )


@dataclass(frozen=True)
class Measure:
    """One thing that is measured, at home or for it. The first unit is the canonical one."""

    key: str
    loinc: str
    label: Sentence
    kind: str
    choices: tuple[Choice, ...]
    components: tuple[Component, ...]
    reference: Reference
    how_to: tuple[Sentence, ...]
    source: str
    alerts: tuple[Alert, ...] = ()
    contexts: tuple[Context, ...] = ()
    analyte: str | None = None
    canonical_decimals: int = 1
    also: tuple[str, ...] = ()  # further LOINC codes of the same quantity

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every LOINC code that means this measure, its own first, each with how sure we are."""
        every = (
            self.loinc,
            *(part.loinc for part in self.components),
            *(context.loinc for context in self.contexts),
            *self.also,
        )
        return tuple(Code(code) for code in dict.fromkeys(every))

    @property
    def verified(self) -> bool:
        """Whether its own LOINC code was confirmed in public sources."""
        return Code(self.loinc).verified

    @property
    def canonical(self) -> str:
        """The UCUM unit in which ranges, alerts and rules are written."""
        return self.choices[0].unit

    def choice(self, unit: str) -> Choice:
        """The row for a unit; `KeyError` when the measure has no such unit."""
        for choice in self.choices:
            if choice.unit == unit:
                return choice
        raise KeyError(unit)

    def component(self, key: str) -> Component:
        """The component under its key; `KeyError` when there is none."""
        for component in self.components:
            if component.key == key:
                return component
        raise KeyError(key)

    def code(self, context: str | None = None) -> str:
        """The LOINC code of the whole, which a context such as fasting may change."""
        return next((each.loinc for each in self.contexts if each.key == context), self.loinc)

    def spoken(self, values: Mapping[str, Decimal], unit: str) -> Sentence:
        """A measurement as people say it: 128 over 82 mmHg, 5.6 mmol/L."""
        said: dict[str, Value] = {**values, "unit": self.choice(unit).label}
        return Sentence(PAIR if len(self.components) > 1 else SINGLE, said)

    def to_canonical(self, value: Decimal, unit: str) -> Decimal:
        """The value in the canonical unit, rounded half up to what a device can mean."""
        exact = units.reckon(value, unit, self.canonical, analyte=self.analyte)
        step = Decimal(1).scaleb(-self.canonical_decimals)
        return exact if unit == self.canonical else exact.quantize(step, ROUND_HALF_UP)

    def to_compare(self, value: Decimal, unit: str) -> Decimal:
        """The canonical value as it is compared with published limits; `twins` says why."""
        return beside_limits(self.key, value, unit, self.to_canonical(value, unit))

    def shown(self, value: Decimal, unit: str) -> Decimal:
        """A canonical value in another of the measure's units, rounded as people write it."""
        exact = units.reckon(value, self.canonical, unit, analyte=self.analyte)
        return round_half_up(exact, self.choice(unit).decimals)


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Round as people do: a half goes up."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
