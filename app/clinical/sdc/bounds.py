"""Reads the limits an item sets its answers: how many, how long, how large, of what pattern."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.clinical.sdc import comparing, extensions, patterns, quantities, sayings
from app.clinical.sdc.evaluation import EvaluationFailed
from app.clinical.sdc.exact import number_in
from app.clinical.sdc.item import Json

COUNTS = ("minOccurs", "maxOccurs", "minLength", "maxDecimalPlaces")
# FHIR R4 limits a quantity by a number of its unit, SDC by an amount with its own unit.
RANGES = {
    "minValue": ("minValue", "minQuantity"),
    "maxValue": ("maxValue", "maxQuantity"),
}
PAIRS = (("minOccurs", "maxOccurs"), ("minLength", "maxLength"), ("minValue", "maxValue"))
# To read a pattern takes a thousandth of a second or two; more are read when they are needed.
MAX_PATTERNS = 200
CALLED = re.compile(r"\s*matches\((['\"])(.{1,600})\1\)\s*", re.DOTALL)
NUMERIC = frozenset({"decimal", "integer", "quantity"})

Note = Callable[..., None]


class Bounds:
    """Reads the limits of each item of one form."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._patterns: set[str] = set()

    def read(self, source: Json, link: str) -> Json:
        """The limits of an item, by name."""
        limits = _counts(source, link, self._note) | _range(source, link, self._note)
        pattern = _pattern(extensions.value(source, "regex"))
        if pattern is not None:
            if not self._usable(pattern):
                self._note(link, sayings.PATTERN_BROKEN, "warning")
            # A broken one is kept too, so that an answer is told it was not checked.
            limits |= {"regex": pattern} if isinstance(pattern, str) else {}
        kinds = [each for each in extensions.values(source, "mimeType") if isinstance(each, str)]
        if kinds:
            limits["mimeType"] = tuple(kind.lower() for kind in kinds)
        for least, most in PAIRS:
            if least in limits and most in limits and _crossed(limits[least], limits[most]):
                self._note(link, sayings.LIMITS_CROSSED, "warning", least=least, most=most)
        return limits

    def _usable(self, pattern: Any) -> bool:
        if not isinstance(pattern, str):
            return False
        if len(self._patterns) >= MAX_PATTERNS and pattern not in self._patterns:
            return True
        self._patterns.add(pattern)
        try:
            return patterns.compiled(pattern) is not None
        except EvaluationFailed:
            return False


def _pattern(stated: Any) -> Any:
    """The pattern alone, where a form wrote it as FHIRPath, matches('…')."""
    written = CALLED.fullmatch(stated) if isinstance(stated, str) else None
    return written.group(2).replace("\\\\", "\\") if written else stated


def _counts(source: Json, link: str, note: Note) -> Json:
    stated = {name: extensions.value(source, name) for name in COUNTS}
    stated["maxLength"] = source.get("maxLength", extensions.value(source, "maxLength"))
    found: Json = {name: _whole(value, link, name, note) for name, value in stated.items()}
    # In R4 the size of a file is a decimal.
    found["maxSize"] = _size(extensions.value(source, "maxSize"), link, note)
    return {name: value for name, value in found.items() if value is not None}


def _range(source: Json, link: str, note: Note) -> Json:
    words = ((name, word) for name, listed in RANGES.items() for word in listed)
    stated = [(name, _limit(source, word, link, note)) for name, word in words]
    return {name: value for name, value in stated if value is not None}


def _whole(value: Any, link: str, name: str, note: Note) -> int | None:
    if value is None:
        return None
    number = _number(value)
    if number is None or number < 0 or number != number.to_integral_value():
        note(link, sayings.LIMIT_UNUSED, "warning", name=name)
        return None
    if isinstance(value, str):
        note(link, sayings.NUMBER_TEXT, "warning", name=name)
    return int(number)


def _size(value: Any, link: str, note: Note) -> Decimal | None:
    number = None if value is None else _number(value)
    if value is not None and (number is None or number < 0):
        note(link, sayings.LIMIT_NO_NUMBER, "warning", name="maxSize")
        return None
    return number


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return number_in(value)
    numeric = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(value) if numeric else None


def _limit(source: Json, word: str, link: str, note: Note) -> Any:
    """The limit as it is compared with; None, and told, where it can be compared with nothing."""
    value = extensions.value(source, word)
    if isinstance(value, str) and source.get("type") in NUMERIC:
        number = number_in(value)
        saying = sayings.LIMIT_NO_NUMBER if number is None else sayings.NUMBER_TEXT
        note(link, saying, "warning", name=word)
        return number
    if isinstance(value, Mapping) and "expression" in value:
        return None  # It is worked out for each answer.
    if isinstance(value, Mapping) and quantities.amount(value) is None:
        note(link, sayings.LIMIT_NO_NUMBER, "warning", name=word)
        return None
    return None if isinstance(value, bool | list) else value


def _crossed(least: Any, most: Any) -> bool:
    if isinstance(least, Mapping) and isinstance(most, Mapping):
        # Other units are compared when there is an answer to compare with.
        same = quantities.unit_of(least) == quantities.unit_of(most)
        return same and comparing.order(least, most) == 1
    least, most = (each["value"] if isinstance(each, Mapping) else each for each in (least, most))
    return comparing.order(least, most) == 1
