"""Forms at large: what cannot be used is said whole, and what depends is shown in time."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import questionnaires
from app.clinical.errors import FormError


def form(*items: dict[str, Any]) -> questionnaires.Form:
    return questionnaires.load({"resourceType": "Questionnaire", "item": list(items)})


def question(link: str, kind: str = "integer", **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": kind, "text": link, **more}


def when(link: str, operator: str, **answer: Any) -> list[dict[str, Any]]:
    return [{"question": link, "operator": operator, **answer}]


def problems_of(*items: dict[str, Any]) -> set[str]:
    with pytest.raises(FormError) as refused:
        form(*items)
    return {link for link, _ in refused.value.problems}


def test_every_problem_is_named_at_once() -> None:
    found = problems_of(
        question("a"),
        question("a"),
        question("b", "hologram"),
        question("c", "choice"),
        question("d", repeats=True),
        question("e", enableWhen=when("ghost", "=", answerInteger=1)),
        question("f", enableWhen=when("a", "~", answerInteger=1)),
        question("g", enableWhen=[{"question": "a", "operator": "="}]),
        {"type": "integer", "text": "nameless"},
    )
    assert found == {"a", "b", "c", "d", "e", "f", "g", ""}


def test_something_else_is_not_a_form() -> None:
    with pytest.raises(FormError, match="not a FHIR Questionnaire"):
        questionnaires.load({"resourceType": "Patient"})


@pytest.mark.parametrize(
    ("operator", "expected", "answers", "shown"),
    [
        ("exists", {"answerBoolean": True}, {}, False),
        ("exists", {"answerBoolean": True}, {"q": 3}, True),
        ("exists", {"answerBoolean": False}, {}, True),
        ("exists", {"answerBoolean": False}, {"q": 3}, False),
        ("=", {"answerInteger": 3}, {"q": 3}, True),
        ("=", {"answerInteger": 3}, {"q": 4}, False),
        ("=", {"answerInteger": 3}, {}, False),
        ("!=", {"answerInteger": 3}, {"q": 4}, True),
        ("!=", {"answerInteger": 3}, {"q": 3}, False),
        ("!=", {"answerInteger": 3}, {}, True),
        (">", {"answerInteger": 3}, {"q": 3}, False),
        (">", {"answerInteger": 3}, {"q": 4}, True),
        (">=", {"answerInteger": 3}, {"q": 3}, True),
        ("<", {"answerInteger": 3}, {"q": 3}, False),
        ("<", {"answerInteger": 3}, {"q": 2}, True),
        ("<=", {"answerInteger": 3}, {"q": 3}, True),
        ("<=", {"answerInteger": 3}, {}, False),
    ],
)
def test_each_operator_shows_and_hides(
    operator: str, expected: dict[str, Any], answers: dict[str, int], shown: bool
) -> None:
    asked = form(question("q"), question("then", enableWhen=when("q", operator, **expected)))
    given = {link: {"valueInteger": value} for link, value in answers.items()}
    assert ("then" in asked.enabled(given)) is shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, {"no", "not-yes"}),
        ({"valueBoolean": True}, {"yes"}),
        ({"valueBoolean": False}, {"not-yes", "false"}),
    ],
)
def test_a_no_is_an_answer_and_silence_is_not(given: dict[str, bool], shown: set[str]) -> None:
    # The cases of the enableWhen test form of LHC-Forms: none, true and false.
    asked = form(
        question("q", "boolean"),
        question("no", enableWhen=when("q", "exists", answerBoolean=False)),
        question("yes", enableWhen=when("q", "=", answerBoolean=True)),
        question("false", enableWhen=when("q", "=", answerBoolean=False)),
        question("not-yes", enableWhen=when("q", "!=", answerBoolean=True)),
    )
    assert asked.enabled({"q": given} if given else {}) - {"q"} == shown


def test_a_one_is_not_a_yes() -> None:
    asked = form(question("q"), question("then", enableWhen=when("q", "=", answerBoolean=True)))
    assert asked.enabled({"q": {"valueInteger": 1}}) == {"q"}


@pytest.mark.parametrize(("behavior", "shown"), [("all", False), ("any", True)])
def test_any_and_all(behavior: str, shown: bool) -> None:
    both = [*when("a", "=", answerInteger=1), *when("b", "=", answerInteger=1)]
    asked = form(
        question("a"),
        question("b"),
        question("then", enableWhen=both, enableBehavior=behavior),
    )
    given = {"a": {"valueInteger": 1}, "b": {"valueInteger": 2}}
    assert ("then" in asked.enabled(given)) is shown


def test_what_stands_in_a_hidden_group_is_hidden_and_its_answer_does_not_count() -> None:
    asked = form(
        question("a"),
        question(
            "group", "group", enableWhen=when("a", "=", answerInteger=1), item=[question("in")]
        ),
        question("after", enableWhen=when("in", "exists", answerBoolean=True)),
    )
    given = {"a": {"valueInteger": 2}, "in": {"valueInteger": 9}}
    assert asked.enabled(given) == {"a"}
    assert asked.kept(given) == {"a": {"valueInteger": 2}}
    assert asked.enabled({**given, "a": {"valueInteger": 1}}) == {"a", "group", "in", "after"}


def test_questions_that_wait_for_each_other_stay_hidden() -> None:
    asked = form(
        question("a", enableWhen=when("b", "exists", answerBoolean=True)),
        question("b", enableWhen=when("a", "exists", answerBoolean=True)),
    )
    given = {"a": {"valueInteger": 1}, "b": {"valueInteger": 1}}
    assert asked.enabled(given) == set()


def test_a_condition_on_words_that_are_no_number_hides() -> None:
    asked = form(question("a", "string"), question("b", enableWhen=when("a", ">", answerInteger=1)))
    assert asked.enabled({"a": {"valueString": "many"}}) == {"a"}


def test_points_may_stand_on_the_option_or_on_its_code() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    points = [{"url": url, "valueDecimal": 2}]
    options = [
        {"extension": points, "valueCoding": {"code": "x", "display": "X"}},
        {"valueCoding": {"code": "y", "display": "Y", "extension": points}},
    ]
    asked = form(question("g", "group", item=[question("q", "choice", answerOption=options)]))
    for code in ("x", "y"):
        assert asked.score({"q": {"valueCoding": {"code": code}}}) == {"g": 2}


@pytest.mark.parametrize(
    ("end", "value", "said"),
    [("min", 4, "it should be 5 or more"), ("max", 6, "it should be 5 or less")],
)
def test_a_limit_with_one_end_is_said_as_one(end: str, value: int, said: str) -> None:
    url = f"http://hl7.org/fhir/StructureDefinition/{end}Value"
    asked = form(question("q", extension=[{"url": url, "valueInteger": 5}]))
    assert said in str(asked.problems({"q": {"valueInteger": value}})["q"])
    assert asked.problems({"q": {"valueInteger": 5}}) == {}
