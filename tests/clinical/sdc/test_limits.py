"""Limits of units, of sizes, and of what is worked out; answers that stand in no list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.sdc import sayings
from tests.clinical.sdc.building import (
    SDC,
    answered,
    calculated,
    coded,
    extension,
    form,
    question,
    response,
    rule,
)

NOW = {"now": datetime(2026, 3, 4, 10, tzinfo=UTC)}
KG = {"system": "http://unitsofmeasure.org", "code": "kg"}
LISTED = extension("questionnaire-unitOption", valueCoding=KG)
FIXED = extension("questionnaire-unit", valueCoding=KG | {"display": "kilograms"})
OPEN = {"url": f"{SDC}unitOpen", "valueCode": "optionsOrType"}
CLOSED = {"url": f"{SDC}unitOpen", "valueCode": "optionsOnly"}


def told(item: Any, *values: Any) -> list[str]:
    loaded = sdc.load(form(item))
    return [str(each.sentence) for each in loaded.problems(response(answered("a", *values)), NOW)]


@pytest.mark.parametrize("rules", [(LISTED,), (LISTED, CLOSED), (FIXED,)])
@pytest.mark.parametrize(
    "unit",
    [
        {"unit": "mmHg", "code": "mm[Hg]"},
        {"unit": "stone", "code": "[stone_av]"},
        {"unit": "bananas"},
        {"unit": "g", "code": "g"},
    ],
)
def test_another_unit_than_is_asked_for_is_told(rules: Any, unit: Any) -> None:
    shown = "kilograms" if FIXED in rules else "kg"
    assert told(question("a", "quantity", *rules), {"value": 70} | unit) == [
        f"Please give this in one of these units: {shown}."
    ]


@pytest.mark.parametrize("rules", [(LISTED,), (LISTED, CLOSED), (FIXED,), (LISTED, OPEN)])
@pytest.mark.parametrize("unit", [{"unit": "kg"}, {"code": "kg", "unit": "kilo"}])
def test_the_unit_that_is_asked_for_is_fine(rules: Any, unit: Any) -> None:
    assert told(question("a", "quantity", *rules), {"value": 70} | unit) == []


def test_an_amount_without_a_unit() -> None:
    assert len(told(question("a", "quantity", LISTED, CLOSED), {"value": 70})) == 1
    assert told(question("a", "quantity", FIXED), {"value": 70}) == []
    assert told(question("a", "quantity", LISTED, OPEN), {"value": 70, "unit": "bananas"}) == []


def test_the_size_of_a_file_is_a_decimal() -> None:
    item = question("a", "attachment", extension("maxSize", valueDecimal=1000.5))
    loaded = sdc.load(form(item))
    assert loaded.warnings == ()
    for size, count in ((1000, 0), (1001, 1)):
        given = response({"linkId": "a", "answer": [{"valueAttachment": {"size": size}}]})
        assert len(loaded.problems(given)) == count


def worked_out(word: str, name: str, text: str, key: str, **fixed: Any) -> dict[str, Any]:
    value = {"language": "text/fhirpath", "expression": text}
    inner = {
        "url": f"http://hl7.org/fhir/StructureDefinition/{name}",
        "valueExpression": value,
    }
    return extension(word, **{key: {"extension": [inner]}}, **fixed)


@pytest.mark.parametrize("name", ["cqf-expression", "cqf-calculatedValue"])
def test_a_limit_that_is_worked_out_is_kept(name: str) -> None:
    item = question("a", "date", worked_out("maxValue", name, "today()", "_valueDate"))
    loaded = sdc.load(form(item))
    for day, said in (("2030-01-01", ["Please enter 2026-03-04 or less."]), ("2026-03-04", [])):
        given = response({"linkId": "a", "answer": [{"valueDate": day}]})
        assert [str(each.sentence) for each in loaded.problems(given, NOW)] == said
    (without_time,) = loaded.problems(response({"linkId": "a", "answer": [{"valueDate": "2026"}]}))
    assert (without_time.sentence.text, without_time.severity) == (sayings.LIMIT_FAILED, "warning")
    both = worked_out("minValue", name, "5 + 5", "_valueInteger", valueInteger=1)
    assert told(question("a", "integer", both), 9) == ["Please enter 10 or more."]
    plain = rule("maxValue", "2 + 2")
    assert told(question("a", "integer", plain), 5) == ["Please enter 4 or less."]
    empty = worked_out("minValue", name, "{}", "_valueInteger", valueInteger=3)
    assert told(question("a", "integer", empty), 2) == ["Please enter 3 or more."]


def test_numbers_are_limited_in_length_too() -> None:
    assert told(question("a", "integer", maxLength=3), 123) == []
    assert told(question("a", "integer", maxLength=3), 1234) == [
        "Please use no more than 3 digits and signs."
    ]
    assert len(told(question("a", "decimal", maxLength=3), 1.25)) == 1
    assert told(question("a", "decimal", maxLength=4), 1.25) == []


def test_an_open_choice_takes_a_listed_code_or_a_text() -> None:
    item = question("a", "open-choice", answerOption=coded("x", "y"))
    assert told(item, {"system": "s", "code": "x"}) == told(item, "mine") == []
    assert told(item, {"system": "s", "code": "z"}) == [sayings.NOT_AN_OPTION]
    unknown = question("a", "open-choice", answerValueSet="http://example.org/unknown")
    assert told(unknown, {"system": "s", "code": "z"}) == []
    either = question("a", "coding", answerOption=coded("x"), answerConstraint="optionsOrType")
    assert told(either, {"system": "s", "code": "z"}) == []


@pytest.mark.parametrize(("mark", "count"), [("true", 1), (True, 1), ("false", 0)])
def test_a_mark_written_as_text_is_understood(mark: Any, count: int) -> None:
    key = "valueString" if isinstance(mark, str) else "valueBoolean"
    marked = {"url": f"{SDC}observationExtract", key: mark}
    item = question("a", "integer", marked, code=[{"system": "l", "code": "1"}])
    loaded = sdc.load(form(item))
    assert len(loaded.observations(response(answered("a", 3)))) == count
    expected = [sayings.FLAG_TEXT] if isinstance(mark, str) else []
    assert [each.sentence.text for each in loaded.warnings] == expected


def test_rules_too_long_in_all_are_not_read_first() -> None:
    items = (calculated("(" * 10 + f"'{'x' * 2_000}{at}'", link=f"i{at}") for at in range(200))
    with pytest.raises(sdc.FormError) as refused:
        sdc.load(form(*items))
    assert [each[1] for each in refused.value.problems] == [sayings.EXPRESSIONS_TOO_LONG]
