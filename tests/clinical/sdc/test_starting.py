"""What is filled in before anyone answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical.sdc.building import (
    Json,
    answered,
    coded,
    condition,
    form,
    group,
    question,
    response,
    rule,
    said,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "name": [{"use": "official", "given": ["Ann", "Bo"], "family": "Lee"}],
    "birthDate": "1970-05-05",
    "gender": "female",
    "telecom": [{"system": "phone", "value": "1"}, {"system": "phone", "value": "2"}],
}


def initial(expression: str, kind: str = "string", **more: Any) -> Any:
    """What an initialExpression fills in."""
    item = question("a", kind, rule("initialExpression", expression), **more)
    return said(sdc.load(form(item)).start({"patient": PATIENT, "now": NOW})).get("a")


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("123", "integer", [123]),
        ("'abc'", "string", ["abc"]),
        ("%patient.birthDate", "date", ["1970-05-05"]),
        ("%patient.name.first().select(given.first() + ' ' + family)", "string", ["Ann Lee"]),
        (
            "%patient.name.select((family | (given | prefix).join(' ')).join(', '))",
            "string",
            ["Lee, Ann Bo"],
        ),
        ("%patient.telecom.where(system='phone').value", "string", ["1"]),
        ("%patient.address.line", "string", None),
        ("%user.name.family", "string", None),
        ("today().toString().substring(0,4).toInteger() - 1970", "integer", [56]),
        ("%patient.gender", "boolean", None),
    ],
)
def test_the_record_fills_a_question(expression: str, kind: str, value: Any) -> None:
    assert initial(expression, kind) == value


def test_a_repeated_question_takes_every_value() -> None:
    assert initial("('aaa').combine('bbb')", repeats=True) == ["aaa", "bbb"]


def test_a_code_becomes_the_answer_of_the_list() -> None:
    options = coded("male", "female")
    found = initial("%patient.gender", "choice", answerOption=options)
    assert found == [{"system": "s", "code": "female", "display": "FEMALE"}]


def test_fixed_values_and_chosen_options_are_filled_in() -> None:
    options = coded("x", "y")
    options[1]["initialSelected"] = True
    loaded = sdc.load(
        form(
            question("a", "boolean", initial=[{"valueBoolean": False}]),
            question("b", "choice", answerOption=options),
            question("c", enableWhen=[condition("a", "=", answerBoolean=True)]),
        )
    )
    found = said(loaded.start())
    assert found["a"] == [False]
    assert found["b"][0]["code"] == "y"
    # Only where the answers do not speak of the question.
    assert said(loaded.calculate(response(answered("a", True))))["a"] == [True]
    assert said(loaded.calculate(response({"linkId": "a"}))).get("a") is None
    again = loaded.calculate(loaded.calculate(response({"linkId": "a"})))
    assert said(again).get("a") is None


@pytest.mark.parametrize("kind", ["itemPopulationContext", "initialExpression"])
def test_a_group_is_made_for_each_record(kind: str) -> None:
    bundle: Json = {"resourceType": "Bundle", "entry": [{"n": "x"}, {"n": "y"}]}
    asked = question("a", "string", rule("initialExpression", "%each.n"))
    repeated = group("g", asked, repeats=True, extension=[rule(kind, "%found.entry", "each")])
    query = {
        "url": "http://hl7.org/fhir/StructureDefinition/variable",
        "valueExpression": {
            "name": "found",
            "language": "application/x-fhir-query",
            "expression": "X?",
        },
    }
    loaded = sdc.load(form(repeated, extension=[query]))
    start = loaded.start({"found": bundle})
    assert [part["item"][0]["answer"] for part in start["item"]] == [
        [{"valueString": "x"}],
        [{"valueString": "y"}],
    ]
    assert said(loaded.start()) == {}


def test_the_response_names_its_form() -> None:
    loaded = sdc.load(form(question("a"), url="http://example.org/q", version="2"))
    start = loaded.start()
    assert start["questionnaire"] == "http://example.org/q|2"
    assert start["status"] == "in-progress"


def test_chosen_options_come_before_fixed_values() -> None:
    options = coded("x", "y", "z")
    options[0]["initialSelected"] = True
    fixed = [{"valueCoding": {"code": "z"}}, {"valueCoding": {"code": "x"}}, {"valueString": "own"}]
    item = question("a", "open-choice", answerOption=options, initial=fixed, repeats=True)
    found = said(sdc.load(form(item)).start())["a"]
    assert [each if isinstance(each, str) else each["display"] for each in found] == [
        "X",
        "Z",
        "own",
    ]
