"""What a score may be given, and what is refused before any arithmetic.

Each input knows its unit, its permitted range and where that range comes from. A value
outside is refused with a sentence that says all three: never clamped, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence, Value

OUT_OF_RANGE = N_("%(what)s must be from %(low)s to %(high)s %(unit)s. You gave %(value)s.")
NOT_A_NUMBER = N_("%(what)s must be a number from %(low)s to %(high)s %(unit)s.")
BARE_OUT_OF_RANGE = N_("%(what)s must be from %(low)s to %(high)s. You gave %(value)s.")
BARE_NOT_A_NUMBER = N_("%(what)s must be a number from %(low)s to %(high)s.")
NOT_WHOLE = N_("%(what)s must be a whole number from %(low)s to %(high)s.")
NOT_YES_OR_NO = N_("%(what)s must be answered yes or no.")
NOT_A_CHOICE = N_("%(what)s must be one of these: %(choices)s.")
NOT_ITEMS = N_("%(what)s: we need %(count)s answers, each from 0 to %(high)s.")
NOT_A_DAY = N_("%(what)s must be a day, such as 1960-05-31.")
MISSING = N_("%(what)s is missing. We need it for this result.")

PLAUSIBLE = "plausible range set by this library, so that a slip of the pen is caught"

SMALLEST_SAID, LARGEST = 1e-9, 1e12

Numeric = int | float | Decimal


@dataclass(frozen=True)
class Input:
    """One thing a score is given: `key` is its plain name, `also` its published label."""

    key: str
    title: str
    source: str
    also: str = ""
    required: bool = True
    default: object = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which this input is accepted."""
        return (self.key, self.also) if self.also else (self.key,)

    @property
    def permitted(self) -> str:
        """What is permitted, in words, for a document."""
        raise NotImplementedError

    def read(self, value: Any) -> Any:
        """The value, checked and made plain; refuses anything else."""
        raise NotImplementedError

    def refuse(self, text: str, **values: Value) -> NoReturn:
        """Refuse this input with a sentence and the source of its range."""
        sentence = Sentence(text, {"what": Sentence(self.title), **values})
        raise ClinicalInputError(self.key, sentence, self.source)

    def missing(self) -> NoReturn:
        """Refuse because this input is needed and was not given."""
        self.refuse(MISSING)


@dataclass(frozen=True)
class Number(Input):
    """A number from `low` to `high`, both permitted."""

    low: Numeric = 0
    high: Numeric = 0
    unit: str = ""
    whole: bool = False

    @property
    def permitted(self) -> str:
        """Such as "30 to 79 years"."""
        return f"{self.low} to {self.high} {self.unit}".rstrip()

    def read(self, value: Any) -> float:
        """The number as a float; refuses text, truth values, NaN and what is out of range."""
        checked = self.checked(value)
        if self.whole and checked != int(checked):
            self.refuse(NOT_WHOLE, low=said(self.low), high=said(self.high))
        return float(checked)

    def checked(self, value: Any) -> Numeric:
        """The number as it was given, inside the range."""
        shown: dict[str, Value] = {
            "low": said(self.low),
            "high": said(self.high),
            "unit": self.unit,
        }
        if not is_number(value):
            self.refuse(NOT_A_NUMBER if self.unit else BARE_NOT_A_NUMBER, **shown)
        if not self.low <= value <= self.high:
            text = OUT_OF_RANGE if self.unit else BARE_OUT_OF_RANGE
            self.refuse(text, value=said(value), **shown)
        number: Numeric = value
        return number


@dataclass(frozen=True)
class Flag(Input):
    """Yes or no: True or False, or 1 or 0. A strict flag takes only True or False."""

    strict: bool = False
    yes: tuple[object, ...] = (True, 1, "yes")
    no: tuple[object, ...] = (False, 0, "no")

    @property
    def permitted(self) -> str:
        """The same for every flag."""
        return "yes or no"

    def read(self, value: Any) -> bool:
        """True or False."""
        if isinstance(value, bool):
            return value
        plain = value.lower() if isinstance(value, str) else value
        if self.strict or not (isinstance(plain, str) or is_number(plain)):
            self.refuse(NOT_YES_OR_NO)
        if plain not in (*self.yes, *self.no):
            self.refuse(NOT_YES_OR_NO)
        return plain in self.yes


@dataclass(frozen=True)
class Choice(Input):
    """One of a few words. `choices` maps what may be written to what it means."""

    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def permitted(self) -> str:
        """The words, each once."""
        return ", ".join(dict.fromkeys(self.choices.values()))

    def read(self, value: Any) -> str:
        """The meaning of the word, whatever its capitals."""
        word = _word(value)
        if word not in self.choices:
            self.refuse(NOT_A_CHOICE, choices=self.permitted)
        return self.choices[word]


@dataclass(frozen=True)
class Items(Input):
    """The answers to a list of questions, each a whole number from 0 to `high`."""

    count: int = 0
    high: int = 0
    may_miss: int = 0

    @property
    def permitted(self) -> str:
        """How many answers, and from what to what."""
        missing = f", at most {self.may_miss} of them missing" if self.may_miss else ""
        return f"{self.count} answers, each 0 to {self.high}{missing}"

    def read(self, value: Any) -> tuple[int | None, ...]:
        """The answers; one not given is None."""
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != self.count:
            self._refuse()
        answers = tuple(self._answer(one) for one in value)
        if answers.count(None) > self.may_miss:
            self._refuse()
        return answers

    def _answer(self, one: Any) -> int | None:
        if one is None:
            return None
        if not is_number(one) or one != int(one) or not 0 <= one <= self.high:
            self._refuse()
        return int(one)

    def _refuse(self) -> NoReturn:
        self.refuse(NOT_ITEMS, count=self.count, high=self.high)


@dataclass(frozen=True)
class Day(Input):
    """A day: a date, a time, or either as ISO 8601 text."""

    @property
    def permitted(self) -> str:
        """The same for every day."""
        return "a day (ISO 8601)"

    def read(self, value: Any) -> date:
        """The day; the hour is let go."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            day = datetime.fromisoformat(value).date()
        except (TypeError, ValueError):
            self.refuse(NOT_A_DAY)
        return day


def _word(value: Any) -> str:
    """Text, or a whole number as text: points arrive as 3 or as 3.0."""
    if isinstance(value, str):
        return value.strip().lower()
    return str(int(value)) if is_number(value) and value == int(value) else ""


def is_number(value: Any) -> bool:
    """An int, float or Decimal of a size that can be meant; a truth value is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    # Beyond this a figure is a mistake, and may be too long to write down. NaN is not within.
    return bool(-LARGEST <= value <= LARGEST)


def said(value: Numeric) -> Decimal:
    """A number as a sentence carries it; one too small to write down is said as 0."""
    if -SMALLEST_SAID < value < SMALLEST_SAID:
        return Decimal(0)
    return value if isinstance(value, Decimal) else Decimal(str(value))
