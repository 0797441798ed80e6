"""The limits one answer must keep: its type, its length, its size, its pattern, its unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.clinical.sdc import comparing, patterns, quantities, sayings
from app.clinical.sdc.evaluation import Budget, EvaluationFailed, data_of
from app.clinical.sdc.item import Item

Broken = tuple[str, dict[str, Any], str]

_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
# FHIR R4, datatypes; a dateTime without seconds or zone is common and is understood.
SHAPES = {
    "valueDate": re.compile(_DATE, re.ASCII),
    "valueTime": re.compile(rf"{_CLOCK}|([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII),
    "valueDateTime": re.compile(
        rf"{_DATE}(T({_CLOCK}|([01][0-9]|2[0-3]):[0-5][0-9])({_ZONE})?)?", re.ASCII
    ),
    "valueUri": re.compile(r"\S{1,2000}"),
}
LONGEST_SHAPED = 2_000
DAY = len("2026-11-22")
# FHIR integers have 32 bits.
LARGEST_INTEGER = 2**31


def of_type(key: str, value: Any) -> bool:
    """Whether a value is what its key says."""
    return _TYPES[key](value) if key in _TYPES else isinstance(value, str) and _shaped(key, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and -LARGEST_INTEGER <= value < LARGEST_INTEGER


def _is_coding(value: Any) -> bool:
    parts = ("code", "display")
    return isinstance(value, Mapping) and any(isinstance(value.get(part), str) for part in parts)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "valueBoolean": lambda value: isinstance(value, bool),
    "valueInteger": _is_whole,
    "valueDecimal": _is_number,
    "valueString": lambda value: isinstance(value, str) and bool(value.strip()),
    "valueCoding": _is_coding,
    "valueQuantity": lambda value: isinstance(value, Mapping) and _is_number(value.get("value")),
    "valueReference": lambda value: isinstance(value, Mapping) and bool(value),
    "valueAttachment": lambda value: isinstance(value, Mapping) and bool(value),
}


def _shaped(key: str, value: str) -> bool:
    if len(value) > LONGEST_SHAPED or not SHAPES[key].fullmatch(value):
        return False
    if key in {"valueDate", "valueDateTime"} and len(value) >= DAY:
        try:
            date.fromisoformat(value[:DAY])
        except ValueError:
            return False
    return True


def broken(
    item: Item, value: Any, budget: Budget, worked_out: Mapping[str, Any]
) -> Iterator[Broken]:
    """The limits of an item that an answer does not keep, those that are worked out among them."""
    if isinstance(value, str):
        yield from _text(item, value, budget)
    try:
        yield from _range({**item.limits, **worked_out}, value, budget)
        if isinstance(value, Mapping) and "value" in value:
            yield from _unit(item, value, budget)
    except EvaluationFailed:
        yield sayings.UNITS_UNCHECKED, {}, "warning"
    yield from _file(item, value)
    yield from _digits(item, value)


def _digits(item: Item, value: Any) -> Iterator[Broken]:
    most, longest = item.limits.get("maxDecimalPlaces"), item.limits.get("maxLength")
    # FHIR R4 (que-10) lets numbers be limited in length too.
    if (
        longest is not None
        and _is_number(value)
        and len(format(value, "f" if isinstance(value, Decimal) else "d")) > longest
    ):
        yield sayings.TOO_MANY_SIGNS, {"most": longest}, "error"
    if most is not None and isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > most:
            yield sayings.TOO_PRECISE, {"most": most}, "error"


def worked_out(found: list[Any]) -> Any:
    """A limit as an expression gives it; None where it gives none."""
    if not found:
        return None
    amount = quantities.amount(found[0])
    return data_of(found[0]) if amount is None else quantities.as_json(amount)


def _file(item: Item, value: Any) -> Iterator[Broken]:
    if item.type != "attachment" or not isinstance(value, Mapping):
        return
    kinds, most = item.limits.get("mimeType", ()), item.limits.get("maxSize")
    kind, size = value.get("contentType"), value.get("size")
    if kinds and isinstance(kind, str) and kind.partition(";")[0].strip().lower() not in kinds:
        yield sayings.WRONG_FILE, {"kinds": ", ".join(kinds)[:200]}, "error"
    if most is not None and _is_number(size) and size > most:
        yield sayings.FILE_TOO_LARGE, {}, "error"


def _text(item: Item, value: str, budget: Budget) -> Iterator[Broken]:
    most, least = item.limits.get("maxLength"), item.limits.get("minLength")
    if most is not None and len(value) > most:
        yield sayings.TOO_LONG, {"most": most}, "error"
    if least is not None and len(value) < least:
        yield sayings.TOO_SHORT, {"least": least}, "error"
    pattern = item.limits.get("regex")
    if pattern is None or (most is not None and len(value) > most):
        return
    try:
        budget.begin()
        if not patterns.fits(budget, pattern, value):
            yield sayings.NOT_LIKE_PATTERN, {}, "error"
    except EvaluationFailed:
        yield sayings.PATTERN_UNUSABLE, {}, "warning"


def _range(stated: Mapping[str, Any], value: Any, budget: Budget) -> Iterator[Broken]:
    for name, text, word, wrong in (
        ("minValue", sayings.TOO_SMALL, "least", -1),
        ("maxValue", sayings.TOO_BIG, "most", 1),
    ):
        limit = stated.get(name)
        if limit is None or isinstance(value, bool):
            continue
        comparing.units_met(value, limit, budget)
        order = _against(value, limit)
        if order == wrong:
            yield text, {word: _shown(limit)}, "error"
        elif order is None and isinstance(value, Mapping):
            yield sayings.UNIT_UNLIKE, {}, "warning"


def _against(value: Any, limit: Any) -> int | None:
    if isinstance(value, Mapping) and not isinstance(limit, Mapping) and "value" in value:
        return comparing.order(value["value"], limit)
    if isinstance(limit, Mapping) and not isinstance(value, Mapping):
        return comparing.order(value, limit.get("value"))
    return comparing.order(value, limit)


def _shown(limit: Any) -> Any:
    if isinstance(limit, Mapping):
        return f"{limit.get('value')} {limit.get('unit') or limit.get('code') or ''}".strip()
    return limit if isinstance(limit, str | int | Decimal) else str(limit)


def _unit(item: Item, value: Mapping[str, Any], budget: Budget) -> Iterator[Broken]:
    listed = item.units or ((item.unit,) if item.unit else ())
    if not listed or (item.units and item.unit_open):
        return
    # A unit that is not among those asked for is not read as one of them, however like it is.
    given = [value[part] for part in ("code", "unit") if value.get(part)]
    if not given and not item.units:
        return  # A number alone is of the unit the question asks in.
    known = [unit.get(part) for unit in listed for part in ("code", "display")]
    if any(each in known for each in given[:1]) or (given and _same_unit(value, listed, budget)):
        return
    asked = ", ".join(str(unit.get("display") or unit.get("code") or "") for unit in listed)
    yield sayings.NOT_A_UNIT, {"units": asked[:200]}, "error"


def _same_unit(value: Mapping[str, Any], listed: Any, budget: Budget) -> bool:
    """Whether a unit is one of those asked for, written in another way."""
    unit = quantities.unit_of(value)
    for code in (str(each.get("code") or "") for each in listed):
        quantities.pay(budget, unit, code)
        if quantities.factor(unit, code) == 1:
            return True
    return False
