"""Forms that mean harm are refused or answered; none takes the machine with it.

The work done is counted, so these tests look at the count: the same on every machine.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.errors import ClinicalInputError
from app.clinical.sdc import patterns, reading, sayings
from app.clinical.sdc.evaluation import CALL_STEPS, Budget, EvaluationFailed, OutOfBudget
from tests.clinical.sdc.building import (
    answered,
    calculated,
    condition,
    extension,
    form,
    group,
    question,
    response,
    rule,
)

TEN = "(1|2|3|4|5|6|7|8|9|10)"
ENDLESS = {
    "counting up": "1.repeat($this + 1)",
    "summing what never ends": "1.repeat($this + 1).aggregate($total + 1, 0)",
    "joining": "'a'" + ".combine('b')" * 800,
    "union of thousands": "|".join(map(str, range(3000))),
    "choosing in choices": f"{TEN}.where({TEN}.where({TEN}.where({TEN}.where(1 = 2))))",
    "growing lists": TEN + ".select($this|1.5|2.5|3.5|4.5|5.5)" * 400,
    "growing text": "'aaaaaaaaaaaaaaaaaaaa'" + ".replace('a','aaaaaaaaaaaaaaaaaaaa')" * 12,
    "doubling text": "('" + "a" * 9000 + "')" + ".select($this & $this)" * 20,
    "encoding": "'" + "a" * 9000 + "'" + ".encode('hex')" * 20,
    "long between short": "'" + "a" * 9000 + "'.toChars().join('" + "b" * 300 + "')",
    "many invocations": "1" + ".not()" * 3000,
    "catastrophic pattern": f"'{'a' * 40}'.replaceMatches('(a|aa)+(b|c)+', 'x')",
    "repeats of repeats": "'a'.matches('(((a{90}){90}){90}){90}')",
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
def test_a_rule_without_end_is_stopped_and_said_so(name: str) -> None:
    loaded = sdc.load(form(calculated(ENDLESS[name])))
    assert loaded.calculate({})["status"] == "in-progress"
    assert [each.sentence.text for each in loaded.problems({})] == [sayings.RULE_TOO_LONG]


@pytest.mark.parametrize(
    "expression",
    [
        "9.power(9).power(9).power(9).power(9)",
        "100000000.exp()",
        "99999999999999999999 * 99999999999999999999 * 9999",
        "1.round(100)",
        "'a'.matches('(')",
    ],
)
def test_numbers_stay_numbers(expression: str) -> None:
    loaded = sdc.load(form(calculated(expression)))
    assert [each.sentence.text for each in loaded.problems({})] == [sayings.RULE_FAILED]


@pytest.mark.parametrize(
    "expression", ["(" * 5000 + "1" + ")" * 5000, "-" * 5000 + "1", "a." * 15_000 + "a", "1 +", "'"]
)
def test_what_cannot_be_read_is_a_warning(expression: str) -> None:
    (warning,) = sdc.load(form(calculated(expression))).warnings
    assert warning.sentence.text == sayings.EXPRESSION_UNREAD


def test_all_rules_of_a_call_share_one_budget() -> None:
    items = [calculated("1.repeat($this + 1)", link=f"i{at}") for at in range(300)]
    loaded = sdc.load(form(*items))
    assert {each.sentence.text for each in loaded.problems({})} == {sayings.RULE_TOO_LONG}


def test_variables_that_double_end() -> None:
    doubled = [rule("variable", "1", "v0")]
    doubled += [rule("variable", f"%v{at}.combine(%v{at})", f"v{at + 1}") for at in range(40)]
    loaded = sdc.load(form(calculated("%v40"), extension=doubled))
    assert [each.sentence.text for each in loaded.problems({})] == [sayings.RULE_TOO_LONG]


VALUE = "%resource.item.where(linkId='{}').answer.value"


@pytest.mark.parametrize(
    "rules",
    [
        {"it": f"{VALUE.format('it')} & 'x'"},
        {"it": f"iif({VALUE.format('it')} = 'on', 'off', 'on')"},
        {"it": f"{VALUE.format('other')} & 'x'", "other": f"{VALUE.format('it')} & 'y'"},
        {"it": "(1 | 2 | 3).select($this)" + f".where({VALUE.format('it')}.count() = 0)"},
    ],
)
def test_a_value_that_keeps_changing_is_told_and_not_written(rules: dict[str, str]) -> None:
    items = [calculated(text, link=link) for link, text in rules.items()]
    loaded = sdc.load(form(*items, calculated("'still'", link="still")))
    for given in ({}, response(*(answered(link, "on") for link in rules))):
        done = loaded.calculate(given)
        assert [each["linkId"] for each in done["item"]] == ["still"]
        assert loaded.calculate(done) == done
        found = {(each.link_id, each.sentence.text) for each in loaded.problems(given)}
        assert ("", sayings.CHANGING) in found
        assert ("", sayings.UNSETTLED) not in found
        assert {(link, sayings.RULE_UNSETTLED) for link in rules} <= found


def test_a_question_that_switches_itself_off_is_asked() -> None:
    off = rule("enableWhenExpression", f"{VALUE.format('a')} = 'x'")
    on = calculated(f"iif({VALUE.format('b')}.exists(), 'y', 'x')", link="a")
    loaded = sdc.load(form(on, question("b", "string", off)))
    given = response(answered("b", "text"))
    assert loaded.enabled(given) == {"a", "b"}
    assert sayings.UNSETTLED in [each.sentence.text for each in loaded.problems(given)]


def test_conditions_on_many_answers_are_paid_for() -> None:
    asks = [condition("a", "=", answerInteger=-at) for at in range(1, 60)]
    items = [question(f"q{at}", enableWhen=asks, enableBehavior="any") for at in range(300)]
    loaded = sdc.load(form(question("a", "integer", repeats=True), *items))
    given = response(answered("a", *range(8_000)))
    told = {each.sentence.text for each in loaded.problems(given)}
    assert sayings.RULE_TOO_LONG in told


def amounts(count: int) -> list[dict[str, Any]]:
    return [{"valueQuantity": {"value": at, "code": f"mg{{v{at}}}"}} for at in range(count)]


def test_amounts_given_beforehand_are_paid_for() -> None:
    items = (question(f"q{at}", "quantity", initial=amounts(190), repeats=True) for at in range(20))
    loaded = sdc.load(form(*items))
    filled = [len(each.get("answer", ())) for each in loaded.start()["item"]]
    assert max(filled) < 190


def test_limits_in_many_units_are_paid_for() -> None:
    limits = (extension("minValue", valueQuantity={"value": 1, "code": "kg"}),)
    loaded = sdc.load(form(question("b", "quantity", *limits, repeats=True)))
    given = response({"linkId": "b", "answer": amounts(199)})
    told = {each.sentence.text for each in loaded.problems(given)}
    assert sayings.UNITS_UNCHECKED in told


def test_the_patterns_of_a_large_form_wait_until_they_are_needed() -> None:
    items = (
        question(f"q{at}", "string", extension("regex", valueString=f"a({at}")) for at in range(900)
    )
    told = [each.sentence.text for each in sdc.load(form(*items)).warnings]
    assert told == [sayings.PATTERN_BROKEN] * 200


def test_two_thousand_questions_in_a_row_settle() -> None:
    items = [
        question(f"i{at}", enableWhen=[condition(f"i{at + 1}", "=", answerString="a")])
        for at in range(1999)
    ]
    loaded = sdc.load(form(*items, question("i1999")))
    given = response(*(answered(f"i{at}", "a") for at in range(2000)))
    assert len(loaded.enabled(given)) == 2000
    broken = response(*(answered(f"i{at}", "a") for at in range(1999)))
    assert loaded.enabled(broken) == {"i1999"}


def test_sizes_are_bounded() -> None:
    deep = question("bottom")
    for at in range(49):
        deep = group(f"g{at}", deep)
    assert len(sdc.load(form(deep)).enabled({})) == 50
    for refused in (
        form(group("one more", deep)),
        form(*(question(f"q{at}") for at in range(3001))),
        form(question("a", text="x" * 9_000_000)),
    ):
        with pytest.raises(sdc.FormError):
            sdc.load(refused)
    loaded = sdc.load(form(question("a", repeats=True)))
    for too_much in (
        response(answered("a", *["x"] * 20_000)),
        response(*(answered(f"z{at}", "x") for at in range(20_000))),
        response(answered("a", float("inf"))),
    ):
        with pytest.raises(ClinicalInputError):
            loaded.problems(too_much)


@pytest.mark.parametrize(
    "source",
    [
        b'{"a": "' + b"x" * reading.MAX_BYTES + b'"}',
        "[" * 100_000,
        '{"a":' * 990 + "1" + "}" * 990,
        '{"resourceType": "Questionnaire", "resourceType": "Patient"}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        b'{"a": "\xff"}',
        '{"a": ' + "9" * 5000 + "}",
        '{"resourceType": "Questionnaire", "a": 1e999999999}',
        "[]",
        "",
        "not json",
    ],
)
def test_hostile_text_is_refused(source: str | bytes) -> None:
    with pytest.raises(sdc.FormError):
        sdc.loads(source)


def test_honest_text_is_read_with_its_mark_of_order() -> None:
    text = json.dumps(form(question("a", "decimal", initial=[{"valueDecimal": 0.1}])))
    loaded = sdc.loads(b"\xef\xbb\xbf" + text.encode())
    assert loaded.start()["item"][0]["answer"] == [{"valueDecimal": 0.1}]


def test_patterns_of_many_items_share_the_budget() -> None:
    slow = extension("regex", valueString="(a|aa)+(b|c)+")
    loaded = sdc.load(form(*(question(f"i{at}", "string", slow) for at in range(100))))
    given = response(*(answered(f"i{at}", "a" * 40) for at in range(100)))
    told = {each.sentence.text for each in loaded.problems(given)}
    assert told <= {sayings.PATTERN_UNUSABLE, sayings.NOT_LIKE_PATTERN}


@pytest.mark.parametrize(
    "pattern", ["(", "a" * 601, "((a{100}){100}){100}", "(?P<a>x)(?P<a", "[z-a]"]
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(EvaluationFailed):
        patterns.fits(Budget(), pattern, "a")


def test_a_spent_budget_stays_spent() -> None:
    budget = Budget()
    with pytest.raises(OutOfBudget):
        budget.spend(CALL_STEPS + 1)
    with pytest.raises(OutOfBudget):
        budget.begin()


def weighed(units: int) -> dict[str, Any]:
    """A form that compares one answer with many units."""
    asks = [
        condition("b", ">", answerQuantity={"value": 1, "code": f"mg.m2/L{{v{at}}}"})
        for at in range(units)
    ]
    items = (question(f"q{at}", enableWhen=[each]) for at, each in enumerate(asks))
    return form(question("b", "quantity", repeats=True), *items)


def test_a_form_of_thousands_of_units_is_refused() -> None:
    with pytest.raises(sdc.FormError, match="200 different units"):
        sdc.load(weighed(2_500))


def test_answers_in_thousands_of_units_are_refused() -> None:
    loaded = sdc.load(weighed(2))
    given = [{"value": 1, "code": f"mg{{v{at}}}"} for at in range(201)]
    with pytest.raises(ClinicalInputError, match="200 different units"):
        loaded.enabled(response(answered("b", *given)))


def test_units_that_meet_too_many_others_are_not_compared() -> None:
    loaded = sdc.load(weighed(199))
    given = response(answered("b", *({"value": 1, "code": f"mg{{v{at}}}"} for at in range(199))))
    told = {each.sentence.text for each in loaded.problems(given)}
    assert sayings.RULE_TOO_LONG in told


def test_a_unit_is_looked_for_among_so_many() -> None:
    units = [
        extension("questionnaire-unitOption", valueCoding={"code": f"mg{{v{at}}}"})
        for at in range(190)
    ]
    loaded = sdc.load(form(question("b", "quantity", *units, repeats=True)))
    given = response(answered("b", *({"value": 1, "code": f"L{{w{at}}}"} for at in range(190))))
    told = {each.sentence.text for each in loaded.problems(given)}
    assert sayings.UNITS_UNCHECKED in told


def test_rules_that_name_thousands_of_units_are_refused() -> None:
    named = (calculated(f"1 'mg{{v{at}}}' > 2 'kg'", link=f"i{at}") for at in range(201))
    with pytest.raises(sdc.FormError, match="200 different units"):
        sdc.load(form(*named))


def test_units_a_record_brings_are_paid_for() -> None:
    brought = [{"value": 1, "code": f"mg{{v{at}}}"} for at in range(400)]
    loaded = sdc.load(form(calculated("%weights.where($this > 1 'kg').count()", "integer")))
    (told,) = loaded.problems({}, {"weights": brought})
    assert told.sentence.text == sayings.RULE_TOO_LONG


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**3000])
def test_a_number_that_cannot_be_used_is_called_so(number: Any) -> None:
    loaded = sdc.load(form(question("a", "decimal")))
    with pytest.raises(ClinicalInputError, match="not a number we can use"):
        loaded.problems(response(answered("a", number)))


@pytest.mark.parametrize("context", [{"now": "rubbish"}, {"now": 5}, 5, "now", {"a": object()}])
def test_a_context_that_cannot_be_used_is_refused(context: Any) -> None:
    with pytest.raises(ClinicalInputError, match="brought to the form"):
        sdc.load(form(question("a"))).start(context)


def test_a_list_of_one_name_again_and_again_is_not_compared_in_full() -> None:
    many = [{"valueCoding": {"code": "c", "system": str(at)}} for at in range(5_000)]
    item = sdc.load(form(question("a", "choice", answerOption=many))).item("a")
    assert len(list(item.options.like({"code": "c", "system": "none"}))) <= 100
