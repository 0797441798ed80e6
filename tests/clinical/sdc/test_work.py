"""How much work an ordinary form may ask for, and what happens where it asks for more."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.sdc import parser, sayings, shortcuts
from app.clinical.sdc.evaluation import (
    CALL_STEPS,
    EXPRESSION_STEPS,
    SHARED_STEPS,
    Budget,
    OutOfBudget,
    data_of,
)
from app.clinical.sdc.item import Expression
from app.clinical.sdc.session import Session
from app.clinical.sdc.tree import intake
from tests.clinical.sdc.building import (
    answered,
    calculated,
    condition,
    form,
    group,
    question,
    response,
    rule,
    said,
)

ENDLESS = "1.repeat($this + 1).count()"
ROW = "%resource.item.where(linkId='{}').answer.value"
BELOW = "%resource.descendants().where(linkId='{}').answer.value"
BOTH = "%resource.item.where(linkId='{}' or linkId='{}').answer.value.sum()"


def numbers(count: int) -> list[Any]:
    return [question(f"n{at}", "integer") for at in range(count)]


def ones(count: int, value: int = 1) -> Any:
    return response(*(answered(f"n{at}", value) for at in range(count)))


@pytest.mark.parametrize(
    ("questions", "rules", "text"),
    [
        (60, 30, f"{BELOW}.first() + {BELOW}.first()"),
        (700, 200, f"{ROW} + {ROW}"),
        (800, 300, f"{ROW}.first() + {BELOW}.first()"),
        (100, 50, BOTH),
        (700, 300, BOTH),
        (400, 200, "%resource.item.where(linkId in ('{}' | '{}')).answer.value.sum()"),
        (400, 200, "%resource.repeat(item).where((linkId='{}') or linkId='{}').answer.value.sum()"),
    ],
)
def test_a_few_hundred_rules_over_hundreds_of_answers_are_worked_out(
    questions: int, rules: int, text: str
) -> None:
    sums = [
        calculated(text.format(f"n{at}", f"n{at + 1}"), "integer", f"s{at}") for at in range(rules)
    ]
    done = sdc.load(form(*numbers(questions), *sums)).calculate(ones(questions))
    found = said(done)
    assert {found.get(f"s{at}", [None])[0] for at in range(rules)} == {2}


def test_sums_of_all_answers_are_worked_out() -> None:
    text = "%resource.item.where(linkId='g').item.answer.value.sum()"
    loaded = sdc.load(
        form(
            group("g", *numbers(700)), *(calculated(text, "integer", f"s{at}") for at in range(20))
        )
    )
    given = response({"linkId": "g", "item": ones(700)["item"]})
    assert {said(loaded.calculate(given))[f"s{at}"][0] for at in range(20)} == {700}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_row_of_a_thousand_rules_is_worked_out(backwards: bool) -> None:
    items = [
        calculated(f"{ROW.format(f's{at - 1}')} + 1", "integer", f"s{at}") for at in range(1, 1000)
    ]
    items.insert(0, question("s0", "integer"))
    loaded = sdc.load(form(*(items[::-1] if backwards else items)))
    given = response(answered("s0", 1))
    assert said(loaded.calculate(given))["s999"] == [1000]
    assert loaded.problems(given) == []


def shown_by(count: int, text: str, **more: Any) -> list[Any]:
    return [
        question(f"e{at}", "string", rule("enableWhenExpression", text.format(f"n{at}")), **more)
        for at in range(count)
    ]


def test_sixty_conditions_over_two_hundred_answers_are_decided() -> None:
    shown = shown_by(60, f"{BELOW} > 0", required=True)
    loaded = sdc.load(form(*numbers(200), *shown))
    assert not {each for each in loaded.enabled(ones(200, 0)) if each[0] == "e"}
    assert loaded.problems(ones(200, 0)) == []
    assert len({each for each in loaded.enabled(ones(200, 1)) if each[0] == "e"}) == 60


def test_a_condition_nobody_could_decide_requires_nothing() -> None:
    (shown,) = shown_by(1, f"{ENDLESS} > 0", required=True)
    broken = rule("enableWhenExpression", "'a' + 1 > 'b'.foo()")
    part = group("g", question("in", required=True), required=True, extension=[broken])
    loaded = sdc.load(form(shown, part, question("plain", required=True)))
    assert loaded.enabled({}) == {"e0", "g", "in", "plain"}
    found = {(each.link_id, each.sentence.text, each.is_error) for each in loaded.problems({})}
    assert found == {
        ("e0", sayings.RULE_TOO_LONG, False),
        ("g", sayings.RULE_FAILED, False),
        ("plain", sayings.REQUIRED, True),
    }


def test_plain_conditions_nobody_could_decide_require_nothing() -> None:
    asks = [condition("a", "=", answerInteger=-at) for at in range(1, 60)]
    items = [
        question(f"q{at}", enableWhen=asks, enableBehavior="any", required=True)
        for at in range(300)
    ]
    loaded = sdc.load(form(question("a", "integer", repeats=True), *items))
    found = loaded.problems(response(answered("a", *range(8_000))))
    assert {each.sentence.text for each in found} == {sayings.RULE_TOO_LONG}


def test_rules_without_end_leave_the_others_theirs() -> None:
    heavy = [calculated(ENDLESS, "integer", f"h{at}") for at in range(100)]
    cheap = [calculated(f"{ROW.format('n1')} + 1", "integer", f"c{at}") for at in range(100)]
    shown = shown_by(20, f"{ROW} > 1", required=True)
    shown += [
        question(f"w{at}", enableWhen=[condition("n0", "=", answerInteger=2)], required=True)
        for at in range(100)
    ]
    loaded = sdc.load(form(*heavy, *numbers(20), *cheap, *shown))
    found = said(loaded.calculate(ones(20)))
    assert {found.get(f"c{at}", [None])[0] for at in range(100)} == {2}
    told = {(each.link_id, each.sentence.text) for each in loaded.problems(ones(20))}
    assert told == {(f"h{at}", sayings.RULE_TOO_LONG) for at in range(100)}


def test_the_work_of_one_call_is_bounded_however_many_rules_there_are() -> None:
    budget, spent = Budget(), 0
    budget.share(500)
    for at in range(500):
        for _ in range(3):
            try:
                budget.begin(at)
                for _ in range(EXPRESSION_STEPS // 10):
                    budget.spend(10)
                    spent += 10
            except OutOfBudget:
                continue
    assert spent <= CALL_STEPS + SHARED_STEPS


SEARCHES = (
    "%resource.item.where(linkId='g').item.where(linkId='q').answer.value",
    "%resource.descendants().where(linkId='q')",
    "%resource.descendants().where(linkId='q' or linkId='under' or linkId='g')",
    "%resource.descendants().where(linkId in ('under' | 'x'))",
    "%resource.repeat(item).where(linkId='q')",
    "%resource.repeat(item).where(linkId='q' or linkId='g')",
    "%resource.repeat(item).where(linkId='under')",
    "%resource.item.where(linkId='x' or linkId='g').item",
    "%resource.item.answer.item.where(linkId='under').answer.value",
    "item.where(linkId='q').answer.value",
    "descendants().where(linkId='q').answer.value",
    "%context.repeat(item).where(linkId='under').count()",
    "%resource.item.where(linkId='nowhere')",
)


def test_answers_found_along_the_form_are_those_found_by_looking_through_them() -> None:
    inside = question("q", "integer", item=[question("under")])
    loaded = sdc.load(
        form(
            question("x", "integer", item=[group("deep", question("under2"))]),
            group("g", inside, question("r"), group("in", question("s")), repeats=True),
            question("hidden", enableWhen=[condition("x", "=", answerInteger=5)]),
        )
    )
    below = {"item": [answered("under", "text")]}
    part = {
        "linkId": "g",
        "item": [{"linkId": "q", "answer": [{"valueInteger": 1} | below]}, answered("r", "r")],
    }
    given = response(
        answered("x", 1),
        part,
        part,
        {"linkId": "g", "item": [answered("q", 2)]},
        answered("hidden"),
    )
    session = Session(loaded.definition, intake(given, loaded.definition.by_link), None)
    session.write()
    for place in (session.top, *session.nodes()):
        for text in SEARCHES:
            session.budget = Budget()
            quick, plain = (
                session.work_out(Expression(text, "text/fhirpath", "", tree), place)
                for tree in (shortcuts.parse(text), parser.read(text))
            )
            assert [data_of(each) for each in quick] == [data_of(each) for each in plain], text
