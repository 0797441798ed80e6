"""Whether an answer meets a condition: FHIR R4, Questionnaire.item.enableWhen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.sdc import quantities
from app.clinical.sdc.evaluation import Budget
from app.clinical.sdc.item import Condition, Json, said

LONGEST_MOMENT = 40
# As much work as one step of an expression.
COMPARED_IN_A_STEP = 2


def met(condition: Condition, answers: list[Json], budget: Budget) -> bool:
    """Whether the answers to the question meet the condition.

    `exists` asks whether there are any; `=` and the inequalities whether one answer fits;
    `!=` whether none is equal, which is so without any answer too.
    """
    (wanted,) = condition.answer.values()
    budget.pay(1 + len(answers) // COMPARED_IN_A_STEP)
    if condition.operator == "exists":
        return bool(answers) is wanted
    found = [value for answer in answers for key, value in answer.items() if key[:5] == "value"]
    for value in found:
        units_met(value, wanted, budget)
    if condition.operator == "!=":
        return not any(equal(value, wanted) for value in found)
    if condition.operator == "=":
        return any(equal(value, wanted) for value in found)
    return any(_ordered(condition.operator, order(value, wanted)) for value in found)


def units_met(one: Any, other: Any, budget: Budget) -> None:
    """Pay for comparing the units of two answers, if both have one."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and "value" in one:
        quantities.pay(budget, quantities.unit_of(one), quantities.unit_of(other))


def _ordered(operator: str, order: int | None) -> bool:
    if order is None:
        return False
    return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[operator]


def same(one: list[Json], other: list[Json], budget: Budget) -> bool:
    """Whether two lists of answers say the same."""
    budget.pay(1 + len(one) // COMPARED_IN_A_STEP)
    if len(one) != len(other):
        return False
    for left, right in zip(one, other, strict=True):
        units_met(said(left), said(right), budget)
        if not equal(said(left), said(right)):
            return False
    return True


def equal(one: Any, other: Any) -> bool:
    """Whether two answers say the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _same(one, other)
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        coding, text = (one, other) if isinstance(one, Mapping) else (other, one)
        return text in (coding.get("display"), coding.get("code"), coding.get("reference"))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return order(one, other) == 0


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if "value" in one and "value" in other:
        left, right = quantities.amount(one), quantities.amount(other)
        return left is not None and right is not None and quantities.compare(left, right) == 0
    if "reference" in one or "reference" in other:
        return one.get("reference") == other.get("reference")
    if "code" in one and "code" in other:
        systems = [each["system"] for each in (one, other) if each.get("system") is not None]
        return one["code"] == other["code"] and systems[:1] == systems[-1:]
    if "code" in one or "code" in other:
        # An answer that was typed in has a display alone.
        return "display" in one and one.get("display") == other.get("display")
    return one == other


def order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1; None where one cannot be put before the other."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        left, right = quantities.amount(one), quantities.amount(other)
        return None if left is None or right is None else quantities.compare(left, right)
    if isinstance(one, str) and isinstance(other, str):
        left_text, right_text = _comparable(one, other)
        return (left_text > right_text) - (left_text < right_text)
    # A number beside a text is one that was written as text.
    numbers = _number(one), _number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    return None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _comparable(one: str, other: str) -> tuple[str, str]:
    """Moments with offsets on one clock, times with all their parts; other texts as they are."""
    left, right = _moment(one), _moment(other)
    if left is not None and right is not None:
        return left.isoformat(), right.isoformat()
    if one[2:3] == other[2:3] == ":":
        return _with_seconds(one), _with_seconds(other)
    return one, other


def _with_seconds(clock: str) -> str:
    return f"{clock}:00" if len(clock) == len("12:30") else clock


def _moment(text: str) -> datetime | None:
    if "T" not in text or len(text) > LONGEST_MOMENT:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
