"""Reads the answers to choose from: listed in the item, or in a value set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.clinical.sdc import extensions, sayings, valuesets
from app.clinical.sdc.item import (
    ALL_KEYS,
    CHOICES,
    VALUE_KEYS,
    Json,
    Option,
    Options,
    answer_value,
)
from app.clinical.sdc.valuesets import ValueSets

# How R5 says that other answers may be given too.
OPEN = ("optionsOrString", "optionsOrType")
# Expressions whose result, which we do not have, is chosen from.
DYNAMIC = ("answerExpression", "candidateExpression")


class Choices:
    """Reads the answers to choose from of each item of one form."""

    def __init__(self, value_sets: ValueSets, note: Callable[..., None]) -> None:
        self._value_sets = value_sets
        self._note = note

    def read(self, source: Json, link: str, kind: str) -> tuple[Options, bool]:
        """The answers, and whether no other may be given."""
        listed, address = self._listed(source, link), self._address(source, link)
        closed = kind != "open-choice" and not _is_open(source)
        if listed is not None:
            if address is not None:
                self._note(link, sayings.OPTIONS_TWICE, "warning")
            made = (self._option(each, link, kind) for each in listed)
            return Options(option for option in made if option is not None), closed
        if address is None:
            return Options(), False
        found = self._value_sets.options(address)
        if found is None:
            self._note(link, sayings.VALUE_SET_UNKNOWN, "warning", address=address[:200])
            return Options(), False
        return found, closed

    def _listed(self, source: Json, link: str) -> list[Any] | None:
        listed = source.get("answerOption")
        if listed is None and "option" in source:
            listed = source["option"]
            self._note(link, sayings.OPTIONS_STU3, "warning")
        if isinstance(listed, dict):
            return [listed]
        return listed if isinstance(listed, list) else None

    def _address(self, source: Json, link: str) -> str | None:
        address = source.get("answerValueSet")
        if address is None and "options" in source:
            address = source["options"]
            self._note(link, sayings.OPTIONS_STU3, "warning")
        if isinstance(address, dict):  # STU3 wrote a reference
            address = address.get("reference")
        return address if isinstance(address, str) else None

    def _option(self, source: Any, link: str, kind: str) -> Option | None:
        value = answer_value(source) if isinstance(source, dict) else None
        if value is None:
            self._note(link, sayings.OPTION_EMPTY, "warning")
            return None
        # To choose from a list, values of other kinds have been written too.
        if not value.keys() <= (ALL_KEYS if kind in CHOICES else set(VALUE_KEYS.get(kind, ()))):
            self._note(link, sayings.OPTION_KIND, "warning")
            return None
        coding = value.get("valueCoding")
        places = (source, coding) if isinstance(coding, dict) else (source,)
        prefix = extensions.value(source, "optionPrefix")
        return Option(
            value,
            valuesets.weight(*places),
            source.get("initialSelected") in (True, "true"),
            prefix if isinstance(prefix, str) else "",
            extensions.value(source, "optionExclusive") is True,
            source,
        )


def _is_open(source: Json) -> bool:
    """An answerExpression brings answers we do not have; R5 may say "or any text"."""
    dynamic = any(True for name in DYNAMIC for _ in extensions.every(source, name))
    return dynamic or source.get("answerConstraint") in OPEN
