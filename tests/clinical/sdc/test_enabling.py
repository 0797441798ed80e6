"""Which questions are asked. Cases after LHNCBC/lforms test/data/R4 and its specs."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical.sdc.building import (
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

KG = {"system": "http://unitsofmeasure.org", "code": "kg"}
GRAM = {"system": "http://unitsofmeasure.org", "code": "g"}


def asked(operator: str, expected: Any, given: list[Any], kind: str) -> bool:
    """Whether a question is asked, given answers to another."""
    (key,) = answered("x", expected)["answer"][0]
    if kind in {"date", "dateTime", "time"}:
        key = f"value{kind[0].upper()}{kind[1:]}"
    wanted = {f"answer{key.removeprefix('value')}": expected}
    loaded = sdc.load(
        form(
            question("a", kind, repeats=True, answerOption=coded("p", "q")),
            question("b", enableWhen=[condition("a", operator, **wanted)]),
        )
    )
    answers = [{key: value} for value in given]
    return "b" in loaded.enabled(response({"linkId": "a", "answer": answers}))


@pytest.mark.parametrize(
    ("operator", "expected", "given", "kind", "shown"),
    [
        ("exists", True, [], "boolean", False),
        ("exists", False, [], "boolean", True),
        ("exists", True, [False], "boolean", True),
        ("=", True, [], "boolean", False),
        ("=", True, [True], "boolean", True),
        ("!=", True, [], "boolean", True),
        ("!=", True, [False], "boolean", True),
        ("!=", True, [True], "boolean", False),
        ("=", 3, [1, 3], "integer", True),
        ("!=", 3, [1, 3], "integer", False),
        (">", 3, [1, 4], "integer", True),
        (">", 3, [3], "integer", False),
        (">=", 3, [3], "integer", True),
        ("<", 3, [3], "integer", False),
        ("<=", 3, [3], "integer", True),
        ("<", 3, [], "integer", False),
        ("=", 70.1, [70.1], "decimal", True),
        ("=", "a", ["b", "a"], "string", True),
        ("=", "007", ["7"], "string", False),
        ("!=", "1.0", ["1"], "string", True),
        ("=", "007", ["007"], "string", True),
        ("=", "2022-09", ["2022"], "date", False),
        ("=", "2022-09", ["2022-09"], "date", True),
        (">", "2022-09-01", ["2022-10-01"], "date", True),
        ("=", "10:30:00", ["10:30"], "time", True),
        ("=", "2022-01-01T12:00:00Z", ["2022-01-01T13:00:00+01:00"], "dateTime", True),
        ("=", {"system": "s", "code": "p"}, [{"system": "s", "code": "p"}], "choice", True),
        ("=", {"system": "s", "code": "p"}, [{"code": "p"}], "choice", True),
        ("=", {"system": "s", "code": "p"}, [{"system": "t", "code": "p"}], "choice", False),
        ("!=", {"code": "p"}, [{"code": "q"}], "choice", True),
        ("=", {"value": 1, **KG}, [{"value": 1000, **GRAM}], "quantity", True),
        (">", {"value": 1, **KG}, [{"value": 1001, **GRAM}], "quantity", True),
        (">", {"value": 1, **KG}, [{"value": 5, "code": "m"}], "quantity", False),
    ],
)
def test_a_condition_is_met_or_not(
    operator: str, expected: Any, given: list[Any], kind: str, shown: bool
) -> None:
    assert asked(operator, expected, given, kind) is shown


@pytest.mark.parametrize(("behaviour", "shown"), [("any", True), ("all", False), (None, False)])
def test_conditions_are_joined(behaviour: str | None, shown: bool) -> None:
    both = [condition("a", "=", answerInteger=1), condition("a", "=", answerInteger=2)]
    more = {"enableBehavior": behaviour} if behaviour else {}
    loaded = sdc.load(form(question("a", "integer"), question("b", enableWhen=both, **more)))
    assert ("b" in loaded.enabled(response(answered("a", 1)))) is shown


def test_a_question_that_is_not_asked_counts_as_unanswered() -> None:
    loaded = sdc.load(
        form(
            question("p", "boolean"),
            group(
                "g",
                question("c", "boolean"),
                enableWhen=[condition("p", "=", answerBoolean=True)],
            ),
            question("d", enableWhen=[condition("c", "=", answerBoolean=True)]),
        )
    )
    hidden = response(answered("p", False), {"linkId": "g", "item": [answered("c", True)]})
    assert loaded.enabled(hidden) == {"p"}
    assert said(loaded.calculate(hidden)) == {"p": [False]}


def test_a_loop_of_conditions_shows_all_until_one_is_chosen() -> None:
    # The three items of lforms q-enableWhen-with-reference-loop.
    not_true = {"operator": "!=", "answerBoolean": True}
    loaded = sdc.load(
        form(
            question("1", "boolean", enableWhen=[{"question": "3", **not_true}]),
            question("2", "boolean", enableWhen=[{"question": "3", **not_true}]),
            question(
                "3",
                "boolean",
                enableWhen=[{"question": "1", **not_true}, {"question": "2", **not_true}],
                enableBehavior="all",
            ),
        )
    )
    off = [answered(link, False) for link in "123"]
    assert loaded.enabled(response(*off)) == {"1", "2", "3"}
    assert loaded.enabled(response(answered("1", True), *off[1:])) == {"1", "2"}
    assert loaded.enabled(response(off[0], answered("2", True), off[2])) == {"1", "2"}
    assert loaded.enabled(response(*off[:2], answered("3", True))) == {"3"}


def test_each_repeat_of_a_group_looks_at_its_own_answers() -> None:
    loaded = sdc.load(
        form(
            group(
                "g",
                question("a", "boolean"),
                question("b", enableWhen=[condition("a", "=", answerBoolean=True)]),
                repeats=True,
            )
        )
    )
    groups = [
        {"linkId": "g", "item": [answered("a", True), answered("b", "kept")]},
        {"linkId": "g", "item": [answered("a", False), answered("b", "dropped")]},
    ]
    assert said(loaded.calculate(response(*groups)))["b"] == ["kept"]


def test_a_rule_decides_and_its_answer_is_dropped() -> None:
    # lforms lforms_skiplogic.spec: n1=5, q4="888", n1=4.
    total = "iif(%resource.item[0].item.where(linkId='n1').answer.value.exists(), %n, 0) >= 5"
    loaded = sdc.load(
        form(
            group(
                "m",
                question("n1", "decimal"),
                question("q4", "string", rule("enableWhenExpression", total)),
            ),
            extension=[
                rule("variable", "%resource.item[0].item.where(linkId='n1').answer.value", "n")
            ],
        )
    )

    def filled(number: float) -> Any:
        items = [answered("n1", number), answered("q4", "888")]
        return loaded.calculate(response({"linkId": "m", "item": items}))

    assert said(filled(5.0)) == {"n1": [5.0], "q4": ["888"]}
    assert said(filled(4.0)) == {"n1": [4.0]}


def test_a_required_question_inside_a_part_not_asked_is_not_missed() -> None:
    shown = rule("enableWhenExpression", "%resource.descendants().where(linkId='q').answer.value")
    inner = question("c", "boolean", required=True)
    loaded = sdc.load(form(question("q", "boolean"), group("p", inner, extension=[shown])))
    assert [each.link_id for each in loaded.problems(response(answered("q", True)))] == ["c"]
    assert loaded.problems(response(answered("q", False))) == []


def test_conditions_on_a_calculated_value_follow_it() -> None:
    loaded = sdc.load(
        form(
            question("a", "integer"),
            question(
                "sum",
                "integer",
                rule("calculatedExpression", "%resource.item.where(linkId='a').answer.value * 2"),
            ),
            question("b", enableWhen=[condition("sum", ">=", answerInteger=4)]),
        )
    )
    assert "b" in loaded.enabled(response(answered("a", 2)))
    assert "b" not in loaded.enabled(response(answered("a", 1)))


def test_answers_by_name_alone_are_understood() -> None:
    loaded = sdc.load(
        form(
            group("g", question("a", "boolean")),
            question("b", enableWhen=[condition("a", "exists", answerBoolean=True)]),
        )
    )
    assert "b" in loaded.enabled({"a": {"valueBoolean": False}})
    assert "b" in loaded.enabled(response(answered("a", False)))
    assert "b" not in loaded.enabled({})
