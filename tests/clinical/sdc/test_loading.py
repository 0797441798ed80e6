"""What a form gets wrong: refused with every problem, or understood with a warning."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.sdc import sayings
from tests.clinical.sdc.building import (
    FHIR,
    calculated,
    coded,
    condition,
    extension,
    form,
    group,
    question,
    rule,
)


def problems(questionnaire: Any) -> list[tuple[str, str]]:
    with pytest.raises(sdc.FormError) as caught:
        sdc.load(questionnaire)
    return caught.value.problems


def warnings(questionnaire: Any) -> list[str]:
    return [finding.sentence.text for finding in sdc.load(questionnaire).warnings]


def test_every_problem_is_named_at_once() -> None:
    found = problems(
        form(
            question("a", "colour"),
            question("b"),
            question("b"),
            {"type": "string", "text": "nameless"},
            question("c", enableWhen=[condition("zz", "=", answerString="x")]),
            question("d", enableWhen=[{"operator": "=", "answerString": "x"}]),
            question("e", enableWhen=[condition("b", "like", answerString="x")]),
            question("f", enableWhen=[condition("b", "=")]),
        )
    )
    assert [link for link, _ in found] == ["a", "b", "", "d", "e", "f", "c"]
    assert all(sentence.endswith(".") for _, sentence in found)


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        "form",
        {},
        {"resourceType": "Patient"},
        form(implicitRules="http://example.org/rules"),
        form(modifierExtension=[{"url": "http://example.org/not"}]),
        form(question("a", modifierExtension=[{"url": "http://example.org/not"}])),
        form("not an item"),  # type: ignore[arg-type]  # the point of the case
        {"resourceType": "Questionnaire", "item": {"linkId": "a"}},
        form(question("a", maxLength=float("nan"))),
        form(question("a", extra=object())),
        form(
            question("a"),
            extension=[rule("variable", "1", "x"), rule("variable", "2", "x")],
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(source: Any) -> None:
    assert problems(source)


@pytest.mark.parametrize(
    "item",
    [
        question("a", required="true"),
        question("a", maxLength="10"),
        question("a", "coding"),
        {"linkId": 7, "type": "string"},
        {"linkId": "a", "item": [question("b")]},
        question("a", "choice", answerValueSet="http://example.org/vs"),
        question("a", "choice", answerOption=[{}]),
        question("a", "display", initial=[{"valueString": "x"}]),
        question("a", initialString="x"),
        calculated("1 +"),
        calculated("%nobody"),
        question("a", "string", rule("calculatedExpression", "")),
        question("a", "string", {"url": f"{FHIR}variable", "valueExpression": {"expression": "1"}}),
        question("a", enableWhen=[condition("a", "exists", answerBoolean="true")]),
    ],
)
def test_what_can_be_understood_is_a_warning(item: Any) -> None:
    assert len(warnings(form(item))) >= 1


def test_a_form_in_order_has_no_warning() -> None:
    items = (question("a", "choice", answerOption=coded("x")), group("g", question("b")))
    assert warnings(form(*items)) == []


def test_text_is_read_as_the_flag_it_means() -> None:
    item = sdc.load(form(question("a", required="true", repeats="false"))).item("a")
    assert (item.required, item.repeats) == (True, False)


def test_one_note_may_stand_in_two_groups() -> None:
    note = {"linkId": "n", "type": "display", "text": "Note"}
    assert len(warnings(form(group("a", note), group("b", note)))) == 1
    assert problems(form(group("a", question("n")), group("b", question("n"))))


@pytest.mark.parametrize(
    "questionnaire",
    [
        form(
            question("a", enableWhen=[condition("b", "exists", answerBoolean=True)]),
            question("b", enableWhen=[condition("a", "exists", answerBoolean=True)]),
        ),
        form(
            calculated("%resource.item.where(linkId='b').answer.value", link="a"),
            calculated("%resource.item.where(linkId='a').answer.value", link="b"),
        ),
        form(
            calculated("%x"),
            extension=[rule("variable", "%y", "x"), rule("variable", "%x", "y")],
        ),
    ],
)
def test_a_circle_is_reported_and_does_not_hang(questionnaire: Any) -> None:
    loaded = sdc.load(questionnaire)
    assert any("circle" in finding.sentence.text for finding in loaded.warnings)
    assert loaded.calculate({})["resourceType"] == "QuestionnaireResponse"


def test_what_an_item_says_is_kept() -> None:
    loaded = sdc.load(
        form(
            question(
                "a",
                "integer",
                extension("questionnaire-hidden", valueBoolean=True),
                extension("questionnaire-unit", valueCoding={"code": "kg"}),
                prefix="1.",
                readOnly=True,
                item=[
                    question(
                        "h",
                        "display",
                        extension(
                            "questionnaire-itemControl",
                            valueCodeableConcept={"coding": [{"code": "help"}]},
                        ),
                    )
                ],
            )
        )
    )
    item = loaded.item("a")
    assert (item.hidden, item.read_only, item.prefix) == (True, True, "1.")
    assert item.unit == {"code": "kg"}
    assert item.help == "Question h"


def test_words_are_given_in_the_readers_language() -> None:
    german = extension(
        "translation",
        extension=[{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": "Frage"}],
    )
    option = {"valueCoding": {"code": "y", "display": "Yes", "_display": {"extension": [german]}}}
    item = question("a", "choice", answerOption=[option])
    loaded = sdc.load(form(item | {"_text": {"extension": [german]}}))
    assert loaded.text("a", "de-CH") == "Frage"
    assert loaded.text("a", "fr") == loaded.text("a") == "Question a"
    assert loaded.option_text("a", "y", "de") == "Frage"
    assert loaded.option_text("a", "y") == "Yes"


def test_launch_context_is_named() -> None:
    launch = {
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext",
        "extension": [
            {"url": "name", "valueCoding": {"code": "patient"}},
            {"url": "type", "valueCode": "Patient"},
        ],
    }
    loaded = sdc.load(form(question("a"), extension=[launch]))
    assert loaded.launch_context == {"patient": "Patient"}


@pytest.mark.parametrize(
    ("operator", "answer", "told"), [("=", "x", True), ("!=", "x", False), (">", "x", True)]
)
def test_a_group_that_waits_for_its_own_inside_is_told(
    operator: str, answer: str, told: bool
) -> None:
    asks = [condition("in", operator, answerString=answer)]
    found = warnings(form(group("g", question("in"), enableWhen=asks)))
    assert (sayings.LOOP in found) is told
