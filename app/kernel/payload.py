"""Reading what a socket sent into a declared shape; anything else is refused."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 2**31 - 1  # What an INTEGER column holds on both engines.
LONGEST_UUID = 40
Shape = TypeVar("Shape")


class BadPayload(ValueError):
    """The data does not have the declared shape."""


@lru_cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    return get_type_hints(shape)


def read(shape: type[Shape], data: object) -> Shape:
    """Build the dataclass `shape` from a mapping of str, int, bool and UUID-as-text values.

    Unknown keys, missing keys, other types, over-long text and lone surrogates raise BadPayload.
    A field's `metadata={"longest": n}` lowers the limit of its text.
    """
    declared: tuple[Field[Any], ...] = fields(shape)  # type: ignore[arg-type]  # a dataclass
    given = {} if data is None else data
    if not isinstance(given, dict) or set(given) - {field.name for field in declared}:
        raise BadPayload("unknown keys")
    hints = _hints(shape)  # type: ignore[arg-type]  # classes hash
    values = {}
    for field in declared:
        if field.name in given:
            values[field.name] = _value(field, hints[field.name], given[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadPayload(f"{field.name} is missing")
    return shape(**values)


def _value(field: Field[Any], hint: Any, value: object) -> object:
    if hint is UUID:
        return _uuid(value)
    if hint in {str, int, bool} and type(value) is hint:
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise BadPayload(f"{field.name} is too large")
        return _text(field, value) if isinstance(value, str) else value
    raise BadPayload(f"{field.name} has the wrong type")


def _text(field: Field[Any], value: str) -> str:
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise BadPayload(f"{field.name} is not text") from error
    if size > field.metadata.get("longest", LONGEST_TEXT) or "\0" in value:
        raise BadPayload(f"{field.name} is too long or holds a null")
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) and len(value) <= LONGEST_UUID else UUID("")
    except ValueError as error:
        raise BadPayload("not an id") from error
