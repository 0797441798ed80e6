"""FHIRPath functions on text, bounded in what they read and in what they write."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.clinical.sdc import patterns
from app.clinical.sdc.evaluation import EvaluationFailed, OutOfBudget, data_of
from app.clinical.sdc.item import Json

MAX_TEXT = 100_000


def functions() -> Json:
    """The rows of the library's table that are ours."""
    text = ["String"]
    return {
        "toString": {"fn": _to_string},
        "matches": {"fn": _matches, "arity": {1: text}, "nullable_input": True},
        "matchesFull": {"fn": _matches_full, "arity": {1: text}, "nullable_input": True},
        "replaceMatches": {
            "fn": _replace_matches,
            "arity": {2: ["String", "String"]},
            "nullable_input": True,
        },
        "replace": {"fn": _replace, "arity": {2: ["String", "String"]}, "nullable_input": True},
        "join": {"fn": _join, "arity": {0: [], 1: text}},
    }


def _text(found: Any) -> str:
    text = data_of(found[0]) if len(found) == 1 else None
    if not isinstance(text, str):
        raise EvaluationFailed("error")
    if len(text) > MAX_TEXT:
        raise OutOfBudget
    return text


def spelt(value: Any) -> str:
    """A value as FHIRPath writes it."""
    found = data_of(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))  # what a division of whole numbers leaves
    if isinstance(found, float | Decimal):
        return format(Decimal(str(found)), "f")
    return str(found)


def _to_string(_ctx: Any, found: Any) -> Any:
    if len(found) != 1 or isinstance(data_of(found[0]), Mapping):
        return []
    return spelt(found[0])


def _matches(ctx: Any, found: Any, pattern: Any) -> Any:
    if pattern == []:
        return []
    return patterns.found_in(ctx.budget, pattern, _text(found))


def _matches_full(ctx: Any, found: Any, pattern: Any) -> Any:
    if pattern == []:
        return []
    return patterns.fits(ctx.budget, pattern, _text(found))


def _replace_matches(ctx: Any, found: Any, pattern: Any, put: Any) -> Any:
    if [] in (pattern, put):
        return []
    return patterns.replaced(ctx.budget, pattern, put, _text(found))


def _replace(_ctx: Any, found: Any, old: Any, put: Any) -> Any:
    if [] in (old, put):
        return []
    text = _text(found)
    if text.count(old) * len(put) > MAX_TEXT:
        raise OutOfBudget
    return text.replace(old, put)


def _join(ctx: Any, found: Any, between: Any = "") -> Any:
    parts = [_text([each]) for each in found]
    ctx.budget.spend(sum(map(len, parts)) // 100)
    if sum(map(len, parts)) + len(parts) * len(between or "") > MAX_TEXT:
        raise OutOfBudget
    return (between or "").join(parts) if parts else []
