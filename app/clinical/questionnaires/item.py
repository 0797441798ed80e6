"""The parts of a form: items, their options, and when they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.clinical.sentences import Sentence

Answer = Mapping[str, Any]  # {"valueInteger": 5}
Answers = Mapping[str, Answer]  # linkId -> answer

ANSWER_KEYS: Mapping[str, str] = {
    "boolean": "valueBoolean",
    "choice": "valueCoding",
    "decimal": "valueDecimal",
    "integer": "valueInteger",
    "quantity": "valueQuantity",
    "string": "valueString",
    "text": "valueString",
}
CONTAINERS = frozenset({"group", "display"})


@dataclass(frozen=True)
class Option:
    """One answer to choose; `points` is its ordinalValue."""

    code: str
    system: str | None
    display: str
    points: Decimal | None = None

    @property
    def label(self) -> Sentence:
        """The option as a person reads it."""
        return Sentence(self.display)

    @property
    def coding(self) -> dict[str, str]:
        """The option as a FHIR Coding."""
        system = {"system": self.system} if self.system else {}
        return {**system, "code": self.code, "display": self.display}


@dataclass(frozen=True)
class UnitOption:
    """A unit the person may answer in."""

    code: str
    label: str


@dataclass(frozen=True)
class Limit:
    """One end of the permitted range; `unit` for quantities."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True)
class Condition:
    """One enableWhen: a question, an operator and the answer compared with."""

    question: str
    operator: str
    expected: Any


@dataclass(frozen=True)
class Item:
    """One question, group or text of a form."""

    link_id: str
    type: str
    text: Sentence
    short: Sentence
    help: Sentence | None = None
    required: bool = False
    read_only: bool = False
    options: tuple[Option, ...] = ()
    units: tuple[UnitOption, ...] = ()
    minimum: Limit | None = None
    maximum: Limit | None = None
    decimals: int = 0
    max_length: int | None = None
    conditions: tuple[Condition, ...] = ()
    behavior: str = "any"
    codes: tuple[Mapping[str, str], ...] = ()
    extract: bool = False
    items: tuple[Item, ...] = field(default=())

    @property
    def asks(self) -> bool:
        """Whether a person answers here."""
        return self.type not in CONTAINERS and not self.read_only

    @property
    def unit_field(self) -> str:
        """The name of the posted field that holds the unit of a quantity."""
        return f"{self.link_id}-unit"

    @property
    def questions(self) -> tuple[Item, ...]:
        """Every question in here, in order, however deep."""
        return tuple(item for item in self.walk() if item.asks)

    def walk(self) -> Iterator[Item]:
        """The item and everything below it, in order."""
        yield self
        for item in self.items:
            yield from item.walk()

    def option(self, code: str, system: str | None = None) -> Option | None:
        """The option with a code (and a system, when given)."""
        for option in self.options:
            if option.code == code and system in {None, option.system}:
                return option
        return None


def value_of(answer: Answer | None) -> Any:
    """The bare value of an answer; `None` without one."""
    if not answer:
        return None
    return next((value for key, value in answer.items() if key.startswith("value")), None)
