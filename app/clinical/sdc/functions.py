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

from app.clinical.sdc import lookups, quantities, spelling
from app.clinical.sdc.evaluation import EvaluationFailed, OutOfBudget, data_of, node, nodes
from app.clinical.sdc.item import Json

# FHIR bounds a decimal to 18 digits (R4 datatypes); squares of squares stop here.
MAX_NUMBER = Decimal(10) ** 40
MAX_EXPONENT = 400
MAX_DECIMALS = 28
ITEM = "QuestionnaireResponse.item"
# Functions that compare each element with each.
PAIRWISE = frozenset({"exclude", "intersect", "subsetOf", "supersetOf", "inOp", "containsOp"})


def build() -> Json:
    """The library's table with every entry metered and ours in their places."""
    base = import_module("fhirpathpy.engine.invocations").invocation_registry
    merged = dict(base) | _ours(base)
    return {name: entry | {"fn": _metered(name, entry["fn"])} for name, entry in merged.items()}


def _ours(base: Json) -> Json:
    number = ["Number"]
    made: Json = {
        "power": {"fn": _power, "arity": {1: number}},
        "round": {"fn": _round, "arity": {0: [], 1: number}},
        "mod": {"fn": _remainder, "arity": {2: ["Number", "Number"]}, "nullable": True},
        "*": {"fn": _times, "arity": {2: ["Number", "Number"]}, "nullable": True},
        "trace": {
            "fn": lambda _ctx, found, *_rest: found,
            "arity": {0: [], 1: ["String"], 2: ["String", "Expr"]},
        },
        "now": {"fn": lambda ctx, _found: ctx.bench.now().isoformat()},
        "today": {"fn": lambda ctx, _found: ctx.bench.now().date().isoformat()},
        "timeOfDay": {"fn": lambda ctx, _found: ctx.bench.now().time().isoformat()},
        "where": {"fn": _where, "arity": {1: ["Expr"]}},
        "|": {"fn": _union, "arity": {2: ["Any", "Any"]}},
        "exists": {"fn": _exists, "arity": {0: [], 1: ["Expr"]}},
        "repeat": {"fn": _repeat, "arity": {1: ["Expr"]}},
        "children": {"fn": _children},
        "descendants": {"fn": _descendants},
        "answers": {"fn": _answers},
        "ordinal": {"fn": _weights},
        "weight": {"fn": _weights},
        "sum": {"fn": _total},
        "avg": {"fn": _average},
        "min": {"fn": lambda _ctx, found: min(map(_plain, found)) if found else []},
        "max": {"fn": lambda _ctx, found: max(map(_plain, found)) if found else []},
    }
    for name in ("and", "or", "xor", "implies"):
        made[name] = {"fn": _logical(base[name]["fn"]), "arity": {2: ["Any", "Any"]}}
    for name in ("ln", "log", "sqrt", "exp"):
        made[name] = base[name] | {"fn": _real(base[name]["fn"])}
    for name in ("=", "!=", "<", ">", "<=", ">=", "+", "-"):
        made[name] = base[name] | {"fn": quantities.aware(name, base[name]["fn"])}
    return made | spelling.functions() | lookups.functions(_descendants)


def _metered(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(ctx: Any, *given: Any) -> Any:
        sizes = [_size(each) for each in given]
        ctx.budget.spend(1 + sum(sizes))
        if name in PAIRWISE and len(given) > 1:
            ctx.budget.spend(len(_listed(given[0])) * len(_listed(given[1])) // 8)
        found = function(ctx, *given)
        ctx.budget.spend(_size(found))
        return found

    run.__name__ = name
    return run


def _size(value: Any) -> int:
    if isinstance(value, list):
        return len(value) // 4
    if isinstance(value, str):
        if len(value) > spelling.MAX_TEXT:
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


def _remainder(_ctx: Any, one: Any, other: Any) -> Any:
    """Of the division that cuts towards zero (FHIRPath 6.6.6): -7 mod 2 is -1."""
    if other == 0:
        return []
    left = Decimal(one) % Decimal(other)
    return int(left) if isinstance(one, int) and isinstance(other, int) else left


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


def _where(ctx: Any, found: Any, expression: Callable[[Any], Any]) -> Any:
    kept = []
    for index, each in enumerate(_listed(found)):
        ctx["$index"] = index
        truth = expression(each)
        # FHIRPath: one value where a truth is asked for counts as true, unless it is false.
        if truth and data_of(truth[0]) is not False:
            kept.append(each)
    return kept


def _union(ctx: Any, left: list[Any], right: list[Any]) -> list[Any]:
    """Each different value once; what stands in a resource keeps its place in it."""
    seen: set[Any] = set()
    kept: list[Any] = []
    for each in left + right:
        key = _identity(ctx, data_of(each))
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept


def _identity(ctx: Any, data: Any) -> Any:
    if isinstance(data, Mapping | list):
        return _key(ctx, data)
    if isinstance(data, int | float | Decimal) and not isinstance(data, bool):
        return Decimal(str(data))
    return isinstance(data, bool), str(data)


def _key(ctx: Any, data: Any) -> str:
    key = json.dumps(data, sort_keys=True, default=str)
    ctx.budget.spend(1 + len(key) // 2_000)
    return key


def _exists(ctx: Any, found: Any, expression: Callable[[Any], Any] | None = None) -> bool:
    return bool(found if expression is None else _where(ctx, found, expression))


def _logical(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator between truths; a single value that is no truth counts as true."""

    def run(ctx: Any, left: Any, right: Any) -> Any:
        return function(ctx, *(_truth(side) for side in (left, right)))

    return run


def _truth(side: list[Any]) -> Any:
    if len(side) > 1:
        raise EvaluationFailed("error")
    return data_of(side[0]) is not False if side else []


def _repeat(ctx: Any, found: Any, expression: Callable[[Any], Any]) -> Any:
    seen: set[str] = set()
    kept: list[Any] = []
    waiting = deque(_listed(found))
    while waiting:
        for each in expression(waiting.popleft()):
            key = _key(ctx, data_of(each))
            if key not in seen:
                seen.add(key)
                kept.append(each)
                waiting.append(each)
    return kept


def _children(ctx: Any, found: Any, *, plain: bool = True) -> list[Any]:
    """As the library finds them, element by element, so that long lists take no longer each."""
    step = import_module("fhirpathpy.engine.invocations.navigation").create_reduce_children
    kept: list[Any] = []
    for each in found:
        ctx.budget.spend(2)
        below = step(ctx, plain)([], each)
        ctx.budget.spend(len(below))
        kept += below
    return kept


def _descendants(ctx: Any, found: Any) -> list[Any]:
    kept: list[Any] = []
    level = found
    while level:
        level = _children(ctx, level, plain=False)
        kept += level
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
