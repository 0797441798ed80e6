"""Turns what an expression gives into answers of the kind a question takes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.clinical.sdc import quantities
from app.clinical.sdc.evaluation import data_of
from app.clinical.sdc.item import Item, Json
from app.clinical.sdc.spelling import spelt

MAX_REPEATS = 500
MAX_TEXT = 20_000
CODING = ("system", "version", "code", "display", "userSelected")
TEXTS = {"string": "valueString", "text": "valueString", "url": "valueUri"}
TIMES = {"date": "valueDate", "dateTime": "valueDateTime", "time": "valueTime"}


def answers(item: Item, found: list[Any]) -> list[Json]:
    """The answers to a question; what is not of its kind is left out."""
    made = [_answer(item, data_of(each)) for each in found[:MAX_REPEATS]]
    kept = [each for each in made if each is not None]
    return kept if item.repeats else kept[:1]


def _answer(item: Item, value: Any) -> Json | None:
    if value is None or (isinstance(value, str | Mapping) and not value):
        return None
    if item.type in TEXTS:
        if isinstance(value, Mapping):
            value = _spoken(value)
        return {TEXTS[item.type]: spelt(value)[:MAX_TEXT]} if value is not None else None
    if item.type in TIMES:
        return _time(item.type, spelt(value)) if not isinstance(value, Mapping) else None
    if item.is_choice:
        return _choice(item, value)
    return _other(item, value)


def _spoken(value: Mapping[str, Any]) -> Any:
    """A code or concept as a person reads it."""
    for key in ("text", "display", "code", "reference", "value"):
        if isinstance(value.get(key), str | int | Decimal):
            return value[key]
    codings = value.get("coding")
    return _spoken(codings[0]) if isinstance(codings, list) and codings else None


def _time(kind: str, text: str) -> Json | None:
    if kind == "date":
        text = text[:10]
    if kind == "time":
        text = text.removeprefix("T").rpartition("T")[2]
    return {TIMES[kind]: text[:40]} if text[:1].isdigit() else None


def _choice(item: Item, value: Any) -> Json | None:
    if isinstance(value, Mapping):
        codings = value.get("coding")
        if isinstance(codings, list) and codings:
            return _choice(item, codings[0])
        coding = {key: value[key] for key in CODING if key in value}
        return {"valueCoding": coding} if coding else None
    if isinstance(value, bool):
        value = spelt(value)
    for option in item.options.like(value):
        ((key, listed),) = option.value.items()
        if listed == value:
            return {key: listed}
    named = item.options.called(value) if isinstance(value, str) else None
    if named is not None:
        listed = named.value.get("valueCoding", {})
        return {"valueCoding": {k: listed[k] for k in CODING if k in listed}}
    if item.type == "open-choice" or item.options:
        return {"valueString": spelt(value)[:MAX_TEXT]}
    return {"valueCoding": {"code": spelt(value)[:MAX_TEXT]}}


def _other(item: Item, value: Any) -> Json | None:
    match item.type:
        case "boolean":
            return {"valueBoolean": value} if isinstance(value, bool) else None
        case "decimal" | "integer":
            return _numeric(item.type, value)
        case "quantity":
            return _quantity(item, value)
        case "reference":
            reference = {"reference": value} if isinstance(value, str) else value
            return {"valueReference": reference} if isinstance(reference, Mapping) else None
        case "attachment":
            return {"valueAttachment": value} if isinstance(value, Mapping) else None
    return None


def _numeric(kind: str, value: Any) -> Json | None:
    amount = quantities.amount(value)
    number = amount.value if amount is not None else value
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        return None
    number = Decimal(str(number))
    if kind == "decimal":
        return {"valueDecimal": number}
    return {"valueInteger": int(number)} if number == number.to_integral_value() else None


def _quantity(item: Item, value: Any) -> Json | None:
    if isinstance(value, Mapping):
        return {"valueQuantity": value} if "value" in value else None
    amount = quantities.amount(value)
    if amount is not None:
        return {"valueQuantity": quantities.as_json(amount)}
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return {"valueQuantity": {"value": Decimal(str(value))} | unit_json(item)}


def unit_json(item: Item) -> Json:
    """The unit a question asks in, as the parts of a Quantity."""
    unit = item.unit or (item.units[0] if len(item.units) == 1 else None)
    if not unit:
        return {}
    made = {"unit": unit.get("display") or unit.get("code")}
    made |= {key: unit[key] for key in ("system", "code") if key in unit}
    return made
