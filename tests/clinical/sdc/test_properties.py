"""What holds for all answers to a form with rules upon rules."""

from __future__ import annotations

from typing import Any

from fhirpathpy import evaluate
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clinical import sdc
from app.clinical.sdc import parser, shortcuts
from app.clinical.sdc.evaluation import Budget, data_of
from app.clinical.sdc.evaluation import evaluate as evaluation
from app.clinical.sdc.item import Expression
from tests.clinical.sdc.building import (
    Json,
    answered,
    calculated,
    condition,
    form,
    question,
    response,
    rule,
    said,
)

LINKS = "abc"
VALUE = "%resource.item.where(linkId='{}').answer.value"
RULES = {
    "sum": f"{VALUE.format('a')} + {VALUE.format('b')}",
    "both": "%v * 2 + %w",
    "count": "%resource.item.where(linkId in ('a' | 'b' | 'c')).answer.count()",
    "big": "iif(%v > 50, 'big', 'small')",
}
VARIABLES = {"v": VALUE.format("a"), "w": VALUE.format("c")}
FORM = sdc.load(
    form(
        *(question(link, "integer") for link in LINKS),
        *(
            calculated(text, "integer" if name != "big" else "string", name)
            for name, text in RULES.items()
        ),
        question("late", enableWhen=[condition("sum", ">", answerInteger=10)]),
        extension=[rule("variable", text, name) for name, text in VARIABLES.items()],
    )
)
numbers = st.dictionaries(st.sampled_from(LINKS), st.integers(-1000, 1000))


def naive(response_: Json) -> dict[str, list[Any]]:
    """Each rule by itself with the library alone, its variables first."""
    model: Any = __import__("fhirpathpy.models", fromlist=["models"]).models["r4"]
    context = {"resource": response_}
    for name, text in VARIABLES.items():
        context |= {name: evaluate(response_, text, context, model)}
    found = {name: evaluate(response_, text, context, model) for name, text in RULES.items()}
    return {name: values for name, values in found.items() if values}


@given(numbers)
@settings(max_examples=40, deadline=None)
def test_the_form_agrees_with_each_rule_by_itself(values: dict[str, int]) -> None:
    given_ = response(*(answered(link, value) for link, value in values.items()))
    found = said(FORM.calculate(given_))
    assert {name: found[name] for name in RULES if name in found} == naive(given_)


@given(numbers, numbers)
@settings(max_examples=30, deadline=None)
def test_a_change_leaves_nothing_of_what_was_before(
    before: dict[str, int], after: dict[str, int]
) -> None:
    first = FORM.calculate(response(*(answered(link, value) for link, value in before.items())))
    kept = [item for item in first.get("item", []) if item["linkId"] not in LINKS]
    changed = response(*(answered(link, value) for link, value in after.items()), *kept)
    fresh = response(*(answered(link, value) for link, value in after.items()))
    assert said(FORM.calculate(changed)) == said(FORM.calculate(fresh))
    assert FORM.enabled(changed) == FORM.enabled(fresh)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", "sum", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["linkId", "answer", "item", "valueInteger", "valueString", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_answers_are_told_about_and_written_out(items: list[Any]) -> None:
    given_ = {"item": items}
    assert all(str(each.sentence) for each in FORM.problems(given_))
    done = FORM.calculate(given_)
    assert FORM.calculate(done) == done


@given(st.lists(json_values, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_items_make_a_form_or_are_refused(items: list[Any]) -> None:
    try:
        loaded = sdc.load({"resourceType": "Questionnaire", "item": items})
    except sdc.FormError:
        return
    assert loaded.calculate({})["resourceType"] == "QuestionnaireResponse"


SEARCHES = (
    "%resource.repeat(item)",
    "%resource.repeat(item).where(linkId='a')",
    "repeat(item).where(linkId = 'b').answer.value",
    "%resource.item.where(linkId='g').repeat(item).linkId",
    "%resource.item.item.where(linkId='a').answer.value",
    "%questionnaire.repeat(item).where(linkId='a').type",
    "(1 | 'a').where(linkId='a')",
)
parts = st.recursive(
    st.builds(answered, st.sampled_from("ab"), st.integers(0, 1)),
    lambda inner: st.lists(inner, max_size=4).map(lambda items: {"linkId": "g", "item": items}),
    max_leaves=8,
)


@given(st.lists(parts, max_size=4))
@settings(max_examples=60, deadline=None)
def test_shortcuts_give_what_the_long_way_gives(items: list[Any]) -> None:
    whole = response(*items)
    source = form(question("a", "integer"), question("g", "group", item=[question("b")]))
    names = {"resource": whole, "questionnaire": source}
    for text in SEARCHES:
        quick, plain = (
            found(tree, whole, names) for tree in (shortcuts.parse(text), parser.read(text))
        )
        assert quick == plain


def found(tree: Any, whole: Json, names: Json) -> list[Any]:
    """What a tree gives, without the library's wrapping."""
    expression = Expression("", "text/fhirpath", "", tree)
    return [data_of(each) for each in evaluation(expression, whole, names, Budget(), Bench())]


class Bench:
    """A session that remembers nothing."""

    @property
    def items_known(self) -> dict[int, Any]:
        return {}
