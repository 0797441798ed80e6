"""What is wrong with answers, named by question."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.errors import ClinicalInputError
from app.clinical.sdc import sayings
from tests.clinical.sdc.building import (
    Json,
    answered,
    coded,
    extension,
    form,
    group,
    question,
    response,
)

MMHG = {"system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
KPA = {"system": "http://unitsofmeasure.org", "code": "kPa"}


def found(item: Json, *given: Json) -> list[tuple[str, str]]:
    """The sentences about each question."""
    return [
        (each.link_id, each.sentence.text)
        for each in sdc.load(form(item)).problems(response(*given))
    ]


def one(item: Json, key: str, value: Any) -> list[str]:
    """The sentences about one answer."""
    return [text for _, text in found(item, {"linkId": "a", "answer": [{key: value}]})]


@pytest.mark.parametrize(
    ("kind", "key", "good", "bad"),
    [
        ("boolean", "valueBoolean", True, "true"),
        ("integer", "valueInteger", 3, 3.5),
        ("integer", "valueInteger", -4, 2**31),
        ("decimal", "valueDecimal", 3.5, "3.5"),
        ("decimal", "valueInteger", 3, True),
        ("date", "valueDate", "2024-02-29", "2023-02-29"),
        ("date", "valueDate", "2024", "24"),
        ("dateTime", "valueDateTime", "2024-02-29T10:00:00Z", "2024-02-29 10:00"),
        ("time", "valueTime", "23:59:00", "24:00:00"),
        ("string", "valueString", "x", " "),
        ("text", "valueString", "x", 1),
        ("url", "valueUri", "https://example.org", "two words"),
        ("choice", "valueCoding", {"code": "x"}, {}),
        ("quantity", "valueQuantity", {"value": 1}, {"value": "1"}),
        ("reference", "valueReference", {"reference": "Patient/1"}, "Patient/1"),
        ("attachment", "valueAttachment", {"url": "x"}, []),
    ],
)
def test_an_answer_is_of_the_kind_that_is_asked_for(
    kind: str, key: str, good: Any, bad: Any
) -> None:
    assert one(question("a", kind), key, good) == []
    assert one(question("a", kind), key, bad) == [sayings.WRONG_KIND]
    assert one(question("a", kind), "valueOdd", good) == [sayings.WRONG_KIND]


@pytest.mark.parametrize(
    ("item", "key", "value", "text"),
    [
        (question("a", maxLength=3), "valueString", "abcd", sayings.TOO_LONG),
        (
            question("a", "string", extension("minLength", valueInteger=3)),
            "valueString",
            "ab",
            sayings.TOO_SHORT,
        ),
        (
            question("a", "string", extension("regex", valueString="[0-9]+")),
            "valueString",
            "a",
            sayings.NOT_LIKE_PATTERN,
        ),
        (
            question("a", "string", extension("regex", valueString="(")),
            "valueString",
            "a",
            sayings.PATTERN_UNUSABLE,
        ),
        (
            question("a", "integer", extension("minValue", valueInteger=3)),
            "valueInteger",
            2,
            sayings.TOO_SMALL,
        ),
        (
            question("a", "integer", extension("maxValue", valueInteger=3)),
            "valueInteger",
            4,
            sayings.TOO_BIG,
        ),
        (
            question("a", "date", extension("maxValue", valueDate="2024-01-01")),
            "valueDate",
            "2024-01-02",
            sayings.TOO_BIG,
        ),
        (
            question("a", "decimal", extension("maxDecimalPlaces", valueInteger=1)),
            "valueDecimal",
            1.25,
            sayings.TOO_PRECISE,
        ),
        (
            question("a", "quantity", extension("maxValue", valueQuantity={"value": 20, **KPA})),
            "valueQuantity",
            {"value": 151, **MMHG},
            sayings.TOO_BIG,
        ),
        (
            question("a", "quantity", extension("questionnaire-unitOption", valueCoding=MMHG)),
            "valueQuantity",
            {"value": 1, "code": "kg"},
            sayings.NOT_A_UNIT,
        ),
        (
            question("a", "choice", answerOption=coded("x")),
            "valueCoding",
            {"code": "y"},
            sayings.NOT_AN_OPTION,
        ),
        (
            question("a", "choice", answerOption=[{"valueInteger": 1}]),
            "valueInteger",
            2,
            sayings.NOT_AN_OPTION,
        ),
    ],
)
def test_a_limit_is_named(item: Json, key: str, value: Any, text: str) -> None:
    assert one(item, key, value) == [text]


@pytest.mark.parametrize(
    ("item", "key", "value"),
    [
        (
            question("a", "quantity", extension("maxValue", valueQuantity={"value": 20, **KPA})),
            "valueQuantity",
            {"value": 150, **MMHG},
        ),
        (question("a", "open-choice", answerOption=coded("x")), "valueString", "mine"),
        (
            question("a", "choice", answerValueSet="http://example.org/unknown"),
            "valueCoding",
            {"code": "y"},
        ),
        (question("a", maxLength=3), "valueString", "abc"),
    ],
)
def test_what_keeps_its_limits_is_fine(item: Json, key: str, value: Any) -> None:
    assert one(item, key, value) == []


def test_required_and_counted_answers() -> None:
    least, most = (
        extension("questionnaire-minOccurs", valueInteger=2),
        extension("questionnaire-maxOccurs", valueInteger=3),
    )
    item = question("a", "string", least, most, required=True, repeats=True)
    assert found(item) == [("a", sayings.REQUIRED)]
    assert found(item, answered("a", "1")) == [("a", sayings.AT_LEAST)]
    assert found(item, answered("a", "1", "2")) == []
    assert found(item, answered("a", *"1234")) == [("a", sayings.AT_MOST)]
    assert found(question("a"), answered("a", "1", "2")) == [("a", sayings.ONLY_ONE)]
    part = group("g", question("b"), required=True)
    assert found(part) == [("g", sayings.REQUIRED_GROUP)]
    twice = [{"linkId": "g", "item": [answered("b", "x")]}] * 2
    assert found(part, *twice) == [("g", sayings.ONLY_ONE)]


def test_what_stands_where_nobody_asked_is_named() -> None:
    part = group("g", question("a"))
    assert found(part, answered("zz", "1")) == [("zz", sayings.UNKNOWN_LINK)]
    assert found(part, answered("a", "1")) == [("a", sayings.MISPLACED)]
    assert found(part, answered("g", "1")) == [("g", sayings.NOT_ANSWERABLE)]
    note = {"linkId": "n", "type": "display"}
    assert found(note, answered("n", "1")) == [("n", sayings.NOT_ANSWERABLE)]


def test_answers_that_contradict_each_other_are_told_in_the_forms_words() -> None:
    # lforms q-with-targetConstraint.
    one_value, other_value = (f"item.where(linkId='{link}').answer.value" for link in "12")
    constraint = {
        "url": "http://hl7.org/fhir/StructureDefinition/targetConstraint",
        "extension": [
            {"url": "key", "valueId": "min-max"},
            {"url": "severity", "valueCode": "error"},
            {
                "url": "expression",
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": f"{one_value} <= {other_value}",
                },
            },
            {"url": "human", "valueString": "The minimum is above the maximum."},
        ],
    }
    item = group("g", question("1", "integer"), question("2", "integer"), extension=[constraint])
    loaded = sdc.load(form(item))

    def told(*given: Json) -> list[str]:
        return [
            str(each.sentence)
            for each in loaded.problems(response({"linkId": "g", "item": list(given)}))
        ]

    assert told(answered("1", 2), answered("2", 1)) == [
        "The answers do not fit together: The minimum is above the maximum."
    ]
    assert told(answered("1", 1), answered("2", 1)) == told(answered("1", 1)) == told() == []


@pytest.mark.parametrize("given", [None, [], "x", 7, {"resourceType": "Patient"}])
def test_what_are_no_answers_is_refused(given: Any) -> None:
    loaded = sdc.load(form(question("a")))
    for ask in (
        loaded.problems,
        loaded.enabled,
        loaded.calculate,
        loaded.score,
        loaded.observations,
    ):
        with pytest.raises(ClinicalInputError):
            ask(given)


@pytest.mark.parametrize(
    "given",
    [
        {"item": None},
        {"item": [1, "x", None]},
        {"item": [{}]},
        {"item": [{"linkId": "a", "answer": [None]}]},
        {"item": [{"linkId": "a", "answer": [{}]}]},
        {"item": [{"linkId": "a", "answer": {"valueString": []}}]},
        {"item": [{"linkId": ["a"]}]},
        {"item": {"linkId": "a"}},
        {"item": [{"linkId": "g", "answer": 3, "item": 4}]},
    ],
)
def test_broken_answers_break_nothing(given: Any) -> None:
    loaded = sdc.load(form(question("a"), group("g", question("b"))))
    assert isinstance(loaded.problems(given), list)
    assert loaded.enabled(given) == {"a", "g", "b"}
    assert loaded.calculate(given)["resourceType"] == "QuestionnaireResponse"
