"""Reads the text of a form nobody vouches for."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.clinical.errors import FormError
from app.clinical.sdc.exact import MAX_DIGITS, NOT_FINITE, TOO_DEEP, TOO_LARGE
from app.clinical.sentences import N_, Sentence

# The largest published form we know has 1.1 million bytes.
MAX_BYTES = 4_000_000

NOT_UTF8 = N_("This file is not text in UTF-8.")
NOT_JSON = N_("This file is not JSON: line %(line)s.")
NOT_AN_OBJECT = N_("This file holds no questionnaire.")
TWICE = N_("This file says “%(key)s” twice in one place, so we cannot know which is meant.")
NUMBER = N_("This file holds a number with too many digits.")


def read(source: str | bytes) -> dict[str, Any]:
    """The JSON object in `source`; `FormError` where it is hostile or broken.

    At most 4,000,000 bytes of UTF-8; no name twice in one object, no NaN or Infinity, no
    bottomless nesting. Numbers with a point come back as exact decimals.
    """
    if len(source) > MAX_BYTES:
        raise _refused(TOO_LARGE)
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        found = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise _refused(NOT_UTF8) from error
    except json.JSONDecodeError as error:
        raise _refused(NOT_JSON, line=error.lineno) from error
    except RecursionError as error:
        raise _refused(TOO_DEEP) from error
    if not isinstance(found, dict):
        raise _refused(NOT_AN_OBJECT)
    return found


def _refused(text: str, **values: str | int) -> FormError:
    return FormError([("", str(Sentence(text, values)))])


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _refused(NUMBER)
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        again = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() returns None, which is the point
        raise _refused(TWICE, key=again)
    return found


def _refuse_constant(_name: str) -> Callable[[], None]:
    raise _refused(NOT_FINITE)
