"""Works out one FHIRPath expression with fhirpathpy, within a budget of work.

The library keeps what it knows of an evaluation in a mapping it reads at every step. Ours
counts those readings: each step of each expression is paid for, however it came about, and
an expression that would never end stops after a known amount of work, the same on every
machine. There is no clock in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from app.clinical.sdc.item import Expression, Json

# What one expression may cost. The dearest we met in a published form costs 1,100.
EXPRESSION_STEPS = 30_000
# What the expressions of one call may cost in all: half a second on a slow machine.
CALL_STEPS = 260_000
# What is shared out among the rules of a call before, so that dear ones leave cheap ones theirs.
SHARED_STEPS = 120_000
# What comparing answers with conditions may cost in one call, beside the expressions.
PLAIN_STEPS = 120_000
# What comparing units may cost in one call, beside both.
COMPARED_UNITS_STEPS = 120_000
MAX_NESTED_VARIABLES = 60
# What it costs to step from one element down to those of one name, and how many make a step.
STEPS_DOWN = 4
REACHED_IN_A_STEP = 2
# A step down as our trees spell it; the library's own is not counted by what it finds.
MEMBER = "MemberInvocation, counted"

_STEP_KEYS = frozenset({"model", "userInvocationTable", "$this"})


class EvaluationFailed(Exception):
    """An expression that gives no answer; the reason is one of the sentences of `failures`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutOfBudget(EvaluationFailed):
    """An expression that asks for more work than we do."""

    def __init__(self) -> None:
        super().__init__("budget")


class Budget:
    """The work left in one call, and in the expression being worked out."""

    def __init__(self, call: int = CALL_STEPS, each: int = EXPRESSION_STEPS) -> None:
        self.left = call
        self._plain = PLAIN_STEPS
        self._units = COMPARED_UNITS_STEPS
        self._each = each
        self._here = each
        self._met: set[tuple[str, str]] = set()
        # What is left of the share of each rule, and of the one being worked out.
        self._share = 0
        self._shares: dict[Any, int] = {}
        self._rule: Any = None

    def share(self, rules: int) -> None:
        """Keep a part of the work for each of so many rules."""
        self._share = SHARED_STEPS // max(rules, 1)

    def begin(self, rule: Any = None) -> None:
        """A new expression starts; `rule` says whose share it may use up, if it has one."""
        self._here = self._each
        self._rule = rule
        if rule is not None:
            self._shares.setdefault(rule, self._share)
        if self.left <= 0 and self._shares.get(rule, 0) <= 0:
            raise OutOfBudget

    def spend(self, steps: int) -> None:
        """Pay for work done or about to be done."""
        self._here -= steps
        own = self._shares.get(self._rule, 0)
        if own:
            self._shares[self._rule] = max(own - steps, 0)
            steps = max(steps - own, 0)
        self.left -= steps
        if self._here < 0 or (self.left < 0 and steps):
            self.left = max(self.left, 0)
            raise OutOfBudget

    def pay(self, steps: int) -> None:
        """Pay for work done outside expressions."""
        self._plain -= steps
        if self._plain < 0:
            raise OutOfBudget

    def meet(self, one: str, other: str, steps: int) -> None:
        """Pay for two units, when they are first seen together."""
        if (one, other) not in self._met:
            if self._units < steps:
                raise OutOfBudget
            self._units -= steps
            self._met.add((one, other))


class Surroundings(dict[str, Any]):
    """The library's own notes of one evaluation, with a meter on it."""

    def __init__(self, budget: Budget, bench: Any, **known: Any) -> None:
        super().__init__(known)
        self.budget = budget
        # What our own functions need: the time, and the weights of answers.
        self.bench = bench

    def __getitem__(self, key: str) -> Any:
        if key in _STEP_KEYS:
            self.budget.spend(1)
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        if key in _STEP_KEYS:
            self.budget.spend(1)
        super().__setitem__(key, value)


class Names(Mapping[str, Any]):
    """What `%name` means at one place of a form. A name nothing defines means nothing."""

    def __init__(self, find: Any) -> None:
        self._find = find

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __getitem__(self, name: str) -> Any:
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@cache
def engine() -> Any:
    """The library, loaded when a first expression is worked out, with our step down beside its."""
    steps = import_module("fhirpathpy.engine.evaluators").evaluators
    plain = steps["MemberInvocation"]

    def member(here: Surroundings, found: Any, tree: Json) -> Any:
        here.budget.spend(STEPS_DOWN * len(found))
        reached = plain(here, found, tree)
        here.budget.spend(len(reached) // REACHED_IN_A_STEP)
        return reached

    steps[MEMBER] = member
    return import_module("fhirpathpy.engine")


@cache
def nodes() -> Any:
    """The library's types of values."""
    return import_module("fhirpathpy.engine.nodes")


@cache
def model() -> Any:
    """FHIR R4: which elements have a value of several types, and where they are defined."""
    found = import_module("fhirpathpy.models").models["r4"]
    # The library sets this itself, but only once an expression says `is`.
    nodes().TypeInfo.model = found
    return found


@cache
def table() -> Json:
    """Every function and operator: ours, or the library's with its work counted."""
    from app.clinical.sdc.functions import build

    return build()


def node(data: Any, path: str) -> Any:
    """A value that knows where in a resource it stands."""
    return nodes().ResourceNode.create_node(data, path)


def evaluate(
    expression: Expression, focus: Any, names: Mapping[str, Any], budget: Budget, bench: Any
) -> list[Any]:
    """The collection an expression gives at `focus`; `EvaluationFailed` where it gives none."""
    if expression.tree is None:
        raise EvaluationFailed("not FHIRPath")
    here = Surroundings(
        budget,
        bench,
        dataRoot=[focus],
        **{"$this": focus},
        vars=names,
        model=model(),
        userInvocationTable=table(),
    )
    try:
        budget.spend(1)
        found = engine().do_eval(here, [focus], expression.tree["children"][0])
    except EvaluationFailed:
        raise
    except RecursionError as error:
        raise OutOfBudget from error
    except Exception as error:  # the library raises Exception itself, for all that is wrong
        raise EvaluationFailed("error") from error
    return [found_one for found_one in found if found_one is not None]


def data_of(value: Any) -> Any:
    """A value without the library's wrapping."""
    kinds = nodes()
    return value.data if isinstance(value, kinds.ResourceNode) else value
