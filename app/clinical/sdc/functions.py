"""FHIRPath functions the library lacks, gets wrong, or would do without end.

Sources: FHIRPath 2.0.0 (https://hl7.org/fhirpath/N1/), and for answers(), ordinal() and
weight() SDC 4.0.0, https://build.fhir.org/ig/HL7/sdc/expressions.html#fhirpath-supplements.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from typing import Any

from app.clinical.sdc import patterns, quantities
from app.clinical.sdc.evaluation import EvaluationFailed, OutOfBudget, data_of, node, nodes
from app.clinical.sdc.item import Json

MAX_TEXT = 100_000
# FHIR bounds a decimal to 18 digits (R4 datatypes); squares of squares stop here.
MAX_NUMBER = Decimal(10) ** 40
MAX_EXPONENT = 400
MAX_DECIMALS = 28
ITEM = "QuestionnaireResponse.item"
# Functions that compare each element with each.
PAIRWISE = frozenset({"exclude", "intersect", "subsetOf", "supersetOf", "inOp", "containsOp"})
# Functions that visit all there is.
DEEP = frozenset({"children", "descendants"})
MANY = 4


def build() -> Json:
    """The library's table with every entry metered and ours in their places."""
    base = import_module("fhirpathpy.engine.invocations").invocation_registry
    merged = dict(base) | _ours(base)
    return {name: entry | {"fn": _metered(name, entry["fn"])} for name, entry in merged.items()}


def _ours(base: Json) -> Json:
    number, text = ["Number"], ["String"]
    made: Json = {
        "power": {"fn": _power, "arity": {1: number}},
        "round": {"fn": _round, "arity": {0: [], 1: number}},
        "*": {"fn": _times, "arity": {2: ["Number", "Number"]}, "nullable": True},
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
        "trace": {
            "fn": lambda _ctx, found, *_rest: found,
            "arity": {0: [], 1: text, 2: ["String", "Expr"]},
        },
        "now": {"fn": lambda ctx, _found: ctx.bench.now().isoformat()},
        "today": {"fn": lambda ctx, _found: ctx.bench.now().date().isoformat()},
        "timeOfDay": {"fn": lambda ctx, _found: ctx.bench.now().time().isoformat()},
        "where": {"fn": _where, "arity": {1: ["Expr"]}},
        "repeat": {"fn": _repeat, "arity": {1: ["Expr"]}},
        "answers": {"fn": _answers},
        "ordinal": {"fn": _weights},
        "weight": {"fn": _weights},
        "sum": {"fn": _total},
        "avg": {"fn": _average},
        "min": {"fn": lambda _ctx, found: min(map(_plain, found)) if found else []},
        "max": {"fn": lambda _ctx, found: max(map(_plain, found)) if found else []},
    }
    for name in ("ln", "log", "sqrt", "exp"):
        made[name] = base[name] | {"fn": _real(base[name]["fn"])}
    for name in ("=", "!=", "<", ">", "<=", ">=", "+", "-"):
        made[name] = base[name] | {"fn": quantities.aware(name, base[name]["fn"])}
    return made


