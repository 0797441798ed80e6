"""What published forms of several houses use: small forms with the same features.

Read for it: the examples of the SDC guide, LHC-Forms (NLM), Smart Forms (CSIRO), Argonaut
and German study forms; the words and the numbers here are our own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.clinical import sdc
from app.clinical.sdc import sayings
from tests.clinical.sdc.building import (
    FHIR,
    SDC,
    Json,
    answered,
    coded,
    condition,
    extension,
    form,
    group,
    question,
    response,
    rule,
    said,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def told(questionnaire: Json, given: Json, context: Any = None) -> list[str]:
    found = sdc.load(questionnaire).problems(given, context)
    return [each.sentence.text for each in found]


def test_a_pattern_written_as_a_call_is_the_pattern() -> None:
    item = question("a", "string", extension("regex", valueString="matches('^[0-9]{4}$')"))
    assert told(form(item), response(answered("a", "2000"))) == []
    assert told(form(item), response(answered("a", "20000"))) == [sayings.NOT_LIKE_PATTERN]


def test_an_exclusive_answer_stands_alone() -> None:
    options = coded("x", "y", "none")
    options[2]["extension"] = [extension("questionnaire-optionExclusive", valueBoolean=True)]
    whole = form(question("a", "choice", answerOption=options, repeats=True))
    picked = {code: {"system": "s", "code": code} for code in ("x", "y", "none")}
    assert told(whole, response(answered("a", picked["x"], picked["y"]))) == []
    assert told(whole, response(answered("a", picked["none"]))) == []
    both = response(answered("a", picked["x"], picked["none"]))
    assert told(whole, both) == [sayings.NOT_ALONE]


def test_an_answer_may_be_chosen_while_its_rule_is_true() -> None:
    toggle = {
        "url": f"{SDC}answerOptionsToggleExpression",
        "extension": [
            {"url": "option", "valueCoding": {"system": "s", "code": "x"}},
            {
                "url": "expression",
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": "%resource.item.where(linkId='adult').answer.value",
                },
            },
        ],
    }
    whole = form(
        question("adult", "boolean"), question("a", "choice", toggle, answerOption=coded("x", "y"))
    )
    for adult, code, found in (
        (True, "x", []),
        (False, "x", [sayings.NOT_AN_OPTION]),
        (False, "y", []),
    ):
        given = response(answered("adult", adult), answered("a", {"system": "s", "code": code}))
        assert told(whole, given) == found


def test_a_file_keeps_its_kind_and_size() -> None:
    limits = (
        extension("mimeType", valueCode="image/jpeg"),
        extension("mimeType", valueCode="application/pdf"),
        extension("maxSize", valueDecimal=1_000),
    )
    whole = form(question("a", "attachment", *limits))
    for file, found in (
        ({"contentType": "application/pdf", "size": 1_000}, []),
        ({"contentType": "image/png", "size": 10}, [sayings.WRONG_FILE]),
        ({"contentType": "IMAGE/JPEG; q=1", "size": 1_001}, [sayings.FILE_TOO_LARGE]),
        ({"url": "http://example.org/x"}, []),
    ):
        given = response({"linkId": "a", "answer": [{"valueAttachment": file}]})
        assert told(whole, given) == found


def test_a_constraint_is_told_where_it_says() -> None:
    constraint = {
        "url": f"{FHIR}targetConstraint",
        "extension": [
            {"url": "key", "valueId": "adult"},
            {"url": "severity", "valueCode": "error"},
            {"url": "human", "valueString": "For adults only."},
            {"url": "location", "valueString": "item.where(linkId='age')"},
            {
                "url": "expression",
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": "%resource.item.where(linkId='age').answer.value >= 18",
                },
            },
        ],
    }
    loaded = sdc.load(form(question("age", "integer"), extension=[constraint]))
    (found,) = loaded.problems(response(answered("age", 17)))
    assert (found.link_id, found.severity) == ("age", "error")
    assert loaded.problems(response(answered("age", 18))) == []


def test_a_group_is_made_for_each_record_a_query_brought() -> None:
    query = {
        "url": f"{SDC}itemPopulationContext",
        "valueExpression": {
            "name": "medicine",
            "language": "application/x-fhir-query",
            "expression": "MedicationStatement?patient={{%patient.id}}",
        },
    }
    inside = question("name", "string", rule("initialExpression", "%medicine.medication.text"))
    loaded = sdc.load(form(group("g", inside, repeats=True, extension=[query])))
    records = [
        {"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": text}}
        for text in ("One", "Two")
    ]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in records]}
    for brought in (bundle, records):
        start = loaded.start({"medicine": brought})
        assert [each["item"][0]["answer"] for each in start["item"]] == [
            [{"valueString": "One"}],
            [{"valueString": "Two"}],
        ]
    assert "item" not in loaded.start()


@pytest.mark.parametrize("kind", ["candidateExpression", "answerExpression"])
def test_what_a_query_offers_may_be_chosen(kind: str) -> None:
    query = {
        "url": f"{SDC}{kind}",
        "valueExpression": {
            "name": "contact",
            "language": "application/x-fhir-query",
            "expression": "RelatedPerson?active=true",
        },
    }
    inside = question("name", "string", rule("calculatedExpression", "%contact.name.text"))
    loaded = sdc.load(form(group("g", inside, extension=[query]), question("c", "choice", query)))
    assert sayings.NAME_UNKNOWN not in [each.sentence.text for each in loaded.warnings]
    found = said(loaded.calculate({}, {"contact": {"name": [{"text": "Ann"}]}}))
    assert found == {"name": ["Ann"]}
    assert loaded.problems(response(answered("c", {"code": "anything"}))) == []


def test_an_observation_is_about_whom_its_group_says() -> None:
    who = question("who", "reference", extension("isSubject", valueBoolean=True))
    height = question("h", "decimal", code=[{"system": "http://loinc.org", "code": "8302-2"}])
    mark = {"url": f"{SDC}observationExtract", "valueBoolean": True}
    mother = {"reference": "RelatedPerson/1"}
    loaded = sdc.load(form(group("g", who, height), height | {"linkId": "own"}, extension=[mark]))
    given = response(
        {
            "linkId": "g",
            "item": [
                {"linkId": "who", "answer": [{"valueReference": mother}]},
                answered("h", 160.5),
            ],
        },
        answered("own", 170.5),
        subject={"reference": "Patient/1"},
    )
    found = {
        each["valueQuantity"]["value"]: each["subject"]["reference"]
        for each in loaded.observations(given)
        if "valueQuantity" in each
    }
    assert found == {160.5: "RelatedPerson/1", 170.5: "Patient/1"}


def test_a_part_of_a_larger_form_is_asked_by_itself() -> None:
    part = form(
        question("a", enableWhen=[condition("elsewhere", "=", answerBoolean=True)]),
        {
            "linkId": "b",
            "type": "display",
            "text": "More",
            "extension": [extension("subQuestionnaire", valueCanonical="http://example.org/q")],
        },
        extension=[{"url": f"{SDC}assemble-expectation", "valueCode": "assemble-child"}],
    )
    loaded = sdc.load(part)
    assert [each.sentence.text for each in loaded.warnings] == [
        sayings.PART_MISSING,
        sayings.ASSEMBLED,
        sayings.CONDITION_UNKNOWN,
    ]
    assert loaded.enabled({}) == {"a", "b"}
    del part["extension"]
    with pytest.raises(sdc.FormError):
        sdc.load(part)


def test_a_unit_of_a_value_set_may_be_any() -> None:
    listed = extension("questionnaire-unitOption", valueCoding={"code": "kg"})
    elsewhere = extension("questionnaire-unitValueSet", valueCanonical="http://example.org/units")
    given = response(answered("a", {"value": 2, "code": "h", "unit": "h"}))
    assert told(form(question("a", "quantity", listed)), given) == [sayings.NOT_A_UNIT]
    assert told(form(question("a", "quantity", listed, elsewhere)), given) == []


def test_a_value_set_of_value_sets_leaves_out_what_it_says() -> None:
    def codes(name: str, *listed: str) -> Json:
        include = {"system": "s", "concept": [{"code": code} for code in listed]}
        return {"resourceType": "ValueSet", "id": name, "compose": {"include": [include]}}

    whole = codes("all")
    whole["compose"] = {
        "include": [{"valueSet": ["#one"]}, {"valueSet": ["#two"]}],
        "exclude": [{"system": "s", "concept": [{"code": "b"}]}],
    }
    contained = [codes("one", "a", "b"), codes("two", "c"), whole]
    loaded = sdc.load(form(question("q", "choice", answerValueSet="#all"), contained=contained))
    assert [each.value["valueCoding"]["code"] for each in loaded.item("q").options] == ["a", "c"]
    assert loaded.warnings == ()


def test_value_sets_in_a_circle_are_not_listed() -> None:
    circle: Json = {"resourceType": "ValueSet", "id": "v"}
    circle["compose"] = {"include": [{"valueSet": ["#v"] * 60}] * 60}
    loaded = sdc.load(form(question("q", "choice", answerValueSet="#v"), contained=[circle]))
    assert [each.sentence.text for each in loaded.warnings] == [sayings.VALUE_SET_UNKNOWN]


@pytest.mark.parametrize(
    "extra",
    [
        extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})
        for code in ("slider", "gtable", "tab-container", "autocomplete", "check-box", "footer")
    ]
    + [
        extension("questionnaire-sliderStepValue", valueInteger=5),
        extension("entryFormat", valueString="DD.MM.YYYY"),
        extension("sdc-questionnaire-collapsible", valueCode="default-open"),
        extension("preferredTerminologyServer", valueUrl="http://example.org/tx"),
        extension("questionnaire-signatureRequired", valueCodeableConcept={"text": "Witness"}),
        extension("designNote", valueMarkdown="For *designers*."),
        extension("rendering-xhtml", valueString="<b>x</b>"),
        extension("questionnaire-choiceOrientation", valueCode="vertical"),
    ],
)
def test_how_a_question_is_shown_changes_nothing_of_it(extra: Json) -> None:
    loaded = sdc.load(form(question("a", "integer", extra), derivedFrom=["http://example.org/q"]))
    assert loaded.warnings == ()
    assert loaded.problems(response(answered("a", 5))) == []


def test_a_code_is_found_among_many_of_one_name() -> None:
    options = [
        {
            "valueCoding": {"code": "c", "display": "C", "system": f"s{at}"},
            "extension": [extension("ordinalValue", valueDecimal=at)],
        }
        for at in range(400)
    ]
    loaded = sdc.load(form(question("a", "choice", answerOption=options)))
    given = response(answered("a", {"code": "c", "system": "s390"}))
    assert loaded.problems(given) == []
    assert loaded.score(given) == 390
    absent = response(answered("a", {"code": "c", "system": "elsewhere"}))
    assert [each.sentence.text for each in loaded.problems(absent)] == [sayings.NOT_AN_OPTION]


def test_answers_are_chosen_from_what_a_rule_offers() -> None:
    offers = rule("answerExpression", "%resource.item.where(linkId='a').answer.value")
    loaded = sdc.load(
        form(
            question("a", "string", repeats=True),
            question("b", "choice", offers),
            question("c", "open-choice", offers),
        )
    )
    assert loaded.warnings == ()
    for first, found in ((("x", "y"), []), (("y", "z"), ["b"]), ((), [])):
        given = response(answered("a", *first), answered("b", "x"), answered("c", "x"))
        assert [each.link_id for each in loaded.problems(given) if each.is_error] == found
