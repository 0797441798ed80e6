"""Reads enableWhen: what must have been answered for a question to be asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.sdc import sayings
from app.clinical.sdc.item import Condition, Json

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
Note = Callable[..., None]


def read(source: Json, link: str, note: Note) -> tuple[Condition, ...]:
    """The conditions of an item."""
    listed = source.get("enableWhen")
    if listed is None:
        return ()
    if not isinstance(listed, list):
        note(link, sayings.CONDITION_NO_LIST)
        return ()
    made = (_condition(each, link, note) for each in listed)
    return tuple(condition for condition in made if condition is not None)


def is_any(source: Json, link: str, note: Note) -> bool:
    """Whether one met condition is enough."""
    behaviour = source.get("enableBehavior")
    listed = source.get("enableWhen")
    if behaviour not in ("any", "all") and isinstance(listed, list) and len(listed) > 1:
        note(link, sayings.CONDITION_BEHAVIOUR, "warning")
    return bool(behaviour == "any")


def _condition(source: Any, link: str, note: Note) -> Condition | None:
    if not isinstance(source, dict) or not isinstance(source.get("question"), str):
        note(link, sayings.CONDITION_NO_QUESTION)
        return None
    answer = {f"value{key[6:]}": value for key, value in source.items() if key[:6] == "answer"}
    operator = source.get("operator")
    if operator is None and isinstance(source.get("hasAnswer"), bool):  # STU3
        operator, answer = "exists", {"valueBoolean": source["hasAnswer"]}
    if operator not in OPERATORS:
        note(link, sayings.CONDITION_OPERATOR, operator=str(operator)[:20])
        return None
    if len(answer) != 1:
        note(link, sayings.CONDITION_ANSWER)
        return None
    ((key, value),) = answer.items()
    meant = _meant(key, value)
    if operator == "exists" and not isinstance(meant, bool):
        note(link, sayings.CONDITION_EXISTS)
        return None
    if meant is not value:
        note(link, sayings.CONDITION_TEXT, "warning")
    return Condition(source["question"], str(operator), {key: meant})


def _meant(key: str, value: Any) -> Any:
    """Numbers and truths that were written as text."""
    if not isinstance(value, str):
        return value
    if key == "valueBoolean" and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if key in {"valueInteger", "valueDecimal"}:
        try:
            return Decimal(value) if key == "valueDecimal" else int(value)
        except (ValueError, InvalidOperation):
            return value
    return value
