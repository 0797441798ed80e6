"""The longest published form we have: read, and worked out anew after one change.

    python -m benchmarks.clinical_forms

The rival is the plain way: each expression of the form given to the library by itself, its
variables first, parsed each time. It checks nothing, switches nothing and writes nothing.
The form is 715.R4 of aehrc/smart-forms where the public data stands beside the project, and
one of our own with as many items and expressions where it does not. Seconds are the
processor's, so that a busy machine favours neither.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from app.clinical import sdc
from app.clinical.sdc import shortcuts
from app.clinical.sdc.item import Expression, Item
from benchmarks.figures import Figure

PUBLISHED = Path(__file__).parents[2] / "shared/data/questionnaires/smartforms__715.R4.json"
ROUNDS = 7
AIM = 0.5
MEGABYTE = 2**20
GROUPS, QUESTIONS, VARIABLES = 17, 10, 25
FHIR = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def measure() -> Iterator[Figure]:
    """Reading against parsing each expression; a change against naive evaluation; memory."""
    source, before, after = _published() if PUBLISHED.exists() else _own()
    form = sdc.load(source)
    size = len(form.definition.by_link)
    mine, theirs = _turns(lambda: _read(source), lambda: _parse(form))
    yield _figure(f"{size}-item form read, its expressions parsed alone", mine, theirs)
    answers = [before, after]
    form.calculate(before)
    mine, theirs = _turns(lambda: form.calculate(_next(answers)), lambda: _naive(form, after))
    yield _figure(f"{size}-item form after one change, each rule alone", mine, theirs)
    kept, parsed = (
        _memory(lambda: sdc.load(source)),
        _memory(lambda: json.loads(json.dumps(source))),
    )
    title = f"{size}-item form kept in memory, its JSON alone"
    yield Figure(title, "MB", kept, parsed, kept / parsed, more_is_better=False)


def _figure(name: str, mine: float, theirs: float) -> Figure:
    return Figure(name, "ms", mine, theirs, mine / theirs, AIM, more_is_better=False)


def _next(answers: list[Any]) -> Any:
    answers.append(answers.pop(0))
    return answers[0]


def _turns(ours: Callable[[], Any], rival: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of processor time of both, in turn."""
    pairs = [(_milliseconds(ours), _milliseconds(rival)) for _ in range(ROUNDS + 1)][1:]
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    return mine, theirs


def _milliseconds(run: Callable[[], Any]) -> float:
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1000


def _memory(make: Callable[[], Any]) -> float:
    tracemalloc.start()
    kept = make()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return taken / MEGABYTE


def _read(source: Any) -> sdc.Form:
    # Nothing of an earlier reading may help.
    shortcuts.parse.cache_clear()
    return sdc.load(source)


def _expressions(form: sdc.Form) -> list[Expression]:
    items = form.definition.by_link.values()
    found = [*form.definition.variables, *(each for item in items for each in _rules(item))]
    return [expression for expression in found if expression.is_fhirpath]


def _rules(item: Item) -> Iterator[Expression]:
    yield from item.variables
    for rule in (item.calculated, item.enable_when, item.initial_expression, item.population):
        if rule is not None:
            yield rule


def _parse(form: sdc.Form) -> None:
    from fhirpathpy.parser import parse

    for expression in _expressions(form):
        parse(expression.text)


def _naive(form: sdc.Form, response: Mapping[str, Any]) -> None:
    """Each rule that a change can touch, with every variable there is worked out before it."""
    from fhirpathpy import evaluate
    from fhirpathpy.models import models

    # The library's own functions give up on some expressions; what they cost is counted.
    model, powers = models["r4"], {"power": {"fn": _power, "arity": {0: [], 1: ["Number"]}}}
    options = {"userInvocationTable": powers}
    for item in form.definition.by_link.values():
        for rule in (item.calculated, item.enable_when):
            if rule is None:
                continue
            known: dict[str, Any] = {"resource": response, "questionnaire": form.definition.source}
            for variable in (*form.definition.variables, *item.variables, *_above(form, item)):
                known[variable.name] = _tried(evaluate, response, variable, known, model, options)
            _tried(evaluate, response, rule, known, model, options)


def _above(form: sdc.Form, item: Item) -> Iterator[Expression]:
    for link in item.path[:-1]:
        yield from form.item(link).variables


def _tried(evaluate: Any, response: Any, rule: Expression, *how: Any) -> Any:
    try:
        return evaluate(response, rule.text, *how)
    except Exception:  # noqa: BLE001  # the library raises Exception itself
        return []


def _power(found: list[Any], degree: Any) -> Any:
    return found[0] ** degree if found else []


def _published() -> tuple[Any, Any, Any]:
    """The form, and its answers before and after a new weight."""
    source = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    body = "ac1559c8-f03a-43a6-818f-9b31892ec2a7"
    height = "29644716-433e-45ec-a805-8043f35a85e1"
    weight = "f5308669-d1f9-49a1-bedd-7420946e7288"

    def answers(kilograms: float) -> Any:
        body_items = [_answered(height, 172.0), _answered(weight, kilograms)]
        inside = [{"linkId": body, "item": body_items}, _answered("age", 47)]
        whole = {"linkId": source["item"][0]["linkId"], "item": inside}
        return {"resourceType": "QuestionnaireResponse", "item": [whole]}

    return source, answers(80.5), answers(79.0)


def _own() -> tuple[Any, Any, Any]:
    """A form of 187 items: 17 groups of 10 questions, 25 variables, 17 sums of them."""
    groups = [
        {
            "linkId": f"g{part}",
            "type": "group",
            "item": [_question(part, at) for at in range(QUESTIONS)],
        }
        for part in range(GROUPS)
    ]
    first = "%resource.item.where(linkId='g0').item.where(linkId='g0q0').answer.value"
    variables = [_rule(f"{FHIR}variable", first, "v0")]
    variables += [
        _rule(f"{FHIR}variable", f"%v{at - 1} * 2 + {at}", f"v{at}") for at in range(1, VARIABLES)
    ]
    source = {
        "resourceType": "Questionnaire",
        "status": "active",
        "extension": variables,
        "item": groups,
    }

    def answers(value: float) -> Any:
        item = {"linkId": "g0", "item": [_answered("g0q0", value)]}
        return {"resourceType": "QuestionnaireResponse", "item": [item]}

    return source, answers(1.5), answers(2.5)


def _question(part: int, at: int) -> dict[str, Any]:
    made: dict[str, Any] = {"linkId": f"g{part}q{at}", "type": "decimal", "text": "A number"}
    if at == QUESTIONS - 1:
        sum_of = _rule(f"{SDC}calculatedExpression", f"(%v{part} / 3).round(2)")
        made["extension"] = [sum_of]
    return made


def _rule(url: str, expression: str, name: str = "") -> dict[str, Any]:
    value = {"language": "text/fhirpath", "expression": expression}
    return {"url": url, "valueExpression": value | ({"name": name} if name else {})}


def _answered(link: str, value: float) -> dict[str, Any]:
    key = "valueInteger" if isinstance(value, int) else "valueDecimal"
    return {"linkId": link, "answer": [{key: value}]}


if __name__ == "__main__":
    for figure in measure():
        print(figure.row(), flush=True)
    sys.exit(0)
