"""Which items a person should see, given the answers so far (FHIR enableWhen)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.questionnaires.item import Answers, Condition, Item, value_of

_ORDER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class Visibility:
    """Decides item by item; an item hidden by its group is hidden, and so is its answer."""

    def __init__(self, tops: tuple[Item, ...], answers: Answers) -> None:
        self._answers = answers
        self._items = {item.link_id: item for top in tops for item in top.walk()}
        self._parents = {
            child.link_id: parent for parent in self._items.values() for child in parent.items
        }
        self._seen: dict[str, bool] = {}

    def enabled(self) -> set[str]:
        """The linkIds of everything to show."""
        return {link for link in self._items if self.shows(link)}

    def shows(self, link: str) -> bool:
        """Whether one item is shown. Items that wait for one another stay hidden."""
        if link not in self._seen:
            self._seen[link] = False
            self._seen[link] = self._decide(self._items[link])
        return self._seen[link]

    def _decide(self, item: Item) -> bool:
        parent = self._parents.get(item.link_id)
        if parent is not None and not self.shows(parent.link_id):
            return False
        if not item.conditions:
            return True
        held = (self._holds(condition) for condition in item.conditions)
        return all(held) if item.behavior == "all" else any(held)

    def _holds(self, condition: Condition) -> bool:
        value = None
        if self.shows(condition.question):
            value = value_of(self._answers.get(condition.question))
        if condition.operator == "exists":
            return (value is not None) is bool(condition.expected)
        if condition.operator == "!=":
            # HL7 reads "!=" as "no answer equals", so a question left open counts.
            return value is None or not same(value, condition.expected)
        if value is None:
            return False
        if condition.operator == "=":
            return same(value, condition.expected)
        return _compares(condition.operator, value, condition.expected)


def same(value: Any, expected: Any) -> bool:
    """Whether two answers are the same: codes by code, and by system where both name one."""
    if isinstance(value, Mapping) and isinstance(expected, Mapping):
        systems = {value.get("system"), expected.get("system")} - {None}
        keys = ("code",) if "code" in expected else ("value", "unit")
        return len(systems) <= 1 and all(value.get(key) == expected.get(key) for key in keys)
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    return bool(value == expected)


def _compares(sign: str, value: Any, expected: Any) -> bool:
    try:
        return _ORDER[sign](_number(value), _number(expected))
    except InvalidOperation:
        return False


def _number(value: Any) -> Decimal:
    return Decimal(str(value.get("value") if isinstance(value, Mapping) else value))
