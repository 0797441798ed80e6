"""Reading a request's body: one flat JSON object of declared fields, and nothing besides."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field, fields
from typing import Any, NoReturn, TypeVar, get_type_hints

ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
LONGEST_TEXT = 40_000  # An answer with every codec of a browser in it is about 8,000 long.
Shape = TypeVar("Shape")


class BadBody(ValueError):
    """The body is not what this address takes; the message says so in a sentence."""


def read(shape: type[Shape], body: bytes) -> Shape:
    """Build the dataclass `shape`, whose fields are str or bool, from JSON text in UTF-8.

    Raises BadBody for anything else: unknown, missing or doubled keys, other types, numbers,
    nested values, text that is no Unicode. `metadata={"id": True}` asks a field for a short name,
    `metadata={"hex": n}` for n bytes in hex.
    """
    given = _object(body)
    declared: tuple[Field[Any], ...] = fields(shape)  # type: ignore[arg-type]  # a dataclass
    if given.keys() - {field.name for field in declared}:
        raise BadBody("The request has a field that is not known here.")
    hints = get_type_hints(shape)
    values = {}
    for field in declared:
        if field.name in given:
            values[field.name] = _value(field, hints[field.name], given[field.name])
        elif field.default is MISSING:
            raise BadBody(f"The request lacks its field {field.name}.")
    return shape(**values)


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_no_number,
            parse_int=_no_number,
        )
    except (ValueError, RecursionError):
        raise BadBody("The request is not the JSON that is expected here.") from None
    if not isinstance(found, dict):
        raise BadBody("The request is not a JSON object.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(_digits: str) -> NoReturn:
    raise ValueError("no field is a number")


def _value(field: Field[Any], hint: object, value: object) -> object:
    if hint is bool and isinstance(value, bool):
        return value
    if hint is not str or not isinstance(value, str):
        raise BadBody(f"The field {field.name} has the wrong type.")
    if len(value) > LONGEST_TEXT or "\0" in value or not _is_unicode(value):
        raise BadBody(f"The field {field.name} is too long or is no text.")
    if field.metadata.get("id") and ID.fullmatch(value) is None:
        raise BadBody(f"The field {field.name} is not a name of 64 letters at most.")
    if "hex" in field.metadata and not _is_hex(value, field.metadata["hex"]):
        raise BadBody(f"The field {field.name} must be {field.metadata['hex']} bytes in hex.")
    return value


def _is_unicode(text: str) -> bool:
    """JSON can write half a surrogate pair, which no encoder takes later."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_hex(text: str, size: int) -> bool:
    return re.fullmatch(rf"[0-9a-fA-F]{{{2 * size}}}", text, re.ASCII) is not None
