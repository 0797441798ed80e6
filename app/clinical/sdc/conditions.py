"""Reads enableWhen: what must have been answered for a question to be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.clinical.sdc import sayings
from app.clinical.sdc.exact import number_in
from app.clinical.sdc.item import Condition, Json

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
Note = Callable[..., None]


def read(source: Json, link: str, note: Note) -> tuple[Condition, ...]:
    """The conditions of an item."""
    listed = source.get("enableWhen")
    if listed is None:
        return ()
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        note(link, sayings.CONDITION_NO_LIST)
        return ()
    made = (_condition(each, link, note) for each in listed)
    return tuple(condition for condition in made if condition is not None)


def is_any(source: Json, link: str, note: Note) -> bool:
    """Whether one met condition is enough."""
    behaviour = source.get("enableBehavior")
    listed = source.get("enableWhen")
    if behaviour in ("any", "all") or not isinstance(listed, list) or not listed[1:]:
        return bool(behaviour == "any")
    if not any(isinstance(each, dict) and "operator" in each for each in listed):
        return True  # In STU3, one met condition was always enough.
    note(link, sayings.CONDITION_BEHAVIOUR, "warning")
    return False


def _condition(source: Any, link: str, note: Note) -> Condition | None:
    if not isinstance(source, dict) or not isinstance(source.get("question"), str):
        note(link, sayings.CONDITION_NO_QUESTION)
        return None
    answer = {f"value{key[6:]}": value for key, value in source.items() if key[:6] == "answer"}
    operator = source.get("operator")
    if operator is None and (answer or isinstance(source.get("hasAnswer"), bool)):
        note(link, sayings.CONDITION_STU3, "warning")
        operator = "="
        if isinstance(source.get("hasAnswer"), bool):
            operator, answer = "exists", {"valueBoolean": source["hasAnswer"]}
    if operator not in OPERATORS:
        note(link, sayings.CONDITION_OPERATOR, operator=str(operator)[:20])
        return None
    if len(answer) != 1:
        note(link, sayings.CONDITION_ANSWER)
        return None
    ((key, value),) = answer.items()
    wanted = meant(key, value)
    if operator == "exists" and not isinstance(wanted, bool):
        note(link, sayings.CONDITION_EXISTS)
        return None
    if wanted is not value:
        note(link, sayings.CONDITION_TEXT, "warning")
    return Condition(source["question"], str(operator), {key: wanted})


def meant(key: str, value: Any) -> Any:
    """Numbers and truths that were written as text."""
    if not isinstance(value, str):
        return value
    if key == "valueBoolean" and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if key in {"valueInteger", "valueDecimal"}:
        number = number_in(value)
        if number is not None and (key == "valueDecimal" or number == int(number)):
            return number if key == "valueDecimal" else int(number)
    return value
