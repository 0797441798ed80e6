"""Numbers without binary fractions: what comes in as 70.1 is worked with as 70.1."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.errors import FormError
from app.clinical.sentences import N_, Sentence

# A form of 800 questions has 60,000 values; five times that is no form.
MAX_VALUES = 300_000
MAX_DEPTH = 120
MAX_CHARACTERS = 4_000_000
# FHIR bounds no number, but no answer needs more digits.
MAX_DIGITS = 40

TOO_LARGE = N_("This form is too large to be used.")
TOO_DEEP = N_("The parts of this form are nested too deeply.")
NOT_PLAIN = N_("This form holds something that is not plain data: %(kind)s.")
NOT_FINITE = N_("This form holds a number that is not a number.")
NUMBER_TOO_LONG = N_("This form holds a number with too many digits.")


class _Counter:
    """How much has been seen, so that an endless structure ends."""

    def __init__(self) -> None:
        self.values = 0
        self.characters = 0

    def see(self, text: str = "") -> None:
        """Count one value, and its letters."""
        self.values += 1
        self.characters += len(text)
        if self.values > MAX_VALUES or self.characters > MAX_CHARACTERS:
            refuse(TOO_LARGE)


class UnusableNumber(FormError):
    """A number that is none, or has too many digits."""


def refuse(text: str, **values: str) -> None:
    """Raise `FormError` about the form as a whole."""
    kind = UnusableNumber if text in {NOT_FINITE, NUMBER_TOO_LONG} else FormError
    raise kind([("", str(Sentence(text, values)))])


def exact(source: Any) -> Any:
    """A deep copy in which every float is the decimal its digits say.

    Raises `FormError` for what JSON cannot hold, and for what is too large or too deep.
    """
    return _copy(source, _Counter(), 0)


def _copy(source: Any, counter: _Counter, depth: int) -> Any:
    if depth > MAX_DEPTH:
        refuse(TOO_DEEP)
    if isinstance(source, Mapping):
        counter.see()
        return {
            _text(key, counter): _copy(value, counter, depth + 1) for key, value in source.items()
        }
    if isinstance(source, list | tuple):
        counter.see()
        return [_copy(value, counter, depth + 1) for value in source]
    return _scalar(source, counter)


def _scalar(source: Any, counter: _Counter) -> Any:
    if isinstance(source, str):
        return _text(source, counter)
    counter.see()
    if source is None or isinstance(source, bool):
        return source
    if isinstance(source, int):
        if abs(source) >= 10**MAX_DIGITS:
            refuse(NUMBER_TOO_LONG)
        return int(source)
    if isinstance(source, float | Decimal):
        return _decimal(source)
    refuse(NOT_PLAIN, kind=type(source).__name__)
    return None


def _text(source: Any, counter: _Counter) -> str:
    text = source if isinstance(source, str) else str(source)
    counter.see(text)
    return text


def _decimal(source: float | Decimal) -> Decimal:
    number = Decimal(str(source))
    if not number.is_finite():
        refuse(NOT_FINITE)
    if len(number.as_tuple().digits) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        refuse(NUMBER_TOO_LONG)
    return number


def number_in(text: str) -> Decimal | None:
    """The number a text is, if it is one we can use."""
    try:
        return _decimal(Decimal(text))
    except (InvalidOperation, UnusableNumber):
        return None


def plain(source: Any) -> Any:
    """A deep copy that `json.dumps` can write: decimals become int or float."""
    if isinstance(source, Mapping):
        return {key: plain(value) for key, value in source.items()}
    if isinstance(source, list | tuple):
        return [plain(value) for value in source]
    if isinstance(source, Decimal):
        exponent = source.as_tuple().exponent
        return int(source) if isinstance(exponent, int) and exponent >= 0 else float(source)
    return source
