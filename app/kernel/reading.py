"""Reading JSON that comes from outside: one meaning, bounded, or not at all."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

LONGEST = 256 * 1024
DEEPEST = 32


class BadJson(ValueError):
    """Not JSON as RFC 8259 and this portal mean it."""


def loads(text: str | bytes, *, longest: int = LONGEST, **_options: Any) -> Any:
    """The value of a JSON text of at most `longest` bytes; raises BadJson.

    Refused besides: numbers that are none or are endless, an object with one key twice (two readers
    could see two different things), more than 32 levels, text that is no Unicode, an unknown
    encoding. Other options of Python's own reader are taken and not heeded.
    """
    written = text if isinstance(text, str) else _decoded(text)
    if len(written) > longest or (not written.isascii() and _size(written) > longest):
        raise BadJson("too long")
    try:
        found = json.loads(
            written, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise BadJson("not JSON") from error
    _look_through(found)
    return found


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadJson("not UTF-8") from error


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise BadJson("not Unicode") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("a key is there twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise BadJson(f"{word} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise BadJson("a number without an end")
    return number


def _look_through(found: Any) -> None:
    """Find lone surrogates, and what is nested too deeply, without recursing oneself."""
    waiting = [(found, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _size(value)
        elif isinstance(value, (dict, list)):
            if depth > DEEPEST:
                raise BadJson("nested too deeply")
            inner = [*value, *value.values()] if isinstance(value, dict) else value
            waiting += [(one, depth + 1) for one in inner]