def _metered(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(ctx: Any, *given: Any) -> Any:
        sizes = [_size(each) for each in given]
        ctx.budget.spend(1 + sum(sizes))
        if name in PAIRWISE and len(given) > 1:
            ctx.budget.spend(len(_listed(given[0])) * len(_listed(given[1])) // 8)
        found = function(ctx, *given)
        ctx.budget.spend(_size(found) * (MANY if name in DEEP else 1))
        return found

    run.__name__ = name
    return run


def _size(value: Any) -> int:
    if isinstance(value, list):
        return len(value) // 4
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise OutOfBudget
        return len(value) // 100
    return 0


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: Any) -> Any:
    found = data_of(value)
    return Decimal(str(found)) if isinstance(found, float) else found


def _number(value: Any) -> Decimal:
    found = _plain(value[0] if isinstance(value, list) and len(value) == 1 else value)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise EvaluationFailed("error")
    return _bounded(Decimal(found))


def _bounded(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) > MAX_NUMBER:
        raise EvaluationFailed("error")
    return number


def _text(found: Any) -> str:
    text = data_of(found[0]) if len(found) == 1 else None
    if not isinstance(text, str):
        raise EvaluationFailed("error")
    if len(text) > MAX_TEXT:
        raise OutOfBudget
    return text


def _power(_ctx: Any, found: Any, exponent: Any) -> Any:
    if not found or exponent == []:
        return []
    base, power = _number(found), _number(exponent)
    if abs(power) > MAX_EXPONENT:
        raise EvaluationFailed("error")
    if (base < 0 and power != power.to_integral_value()) or (base == 0 and power < 0):
        return []  # FHIRPath: what cannot be represented is empty.
    return _bounded(base**power) if base or power else Decimal(1)


def _round(_ctx: Any, found: Any, places: Any = 0) -> Any:
    if not found:
        return []
    wanted = 0 if places == [] else int(places)
    if not 0 <= wanted <= MAX_DECIMALS:
        raise EvaluationFailed("error")
    step = Decimal(1).scaleb(-wanted)
    number = _number(found)
    if number < 0:
        # A half goes up, towards zero, as the reference implementation does it.
        low = (number / step).to_integral_value("ROUND_FLOOR")
        up = number / step - low >= Decimal("0.5")
        return (low + up) * step
    return number.quantize(step, ROUND_HALF_UP)


def _times(_ctx: Any, one: Any, other: Any) -> Any:
    return _bounded(Decimal(one) * Decimal(other))


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """ln(0), sqrt(-1) and their like are empty, not an error."""

    def run(ctx: Any, found: Any, *rest: Any) -> Any:
        if not found:
            return []
        number = _number(found)
        if function.__name__ in {"ln", "log"} and number <= 0:
            return []
        made = function(ctx, number, *rest)
        return _bounded(made) if isinstance(made, Decimal) else made

    return run


def spelt(value: Any) -> str:
    """A value as FHIRPath writes it."""
    found = data_of(value)
    if isinstance(found, bool):
        return "true" if found else "false"
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


def _where(ctx: Any, found: Any, expression: Callable[[Any], Any]) -> Any:
    kept = []
    for index, each in enumerate(_listed(found)):
        ctx["$index"] = index
        truth = expression(each)
        if truth and data_of(truth[0]) is True:
            kept.append(each)
    return kept


def _repeat(ctx: Any, found: Any, expression: Callable[[Any], Any]) -> Any:
    seen: set[str] = set()
    kept: list[Any] = []
    waiting = deque(_listed(found))
    while waiting:
        for each in expression(waiting.popleft()):
            key = json.dumps(data_of(each), sort_keys=True, default=str)
            ctx.budget.spend(1 + len(key) // 2_000)
            if key not in seen:
                seen.add(key)
                kept.append(each)
                waiting.append(each)
    return kept


def _answers(ctx: Any, found: Any) -> Any:
    kept: list[Any] = []
    for each in found:
        data = data_of(each)
        if isinstance(data, Mapping):
            _gather(ctx, data, kept)
    return kept


def _gather(ctx: Any, part: Mapping[str, Any], kept: list[Any]) -> None:
    ctx.budget.spend(1)
    for answer in part.get("answer", ()):
        kept.append(node(answer, f"{ITEM}.answer"))
        _gather(ctx, answer, kept)
    for item in part.get("item", ()):
        _gather(ctx, item, kept)


def _weights(ctx: Any, found: Any) -> Any:
    weights = (ctx.bench.weight_of(data_of(each)) for each in found)
    return [weight for weight in weights if weight is not None]


def _total(_ctx: Any, found: Any) -> Any:
    kinds = nodes()
    if any(isinstance(_plain(each), str | Mapping | kinds.FP_Type) for each in found):
        raise EvaluationFailed("error")
    return sum((_number(each) for each in found), Decimal(0))


def _average(ctx: Any, found: Any) -> Any:
    return _total(ctx, found) / len(found) if found else []
