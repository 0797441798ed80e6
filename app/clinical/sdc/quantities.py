"""Amounts with units, compared as UCUM does: 1 g is 1000 mg."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any, NamedTuple

from app.clinical.errors import ClinicalInputError
from app.clinical.sdc import moments
from app.clinical.sdc.evaluation import Budget, EvaluationFailed, data_of, nodes
from app.clinical.sdc.item import Json

UCUM = "http://unitsofmeasure.org"
# A factor has 28 digits at most: equal to 12 digits is equal.
TOLERANCE = Decimal("1e-12")
LONGEST_UNITS = 100
# To read a unit takes a thousandth of a second or two; no form or answer needs more of them.
MAX_UNITS = 200
# What two units not yet met together cost of a call's budget.
UNIT_STEPS = 1_000
# Calendar words of FHIRPath and their UCUM codes.
CALENDAR = {
    "year": "a", "month": "mo", "week": "wk", "day": "d",
    "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
}  # fmt: skip


class Amount(NamedTuple):
    """A number of some unit; no unit is the empty text."""

    value: Decimal
    unit: str


def amount(value: Any) -> Amount | None:
    """The amount in a FHIR Quantity or a FHIRPath literal; None for anything else."""
    found = data_of(value)
    if isinstance(found, nodes().FP_Quantity):
        unit = str(found.unit or "").strip("'")
        return Amount(Decimal(str(found.value)), CALENDAR.get(unit.removesuffix("s"), unit))
    if isinstance(found, Mapping) and "value" in found and "resourceType" not in found:
        number = found["value"]
        if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
            return None
        return Amount(Decimal(str(number)), unit_of(found))
    return None


def unit_of(quantity: Mapping[str, Any]) -> str:
    """The code of a quantity's unit, or how it is written."""
    return str(quantity.get("code") or quantity.get("unit") or "")


def units_in(source: Any) -> Iterator[str]:
    """The units of all quantities in a form or in answers."""
    waiting = [source]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            if "value" in each and ("code" in each or "unit" in each):
                yield unit_of(each)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def pay(budget: Budget, unit: str, wanted: str) -> None:
    """Spend what it costs to compare two units; `OutOfBudget` where that is too much."""
    if unit != wanted:
        budget.meet(unit, wanted, UNIT_STEPS)


@lru_cache(maxsize=1024)
def factor(unit: str, wanted: str) -> Decimal | None:
    """How many `wanted` one `unit` is; None where they measure different things."""
    if unit == wanted or {unit, wanted} <= {"", "1"}:
        return Decimal(1)
    if not unit or not wanted or len(unit) + len(wanted) > LONGEST_UNITS:
        return None
    from app.clinical.units import convert  # loads the table of units when one is needed

    try:
        # Where nought is not nought, as from Celsius to kelvin, there is no factor.
        if convert(Decimal(0), unit, wanted) != 0:
            return None
        return convert(Decimal(1), unit, wanted)
    except ClinicalInputError:
        return None


def compare(one: Amount, other: Amount) -> int | None:
    """-1, 0 or 1; None where the two cannot be compared."""
    times = factor(one.unit, other.unit)
    if times is None:
        return None
    left, right = one.value * times, other.value
    if abs(left - right) <= TOLERANCE * max(abs(left), abs(right)):
        return 0
    return -1 if left < right else 1


_VERDICTS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def aware(sign: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """The library's operator, with ours in its place where both sides are amounts."""

    def run(ctx: Any, left: Any, right: Any) -> Any:
        one, other = _single(left), _single(right)
        if one is None and other is not None and sign in {"+", "-"} and len(left) == 1:
            by = other.value if sign == "+" else -other.value
            later = moments.moved(left[0], by, other.unit)
            if later is not None:
                return later
        if one is None or other is None:
            return _plainly(sign, plain, ctx, left, right)
        pay(ctx.budget, one.unit, other.unit)
        if sign in _VERDICTS:
            order = compare(one, other)
            return [] if order is None else _VERDICTS[sign](order)
        return _added(one, other if sign == "+" else Amount(-other.value, other.unit))

    return run


def _plainly(sign: str, plain: Callable[..., Any], ctx: Any, left: Any, right: Any) -> Any:
    if sign in {"=", "!="} and len(left) == len(right) > 1:
        same = [data_of(each) for each in left] == [data_of(each) for each in right]
        return same if sign == "=" else not same
    if sign in {"=", "!="} and all(_is_mapping(side) for side in (left, right)):
        # The library reads each as an amount, and stumbles over codes without system.
        return (data_of(left[0]) == data_of(right[0])) is (sign == "=")
    if sign in {"+", "-"}:
        # The library looks for a unit in everything, and stumbles over codes without system.
        left, right = ([_unwrapped(each) for each in side] for side in (left, right))
    return plain(ctx, left, right)


def _is_mapping(side: Any) -> bool:
    return len(side) == 1 and isinstance(data_of(side[0]), Mapping)


def _unwrapped(value: Any) -> Any:
    found = data_of(value)
    return found if isinstance(found, str | int | Decimal) else value


def _single(side: Any) -> Amount | None:
    return amount(side[0]) if isinstance(side, list) and len(side) == 1 else None


def _added(one: Amount, other: Amount) -> Any:
    times = factor(other.unit, one.unit)
    if times is None:
        raise EvaluationFailed("units")
    try:
        return nodes().FP_Quantity(one.value + other.value * times, f"'{one.unit}'")
    except DecimalException as error:
        raise EvaluationFailed("error") from error


def as_json(value: Amount) -> Json:
    """A FHIR Quantity."""
    made: Json = {"value": value.value}
    if value.unit:
        made |= {"unit": value.unit, "system": UCUM, "code": value.unit}
    return made
