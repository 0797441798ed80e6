"""From posted text to answers, and from answers to what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.clinical import measures, numbers, units
from app.clinical.errors import ClinicalInputError, UnreadableNumber
from app.clinical.questionnaires.item import ANSWER_KEYS, Answer, Item, Limit, value_of
from app.clinical.sentences import N_, Sentence, Value

PLEASE_ANSWER = N_("Please answer this question.")
PLEASE_CHOOSE = N_("Please choose one of the answers.")
PLEASE_NUMBER = N_("Please enter a number.")
CHOOSE_UNIT = N_("Please choose the unit.")
BETWEEN = N_("Please check this number: it should be between %(low)s and %(high)s.")
BETWEEN_UNIT = N_("Please check this number: it should be between %(low)s and %(high)s %(unit)s.")
AT_LEAST = N_("Please check this number: it should be %(low)s or more.")
AT_MOST = N_("Please check this number: it should be %(high)s or less.")
TOO_LONG = N_("Please write no more than %(most)s characters. You wrote %(count)s.")
CANNOT_USE = N_("We could not use this answer. Please answer again.")

YES, NO = frozenset({"true", "yes"}), frozenset({"false", "no"})


def read(item: Item, posted: Mapping[str, str]) -> Answer | Sentence | None:
    """One answer from posted fields: the answer, what is wrong, or `None` when left open."""
    text = posted.get(item.link_id, "").strip()
    if not text:
        return None
    match item.type:
        case "choice":
            option = item.option(text)
            return {"valueCoding": option.coding} if option else Sentence(PLEASE_CHOOSE)
        case "boolean":
            if text not in YES | NO:
                return Sentence(PLEASE_CHOOSE)
            return {"valueBoolean": text in YES}
        case "integer" | "decimal" | "quantity":
            return _number(item, text, posted.get(item.unit_field, ""))
        case _:
            return {"valueString": text}


def _number(item: Item, text: str, unit: str) -> Answer | Sentence:
    decimals = 0 if item.type == "integer" else item.decimals
    if (slip := _slip(item, text, unit)) is not None:
        return slip
    try:
        value = numbers.read(text, decimals=decimals, field=item.link_id).value
    except UnreadableNumber as refusal:
        return refusal.sentence
    plain = int(value) if value == value.to_integral_value() else float(value)
    if item.type != "quantity":
        return {ANSWER_KEYS[item.type]: plain}
    for option in item.units:
        if option.code == unit or (not unit and len(item.units) == 1):
            return {"valueQuantity": quantity(plain, option.code, option.label)}
    return Sentence(CHOOSE_UNIT)


def _slip(item: Item, text: str, unit: str) -> Sentence | None:
    """What was likelier meant by a measurement that nobody can have: 170 cm for 1.70 cm."""
    try:
        row = measures.by_loinc(str(item.codes[0].get("code")) if item.codes else "")
        value = numbers.read(text, decimals=measures.MOST_DECIMALS).value
        if row.components[0].hard.holds(row.to_canonical(value, unit)):
            return None
        asked = measures.suspect(row, value, unit)
    except (KeyError, ClinicalInputError):
        return None
    # There is no field for feet: whoever wrote 5.9 is told what the number may be.
    likely = bool(asked) and asked[0].suggestion is not None and asked[0].kind != "feet"
    return asked[0].sentence if likely else None


def quantity(value: float, code: str, label: str) -> dict[str, Any]:
    """A FHIR Quantity under a UCUM code."""
    return {
        "value": value,
        "unit": label,
        "system": "http://unitsofmeasure.org",
        "code": code,
    }


def problem(item: Item, answer: Answer | None) -> Sentence | None:
    """What is wrong with the answer to one item that is shown; `None` when nothing is."""
    value = value_of(answer)
    if value is None or value == "":
        return _open(item)
    if answer is None or ANSWER_KEYS[item.type] not in answer or not _fits(item, value):
        return Sentence(CANNOT_USE)
    check = _CHECKS.get(item.type)
    return check(item, value) if check else None


def _open(item: Item) -> Sentence | None:
    if not item.required:
        return None
    chosen = item.type in {"choice", "boolean"}
    return Sentence(PLEASE_CHOOSE if chosen else PLEASE_ANSWER)


def _fits(item: Item, value: Any) -> bool:
    match item.type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "decimal":
            return _is_number(value)
        case "quantity":
            return isinstance(value, Mapping) and _is_number(value.get("value"))
        case "choice":
            return isinstance(value, Mapping)
        case _:
            return isinstance(value, str)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return Decimal(str(value)).is_finite()


def _known_option(item: Item, value: Mapping[str, Any]) -> Sentence | None:
    known = item.option(str(value.get("code")), value.get("system"))
    return None if known else Sentence(PLEASE_CHOOSE)


def _number_range(item: Item, value: float) -> Sentence | None:
    return _range(item, Decimal(str(value)), None)


def _length(item: Item, value: str) -> Sentence | None:
    if item.max_length is None or len(value) <= item.max_length:
        return None
    return Sentence(TOO_LONG, {"most": item.max_length, "count": len(value)})


def _quantity_range(item: Item, value: Mapping[str, Any]) -> Sentence | None:
    unit = str(value.get("code", ""))
    labels = {option.code: option.label for option in item.units}
    if unit not in labels:
        return Sentence(CHOOSE_UNIT)
    return _range(item, Decimal(str(value["value"])), unit, labels[unit])


def _range(
    item: Item, value: Decimal, unit: str | None, label: str | None = None
) -> Sentence | None:
    low, high = _end(item.minimum, unit), _end(item.maximum, unit)
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    said: dict[str, Value] = {}
    if low is not None:
        said["low"] = _spoken(low)
    if high is not None:
        said["high"] = _spoken(high)
    if low is not None and high is not None:
        return Sentence(BETWEEN_UNIT, {**said, "unit": label}) if label else Sentence(BETWEEN, said)
    return Sentence(AT_LEAST if high is None else AT_MOST, said)


def _end(limit: Limit | None, unit: str | None) -> Decimal | None:
    if limit is None:
        return None
    if unit is None or limit.unit is None:
        return limit.value
    try:
        return units.convert(limit.value, limit.unit, unit)
    except ClinicalInputError:
        return None


def _spoken(value: Decimal) -> Decimal:
    return round(value, 1) if value != value.to_integral_value() else value


_CHECKS: Mapping[str, Callable[[Item, Any], Sentence | None]] = {
    "choice": _known_option,
    "integer": _number_range,
    "decimal": _number_range,
    "quantity": _quantity_range,
    "string": _length,
    "text": _length,
}
