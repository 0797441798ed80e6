"""Reads the answers a form gives beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.clinical.sdc import limits, sayings
from app.clinical.sdc.coercing import MAX_REPEATS
from app.clinical.sdc.conditions import meant
from app.clinical.sdc.item import VALUE_KEYS, Json, answer_value

Note = Callable[..., None]


def read(source: Json, link: str, kind: str, note: Note) -> tuple[Json, ...]:
    """The answers given beforehand that are of the kind the item takes."""
    found = [value for value in _values(source, link, kind, note) if _fits(value, link, kind, note)]
    if len(found) > 1 and not source.get("repeats"):
        note(link, sayings.INITIAL_MANY, "warning")
    return tuple(found)


def _values(source: Json, link: str, kind: str, note: Note) -> Iterator[Json]:
    listed = source.get("initial")
    if isinstance(listed, dict):
        listed = [listed]
    if isinstance(listed, list) and len(listed) > MAX_REPEATS:
        note(link, sayings.INITIAL_MOST, "warning", most=MAX_REPEATS)
    for each in listed[:MAX_REPEATS] if isinstance(listed, list) else ():
        value = answer_value(each) if isinstance(each, dict) else None
        if value is None or kind not in VALUE_KEYS:
            note(link, sayings.INITIAL_UNUSED, "warning")
        elif not _unit_alone(value):
            yield _meant(value, link, note)
    for key, stated in source.items():  # STU3 wrote initialString, initialBoolean, …
        if key.startswith("initial") and key != "initial" and kind in VALUE_KEYS:
            note(link, sayings.INITIAL_STU3, "warning")
            yield _meant({f"value{key.removeprefix('initial')}": stated}, link, note)


def _unit_alone(value: Json) -> bool:
    """A quantity without a number proposes a unit; it is no answer yet."""
    quantity = value.get("valueQuantity")
    return isinstance(quantity, dict) and quantity.get("value") is None and len(quantity) > 0


def _meant(value: Json, link: str, note: Note) -> Json:
    ((key, stated),) = value.items()
    read_as = meant(key, stated)
    if read_as is not stated:
        note(link, sayings.INITIAL_TEXT, "warning")
    return {key: read_as}


def _fits(value: Json, link: str, kind: str, note: Note) -> bool:
    ((key, stated),) = value.items()
    fits: bool = key in VALUE_KEYS[kind] and limits.of_type(key, stated)
    if not fits:
        note(link, sayings.INITIAL_KIND, "warning")
    return fits
