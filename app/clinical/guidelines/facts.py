"""Facts about one person: what the rules may rest on. `keys` names every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines import limits
from app.clinical.measures.row import Measure
from app.clinical.sentences import N_, Sentence

FactValue = Decimal | int | bool | str | date | Pressure | tuple[str, ...]

BIRTH_DATE = N_("Date of birth")
DAY = N_("%(day)s")


class UnfitFact(ValueError):
    """A value, unit or day that no fact of its kind can have."""


@dataclass(frozen=True)
class Fact:
    """One thing known about the person: what, when, and where it is written down.

    `source` is "answer", "observation", "record" or "computed"; `source_id` finds it there. `label`
    names it and `shown` speaks its value as the person gave it.
    """

    key: str
    value: FactValue
    unit: str | None
    when: datetime
    source: str
    source_id: str
    label: Sentence
    shown: Sentence
    # The value as it is compared with published limits, where the entry's unit has its own.
    compared: Decimal | None = None

    def __post_init__(self) -> None:
        if self.when.tzinfo is None:
            raise ValueError(f"fact {self.key} has no time zone")
        wanted = limits.wanted(self.key, self.value, self.unit, self.day, source=self.source)
        if wanted is not None:
            raise UnfitFact(f"fact {self.key} wants {wanted}")

    def __hash__(self) -> int:
        """What tells facts apart, without the words: rules merge many sets of facts."""
        return hash((self.key, self.source_id, self.when))

    @cached_property
    def day(self) -> date:
        """The day the fact was true, in the zone it came with."""
        return self.when.date()

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """A total order, so that nothing depends on how facts were gathered."""
        return (self.when, self.source, self.source_id, repr(self.value))

    def to_json(self) -> dict[str, Any]:
        """The fact as plain JSON, to be kept beside the line that rests on it."""
        return {
            "key": self.key,
            "value": str(self.value),
            "unit": self.unit,
            "when": self.when.isoformat(),
            "source": self.source,
            "source_id": self.source_id,
            "label": self.label.to_json(),
            "shown": self.shown.to_json(),
        }


def from_observation(
    measure: Measure, values: Mapping[str, Decimal], unit: str, when: datetime, source_id: str
) -> Fact:
    """The fact a home measurement states; `values` by component, in the unit of the entry."""
    canonical = {key: measure.to_canonical(value, unit) for key, value in values.items()}
    value: FactValue
    if measure.key == "blood-pressure":
        value = Pressure(canonical["systolic"], canonical["diastolic"])
    else:
        value = canonical["value"]
    return Fact(
        key=measure.key,
        value=value,
        unit=measure.canonical,
        when=when,
        source="observation",
        source_id=source_id,
        label=measure.label,
        shown=measure.spoken(values, unit),
        compared=None if len(values) > 1 else measure.to_compare(values["value"], unit),
    )


def birth_date(born: date, when: datetime, source_id: str) -> Fact:
    """The date of birth as the person's record holds it."""
    return Fact(
        key="birth-date",
        value=born,
        unit=None,
        when=when,
        source="record",
        source_id=source_id,
        label=Sentence(BIRTH_DATE),
        shown=Sentence(DAY, {"day": born}),
    )
