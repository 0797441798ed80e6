"""What real forms get wrong and people still understand: told once, and read as it is meant."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.sdc import sayings, shortcuts
from app.clinical.sdc.evaluation import table
from tests.clinical.sdc.building import (
    answered,
    calculated,
    coded,
    condition,
    extension,
    form,
    question,
    response,
    rule,
    said,
)


def told(*items: Any) -> list[str]:
    return [each.sentence.text for each in sdc.load(form(*items)).warnings]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", {"valueString": "seven"}),
        ("integer", {"valueDecimal": 7.5}),
        ("integer", {"valueInteger": "seven"}),
        ("integer", {"valueInteger": 7.5}),
        ("decimal", {"valueQuantity": {"value": 1}}),
        ("boolean", {"valueBoolean": "perhaps"}),
        ("boolean", {"valueInteger": 1}),
        ("string", {"valueCoding": {"code": "x"}}),
        ("date", {"valueDate": "2026-13-40"}),
        ("date", {"valueString": "2026-01-01"}),
        ("choice", {"valueCoding": "x"}),
        ("choice", {"valueBoolean": True}),
        ("quantity", {"valueQuantity": {"value": "much"}}),
        ("reference", {"valueReference": "Patient/1"}),
    ],
)
def test_an_answer_of_another_kind_is_not_filled_in(kind: str, value: Any) -> None:
    item = question("a", kind, initial=[value])
    assert told(item) == [sayings.INITIAL_KIND]
    assert "item" not in sdc.load(form(item)).start()


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("integer", {"valueInteger": "7"}, 7),
        ("decimal", {"valueDecimal": "7.5"}, 7.5),
        ("boolean", {"valueBoolean": "true"}, True),
    ],
)
def test_an_answer_written_as_text_is_filled_in_as_it_is_meant(
    kind: str, value: Any, meant: Any
) -> None:
    item = question("a", kind, initial=[value])
    assert told(item) == [sayings.INITIAL_TEXT]
    assert said(sdc.load(form(item)).start()) == {"a": [meant]}


def test_a_unit_without_a_number_is_a_proposal_and_no_answer() -> None:
    item = question("a", "quantity", initial=[{"valueQuantity": {"unit": "kg", "code": "kg"}}])
    assert told(item) == []
    assert "item" not in sdc.load(form(item)).start()


def test_more_answers_beforehand_than_anyone_reads_are_cut() -> None:
    many = [{"valueInteger": at} for at in range(2_000)]
    item = question("a", "integer", initial=many, repeats=True)
    assert told(item) == [sayings.INITIAL_MOST]
    assert len(said(sdc.load(form(item)).start())["a"]) == 500
    assert told(question("a", "integer", initial=many[:2])) == [sayings.INITIAL_MANY]


@pytest.mark.parametrize(
    ("item", "saying"),
    [
        (
            question(
                "a",
                "integer",
                extension("minValue", valueInteger=9),
                extension("maxValue", valueInteger=3),
            ),
            sayings.LIMITS_CROSSED,
        ),
        (
            question(
                "a",
                "date",
                extension("minValue", valueDate="2026-02-01"),
                extension("maxValue", valueDate="2026-01-01"),
            ),
            sayings.LIMITS_CROSSED,
        ),
        (
            question(
                "a",
                "string",
                extension("questionnaire-minOccurs", valueInteger=4),
                extension("questionnaire-maxOccurs", valueInteger=2),
            ),
            sayings.LIMITS_CROSSED,
        ),
        (
            question("a", "string", extension("minLength", valueInteger=4), maxLength=2),
            sayings.LIMITS_CROSSED,
        ),
        (
            question("a", "integer", extension("minValue", valueString="few")),
            sayings.LIMIT_NO_NUMBER,
        ),
        (question("a", "string", extension("regex", valueString="(")), sayings.PATTERN_BROKEN),
        (question("a", "string", extension("regex", valueInteger=4)), sayings.PATTERN_BROKEN),
        (
            question("a", "choice", answerOption=coded("x"), answerValueSet="#v"),
            sayings.OPTIONS_TWICE,
        ),
        (question("a", "choice", option=coded("x")), sayings.OPTIONS_STU3),
        (question("a", "choice", answerOption="x"), sayings.SHAPE),
        (question("a", text=["x"]), sayings.SHAPE),
        (question("a", code={"code": "x"}), sayings.SHAPE),
        (question("a", extension="x"), sayings.SHAPE),
        (question("a", extension=[{"valueString": "x"}]), sayings.EXTENSION_SHAPE),
        (question("a", maxLength="NaN"), sayings.LIMIT_UNUSED),
        (question("a", maxLength="Infinity"), sayings.LIMIT_UNUSED),
    ],
)
def test_a_slip_is_told(item: Any, saying: str) -> None:
    assert told(item) == [saying]


def test_a_form_of_another_shape_is_told() -> None:
    loaded = sdc.load(form(question("a"), title=["x"], contained={}))
    assert [each.sentence.text for each in loaded.warnings] == [sayings.SHAPE] * 2


def test_one_thing_in_place_of_a_list_is_read_as_one() -> None:
    loaded = sdc.load(
        form(
            question("a", "choice", answerOption=coded("x")[0]),
            question("b", "integer", initial={"valueInteger": 3}),
            question("c", enableWhen=condition("b", "=", answerInteger=4)),
            question("d", "string", extension=extension("questionnaire-hidden", valueBoolean=True)),
        )
    )
    assert len(loaded.item("a").options) == 1
    assert said(loaded.start()) == {"b": [3]}
    assert "c" not in loaded.enabled(loaded.start())
    assert loaded.item("d").hidden


def test_a_form_of_stu3_is_read() -> None:
    items = (
        question("a", "choice", option=coded("x", "y")),
        question("b", enableWhen=[{"question": "a", "answerCoding": {"system": "s", "code": "x"}}]),
        question(
            "c",
            enableWhen=[
                {"question": "a", "answerCoding": {"system": "s", "code": "y"}},
                {"question": "b", "hasAnswer": True},
            ],
        ),
    )
    loaded = sdc.load(form(*items))
    given = answered("a", {"system": "s", "code": "x"})
    assert loaded.enabled(response(given)) == {"a", "b"}
    # In STU3 one met condition of several is enough.
    assert loaded.enabled(response(given, answered("b", "text"))) == {"a", "b", "c"}
    assert sayings.CONDITION_STU3 in [each.sentence.text for each in loaded.warnings]


def test_conditions_on_notes_and_groups_are_kept() -> None:
    asks = [condition("a", "=", answerInteger=1)]
    note = {"linkId": "n", "type": "display", "text": "Note", "enableWhen": asks}
    whole = {"linkId": "g", "type": "group", "item": [question("b")], "enableWhen": asks}
    loaded = sdc.load(form(question("a", "integer"), note, whole))
    assert loaded.warnings == ()
    assert loaded.enabled(response(answered("a", 2))) == {"a"}
    assert loaded.enabled(response(answered("a", 1))) == {"a", "n", "g", "b"}


@pytest.mark.parametrize("word", ["Quantity", "Value"])
def test_an_amount_is_limited_in_its_own_unit(word: str) -> None:
    kilograms = {"unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"}
    item = question(
        "a",
        "quantity",
        extension(f"sdc-questionnaire-min{word}", valueQuantity={"value": 10, **kilograms}),
        extension(f"sdc-questionnaire-max{word}", valueQuantity={"value": 100, **kilograms}),
    )
    loaded = sdc.load(form(item))
    for value, unit, found in (
        (9, "kg", [sayings.TOO_SMALL]),
        (9_000, "g", [sayings.TOO_SMALL]),
        (101, "kg", [sayings.TOO_BIG]),
        (50_000, "g", []),
        (50, "m", [sayings.UNIT_UNLIKE]),
    ):
        given = response(answered("a", {"value": value, "unit": unit, "code": unit}))
        assert [each.sentence.text for each in loaded.problems(given)][:1] == found


@pytest.mark.parametrize("value", ["five", "", "NaN", "1e999999", [], {}, None, True])
def test_what_is_no_number_is_told_and_harms_nothing(value: Any) -> None:
    limits = (extension("minValue", valueInteger=1), extension("maxValue", valueDecimal=9.5))
    numbers = ("valueInteger", "valueDecimal", "valueString", "valueQuantity")
    for kind in ("integer", "decimal", "quantity"):
        asks = [condition("a", ">", answerInteger="text"), condition("a", "<=", answerDecimal=3)]
        loaded = sdc.load(
            form(
                question("a", kind, *limits),
                question("b", enableWhen=asks, enableBehavior="any"),
                calculated("%resource.item.where(linkId='a').answer.value > 3", "boolean"),
            )
        )
        for key in numbers:
            given = response({"linkId": "a", "answer": [{key: value}]})
            found = [each.sentence.text for each in loaded.problems(given)]
            assert {sayings.WRONG_KIND, sayings.NO_VALUE} & set(found) or value in (None, [], {})
            assert loaded.calculate(given)["resourceType"] == "QuestionnaireResponse"


def test_options_of_another_kind_than_the_question_are_left_out() -> None:
    loaded = sdc.load(form(question("a", "string", answerOption=coded("x"))))
    assert [each.sentence.text for each in loaded.warnings] == [sayings.OPTION_KIND]
    assert loaded.problems(response(answered("a", "Rome"))) == []


def test_a_list_may_hold_values_of_any_kind() -> None:
    options = [{"valueUri": "http://example.org/x"}, {"valueReference": {"reference": "a/1"}}]
    loaded = sdc.load(form(question("a", "choice", answerOption=options)))
    assert loaded.warnings == ()
    for value, found in (
        (options[0], []),
        (options[1], []),
        ({"valueUri": "http://example.org/y"}, [sayings.NOT_AN_OPTION]),
        ({"valueBoolean": True}, [sayings.WRONG_KIND]),
    ):
        given = response({"linkId": "a", "answer": [value]})
        assert [each.sentence.text for each in loaded.problems(given)] == found


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Choice", "choice"), ("openChoice", "open-choice"), (" datetime", "dateTime")],
)
def test_a_kind_spelt_in_another_way_is_read(written: str, meant: str) -> None:
    loaded = sdc.load(form(question("a", written)))
    assert [each.sentence.text for each in loaded.warnings] == [sayings.TYPE_SPELLING]
    assert loaded.item("a").type == meant


def test_a_group_without_a_name_is_asked() -> None:
    nameless = {"lindId": "g", "type": "group", "text": "Part", "item": [question("a")]}
    loaded = sdc.load(form(nameless))
    assert [each.sentence.text for each in loaded.warnings] == [sayings.NO_LINK]
    (part,) = loaded.items
    given = response({"linkId": part.link_id, "item": [answered("a", "text")]})
    assert loaded.problems(given) == []
    assert said(loaded.calculate(given)) == {"a": ["text"]}


def test_a_rule_that_calls_what_nobody_knows_is_told() -> None:
    loaded = sdc.load(form(calculated("%resource.foo()"), calculated("today()", link="b")))
    assert [str(each.sentence) for each in loaded.warnings] == [
        "A rule calls “foo”, which we do not know; it gives no result."
    ]


def test_the_functions_we_know_are_those_rules_are_worked_out_by() -> None:
    known = {name for name in table() if name.isidentifier()}
    signs = {"and", "asOp", "containsOp", "div", "implies", "inOp", "isOp", "mod", "or", "xor"}
    assert known - signs == shortcuts.FUNCTIONS


def test_a_rule_that_looks_at_its_own_answer_is_told() -> None:
    own = "%resource.item.where(linkId='it').answer.value"
    through = rule("variable", own, "before")
    for item in (
        calculated(f"{own} + 1", "integer"),
        calculated("%before + 1", "integer"),
        question("it", "string", rule("enableWhenExpression", f"{own}.empty()")),
    ):
        loaded = sdc.load(form(item, extension=[through]))
        assert [each.sentence.text for each in loaded.warnings] == [sayings.RULE_ITSELF]
    others = "%resource.item.where(linkId!='it').answer.value.weight().sum()"
    assert sdc.load(form(calculated(others, "integer"))).warnings == ()
