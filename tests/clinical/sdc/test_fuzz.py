"""Forms and answers that somebody spoilt: refused or told about, never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.errors import ClinicalInputError
from tests.clinical import shared
from tests.clinical.sdc.building import Json

FOLDER = shared.DATA / "questionnaires"
LARGEST = 30_000
FORMS = sorted(
    path.name
    for path in FOLDER.glob("*.json")
    if path.stat().st_size < LARGEST and "response" not in path.name and path.stem != "manifest"
) or ["lforms__phq9.json"]
ROUNDS = 12
CONTEXT = {
    "now": datetime(2026, 11, 22, tzinfo=UTC),
    "patient": {"resourceType": "Patient", "birthDate": "1970-01-01"},
}
OWN_VARIABLE = {
    "url": "http://hl7.org/fhir/StructureDefinition/variable",
    "valueExpression": {"name": "a", "language": "text/fhirpath", "expression": "%a"},
}
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 7.5, 10**9, 10**30, "", "x", "true", "2020-01-01", "\0", "(",
    "NaN", "Infinity", "1e999999", [], [[]], [None], ["x"], {}, {"value": "x"},
    {"value": 1, "unit": "kg"}, {"code": 1}, {"code": {}}, {"coding": [{}]},
    {"value": 1, "code": ["mg"]}, [OWN_VARIABLE],
)  # fmt: skip
NAMES = (
    "item", "extension", "type", "answerOption", "initial", "enableWhen", "valueInteger",
    "option", "initialString", "maxLength", "code", "_text", "linkId", "answer", "valueQuantity",
)  # fmt: skip


def spots(whole: Any) -> list[tuple[Any, Any]]:
    """Each place in a JSON value: what holds it, and under which key."""
    found: list[tuple[Any, Any]] = []
    waiting = [whole]
    while waiting:
        each = waiting.pop()
        keys = each if isinstance(each, dict) else range(len(each))
        for key in keys:
            found.append((each, key))
            if isinstance(each[key], dict | list):
                waiting.append(each[key])
    return found


def spoilt(chance: Random, whole: Json) -> Json:
    """A copy with a few places changed, moved, doubled or taken out."""
    made = copy.deepcopy(whole)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        places = spots(made)
        if not places:
            break
        holder, key = chance.choice(places)
        match chance.randrange(5):
            case 0 | 1:
                holder[key] = copy.deepcopy(chance.choice(JUNK))
            case 2:
                other, its = chance.choice(places)
                holder[key] = copy.deepcopy(other[its])
            case 3:
                del holder[key]
            case _ if isinstance(holder, dict):
                holder[chance.choice(NAMES)] = copy.deepcopy(chance.choice(JUNK))
            case _:
                holder.append(copy.deepcopy(holder[key]))
    return made


def asked(form: sdc.Form, context: Any) -> Json:
    """Answers to some of the questions, each once."""
    return form.start(context) | {"item": [*_answers(form.items)]}


def _answers(items: tuple[sdc.Item, ...]) -> Iterator[Json]:
    for item in items:
        made: Json = {"linkId": item.link_id, "item": [*_answers(item.items)]}
        if item.is_question:
            value = item.options[0].value if item.options else {"valueString": "x"}
            number = {"valueInteger": 3}
            made = {"linkId": item.link_id, "answer": [number if item.unit else value]}
        yield made


def tried(form: sdc.Form, given: Any, context: Any) -> None:
    """Every method answers, or says that what was given cannot be used."""
    try:
        form.enabled(given, context)
        form.score(given, context)
        json.dumps(form.calculate(given, context), allow_nan=False)
        json.dumps(form.observations(given, context), allow_nan=False)
        assert all(str(each.sentence) for each in form.problems(given, context))
    except ClinicalInputError:
        # What was given cannot be used, and each method says so.
        with pytest.raises(ClinicalInputError):
            form.problems(given, context)


@pytest.mark.parametrize("name", FORMS)
def test_a_spoilt_form_is_refused_or_asked(name: str) -> None:
    whole = shared.read(f"questionnaires/{name}")
    chance = Random(name)  # noqa: S311  # chance to spoil, not to hide
    for _ in range(ROUNDS):
        try:
            form = sdc.load(spoilt(chance, whole))
        except sdc.FormError:
            continue
        assert all(str(each.sentence) for each in form.warnings)
        for context in (CONTEXT, None):
            json.dumps(form.start(context), allow_nan=False)
            answers = asked(form, context)
            tried(form, answers, context)
            tried(form, spoilt(chance, answers), context)
