"""What the rules work out. Cases after LHNCBC/lforms and HL7/sdc, with their figures."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical.sdc.building import (
    Json,
    answered,
    calculated,
    coded,
    extension,
    form,
    group,
    question,
    response,
    rule,
    said,
)

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
KG = {"system": "http://unitsofmeasure.org", "code": "kg"}


def worked_out(expression: str, kind: str = "string", *given: Json, **more: Any) -> Any:
    """What one expression gives, as the one answer of an item."""
    loaded = sdc.load(form(calculated(expression, kind), *more.pop("items", ()), **more))
    found = said(loaded.calculate(response(*given), {"now": NOW})).get("it", [])
    return found if len(found) != 1 else found[0]


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        # Where fhirpathpy 2.2.4 alone gives another answer or none.
        ("(2).power(0.5).round(4)", "decimal", 1.4142),
        ("(-1).power(0.5)", "decimal", []),
        ("(0).power(0)", "decimal", 1),
        ("2.5.round()", "integer", 3),
        ("0.125.round(2)", "decimal", 0.13),
        ("(-2.5).round()", "integer", -2),
        ("true.toString()", "string", "true"),
        ("1.50.toString()", "string", "1.50"),
        ("1 'g' = 1000 'mg'", "boolean", True),
        ("2 'kg' > 1999 'g'", "boolean", True),
        ("1 'kg' > 1 'm'", "boolean", []),
        ("(1 'g' + 500 'mg') = 1.5 'g'", "boolean", True),
        ("0.ln()", "decimal", []),
        ("(-1).sqrt()", "decimal", []),
        ("-(1 + 2)", "integer", -3),
        # A remainder is that of the division towards zero.
        ("-7 mod 2", "integer", -1),
        ("7 mod -2", "integer", 1),
        ("7 mod 2", "integer", 1),
        ("-7.5 mod 2", "decimal", -1.5),
        ("7 mod 0", "integer", []),
        ("(1 | 2 | 3).sum()", "integer", 6),
        ("(1 | 2 | 6).avg()", "decimal", 3),
        ("(3 | 1 | 2).min()", "integer", 1),
        ("(3 | 1 | 2).max()", "integer", 3),
        ("'a-b'.replaceMatches('(\\\\w)-(\\\\w)', '$2$1')", "string", "ba"),
        ("'abc'.matches('b')", "boolean", True),
        ("'abc'.matchesFull('b')", "boolean", False),
        ("'a,b'.split(',').join('-')", "string", "a-b"),
        ("today()", "date", "2026-11-22"),
        ("now()", "dateTime", "2026-11-22T12:30:00+00:00"),
        ("timeOfDay()", "time", "12:30:00"),
        ("today() - 18 years", "date", "2008-11-22"),
        ("%ucum", "string", "http://unitsofmeasure.org"),
        ("%`context`.linkId", "string", "it"),
        ("%qitem.text", "string", "Question it"),
        ("%questionnaire.status", "string", "active"),
        ("%resource.status", "string", "in-progress"),
        ("{}", "string", []),
        ("(true or {}).toString() & (false and {}).toString()", "string", "truefalse"),
        ("%resource.status and 1 = 1", "boolean", True),
        ("('a' | 1).ofType(String)", "string", "a"),
        ("%questionnaire.item.exists(type = 'date')", "boolean", False),
        ("1.trace('seen')", "integer", 1),
        ("%nothing.exists()", "boolean", False),
        ("7.5", "integer", []),
        ("'7'", "integer", []),
    ],
)
def test_an_expression_gives_its_value(expression: str, kind: str, value: Any) -> None:
    assert worked_out(expression, kind) == value


def test_a_unit_is_put_to_a_calculated_amount() -> None:
    unit = extension("questionnaire-unit", valueCoding={**KG, "display": "kilogram"})
    item = question("it", "quantity", rule("calculatedExpression", "70 + 1"), unit)
    found = said(sdc.load(form(item)).calculate({}))["it"]
    assert found == [{"value": 71, "unit": "kilogram", **KG}]


def test_body_mass_index_is_that_of_the_published_test() -> None:
    # lforms fhirpath.spec: 70 kg and 60 inches give 30.1, 123 kg gives 53.
    height = rule("variable", "item.where(linkId='h').answer.value * 0.0254", "height")
    weight = rule("variable", "%resource.item.where(linkId='w').answer.value", "weight")
    items = (
        question("w", "decimal"),
        question("h", "decimal"),
        calculated("(%weight/%height/%height).round(1)", "decimal"),
    )
    loaded = sdc.load(form(*items, extension=[weight, height]))
    for kilograms, index in ((70.0, 30.1), (123.0, 53)):
        given = response(answered("w", kilograms), answered("h", 60.0))
        assert said(loaded.calculate(given))["it"] == [index]
    assert "it" not in said(loaded.calculate(response(answered("h", 60.0))))


def test_variables_belong_to_the_part_that_defines_them() -> None:
    # lforms variables.spec: B 1 and 2 give C 8 and E 16; a second group with 3 gives 10.
    part_a = group(
        "A",
        question("B", "integer", repeats=True),
        question(
            "C", "integer", rule("variable", "1", "Z"), rule("calculatedExpression", "%Y + 4 + %Z")
        ),
        repeats=True,
        extension=[
            rule("variable", "item.where(linkId='B').answer[0].valueInteger", "X"),
            rule("variable", "%X + 2", "Y"),
        ],
    )
    part_b = group(
        "G",
        calculated("%Y + 5", "integer", "D"),
        calculated("%X + 8", "integer", "E"),
        extension=[
            rule("variable", "%resource.repeat(item).where(linkId='C').answer.valueInteger", "X")
        ],
    )
    loaded = sdc.load(form(part_a, part_b))
    one = {"linkId": "A", "item": [answered("B", 1, 2)]}
    assert said(loaded.calculate(response(one))) == {"B": [1, 2], "C": [8], "E": [16]}
    two = {"linkId": "A", "item": [answered("B", 3)]}
    assert said(loaded.calculate(response(one, two)))["C"] == [8, 10]


def test_a_named_expression_is_a_variable_too() -> None:
    # lforms variables.spec, named-expressions: A 1 gives C 6, no A gives none, A 2 gives 7.
    first = rule("calculatedExpression", "%resource.item.where(linkId='A').answer.value + 1", "b")
    whole = rule("calculatedExpression", "%resource.item.where(linkId='B').answer.value + 2", "d")
    items = (
        question("A", "integer"),
        question("B", "integer", first, item=[calculated("%b + 1", "integer", "B1")]),
        question(
            "C", "integer", rule("variable", "%d + 1", "e"), rule("calculatedExpression", "%e + 1")
        ),
    )
    loaded = sdc.load(form(*items, extension=[whole]))
    assert said(loaded.calculate(response(answered("A", 1)))) == {
        "A": [1], "B": [2], "B1": [3], "C": [6],
    }  # fmt: skip
    assert said(loaded.calculate(response(answered("C", 6)))) == {}
    assert said(loaded.calculate(response(answered("A", 2))))["C"] == [7]


def test_several_values_fill_a_repeated_question() -> None:
    chars = "%resource.item.where(linkId='s').answer.value.toChars()"
    item = question("it", "string", rule("calculatedExpression", chars), repeats=True)
    loaded = sdc.load(form(question("s"), item))
    assert said(loaded.calculate(response(answered("s", "ab"))))["it"] == ["a", "b"]
    changed = response(answered("s", "a"), answered("it", "a", "b"))
    assert said(loaded.calculate(changed))["it"] == ["a"]


def test_a_risk_is_what_plain_arithmetic_gives() -> None:
    # The shape of HL7/sdc framingham-HCHD: fractional exponents and natural logarithms.
    expression = (
        "1 - (0.9402).power((52.00961 * (%age.ln() - 3.8926095)"
        " - 2.93323 * (%age.ln() * %age.ln() - 15.2144965)).exp())"
    )
    age = rule("variable", "item.where(linkId='age').answer.value", "age")
    items = (question("age", "decimal"), calculated(expression, "decimal"))
    loaded = sdc.load(form(*items, extension=[age]))
    found = said(loaded.calculate(response(answered("age", 55.0))))["it"][0]
    log = math.log(55)
    power = math.exp(52.00961 * (log - 3.8926095) - 2.93323 * (log * log - 15.2144965))
    assert found == pytest.approx(1 - 0.9402**power, rel=1e-9)


WEIGHED = (
    "%resource.repeat(item).answer.weight().sum()",
    "%resource.answers().value.ordinal().sum()",
    "%resource.item.answer.value.weight().sum()",
)


@pytest.mark.parametrize("expression", WEIGHED)
def test_answers_are_weighed(expression: str) -> None:
    options = coded("no", "some", "much", weights=True)
    items = [question(link, "choice", answerOption=options) for link in "ab"]
    loaded = sdc.load(form(*items, calculated(expression, "decimal")))
    given = response(
        answered("a", {"system": "s", "code": "much"}), answered("b", {"code": "some"})
    )
    assert said(loaded.calculate(given))["it"] == [3]
    assert loaded.score(given) == Decimal(3)


def test_the_same_code_weighs_what_its_own_list_says() -> None:
    # lforms calc-weight/q-with-contained-valueset-with-itemWeight: 10 and 2 give 12.
    def concept(system: str, code: str, weight: int) -> Json:
        weighed = extension("itemWeight", valueDecimal=weight)
        return {"system": system, "code": code, "extension": [weighed]}

    contained = {
        "resourceType": "ValueSet",
        "id": "v",
        "url": "u",
        "expansion": {
            "contains": [
                concept("s1", "1", 1), concept("s2", "1", 10),
                concept("s1", "2", 2), concept("s2", "2", 20),
            ]
        },
    }  # fmt: skip
    items = (
        question("a", "choice", answerValueSet="#v"),
        question("b", "choice", answerValueSet="u"),
        calculated(WEIGHED[0], "decimal"),
    )
    loaded = sdc.load(form(*items, contained=[contained]))
    one, two = {"system": "s2", "code": "1"}, {"system": "s1", "code": "2"}
    given = response(answered("a", one), answered("b", two))
    assert said(loaded.calculate(given))["it"] == [12]


def test_a_value_set_is_fetched_by_the_callers_resolver() -> None:
    listed = {
        "resourceType": "ValueSet",
        "compose": {"include": [{"system": "s", "concept": [{"code": "x"}]}]},
    }
    item = question("a", "choice", answerValueSet="http://example.org/vs|2")
    loaded = sdc.load(form(item), {"http://example.org/vs|2": listed}.get)
    assert loaded.warnings == ()
    assert loaded.problems(response(answered("a", {"code": "x"}))) == []
    assert len(loaded.problems(response(answered("a", {"code": "y"})))) == 1


def test_a_total_that_disagrees_with_its_answers_is_found_and_put_right() -> None:
    options = coded("no", "some", weights=True)
    items = (question("a", "choice", answerOption=options), calculated(WEIGHED[1], "quantity"))
    loaded = sdc.load(form(*items))
    wrong = response(
        answered("a", {"code": "some"}), answered("it", {"value": 13, "unit": "{score}"})
    )
    (found,) = loaded.problems(wrong)
    assert (found.link_id, found.severity) == ("it", "error")
    assert found.sentence.values == {"given": "13", "worked_out": "1"}
    assert said(loaded.calculate(wrong))["it"] == [{"value": 1}]
    right = response(
        answered("a", {"code": "some"}), answered("it", {"value": 1, "unit": "{score}"})
    )
    assert loaded.problems(right) == []


def test_calculating_changes_nothing_it_was_given_and_settles() -> None:
    loaded = sdc.load(form(question("a", "integer"), calculated("1.5 + 1", "decimal")))
    given = response(answered("a", 1), id="kept", status="in-progress")
    before = deepcopy(given)
    once = loaded.calculate(given)
    assert given == before
    assert loaded.calculate(once) == once
    assert (once["id"], json.loads(json.dumps(once))) == ("kept", once)


def test_a_rule_that_needs_the_time_is_refused_without_it() -> None:
    loaded = sdc.load(form(calculated("today()", "date")))
    assert said(loaded.calculate({})) == {}
    (found,) = loaded.problems({})
    assert "today's date" in str(found.sentence)


def test_an_answer_stays_where_its_rule_cannot_be_worked_out() -> None:
    loaded = sdc.load(form(calculated("'a' + 1")))
    assert said(loaded.calculate(response(answered("it", "typed")))) == {"it": ["typed"]}
    assert [found.severity for found in loaded.problems({})] == ["warning"]


def test_answers_are_told_apart_by_type() -> None:
    value = "%resource.item.where(linkId='a').answer.value"
    rules = {
        "coded": f"{value}.ofType(Coding).code",
        "typed": f"{value}.ofType(FHIR.string)",
        "found": f"{value}.where($this is Coding).code",
        "both": f"{value}.select(code | ofType(string)).join('+')",
    }
    items = (calculated(text, "string", name) for name, text in rules.items())
    loaded = sdc.load(form(question("a", "open-choice", repeats=True), *items))
    found = said(loaded.calculate(response(answered("a", {"code": "c"}, "x"))))
    assert [found[name] for name in rules] == [["c"], ["x"], ["c"], ["c+x"]]


def test_a_question_may_look_up_another_response() -> None:
    # lforms fhirpath-expression-on-repeating-items: an organisation gives its number.
    def organisation(name: str, number: str) -> Json:
        return {"linkId": "o", "item": [answered("name", name), answered("number", number)]}

    lookup = "%other.item.where(linkId = 'o' and item.where(answer.valueString = %chosen))"
    number = rule("calculatedExpression", f"{lookup}.item.where(linkId = 'number').answer.value")
    chosen = rule("variable", "item.where(linkId = 'n').answer.valueString", "chosen")
    part = group(
        "g", question("n"), question("it", "string", number), repeats=True, extension=[chosen]
    )
    contained = response(organisation("NIH", "NIH-1"), organisation("IIA", "IIA-9"))
    other = rule("variable", "%questionnaire.contained[0]", "other")
    loaded = sdc.load(form(part, contained=[contained], extension=[other]))
    groups = [{"linkId": "g", "item": [answered("n", name)]} for name in ("IIA", "NIH", "?")]
    assert said(loaded.calculate(response(*groups)))["it"] == ["IIA-9", "NIH-1"]


def test_an_answer_kept_in_words_alone_counts_as_the_option_it_names() -> None:
    words = {"a": "Not at all", "d": "Nearly every day"}
    options = [
        {"valueCoding": {"system": "urn:x", "code": code, "display": text}}
        for code, text in words.items()
    ]
    counted = "%resource.item.where(linkId = 'q').answer.where(value.code = 'd').count()"
    loaded = sdc.load(
        form(question("q", "choice", answerOption=options), calculated(counted, "integer"))
    )

    def count(text: str) -> list[Any]:
        kept = response({"linkId": "q", "answer": [{"valueCoding": {"display": text}}]})
        return said(loaded.calculate(kept)).get("it", [])

    assert count("Nearly every day") == [1]
    assert count("Every day") == [0]
