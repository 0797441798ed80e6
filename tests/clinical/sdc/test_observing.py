"""Observations out of answers. Cases after lforms extract-observations.spec."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical.sdc.building import (
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
)

LOINC = "http://loinc.org"


def mark(value: bool | str = True) -> Json:
    key = "valueBoolean" if isinstance(value, bool) else "valueCode"
    return {"url": f"{SDC}observationExtract", key: value}


def code(*codes: str) -> list[Json]:
    return [{"system": LOINC, "code": each} for each in codes]


def codes(observation: Json) -> list[str]:
    return [coding["code"] for coding in observation["code"].get("coding", [])]


def test_each_answer_that_was_asked_gives_one() -> None:
    yes = [condition("a", "=", answerBoolean=True)]
    choice = question(
        "b",
        "choice",
        answerOption=coded("x"),
        initial=[{"valueCoding": {"code": "x", "display": "X"}}],
        enableWhen=yes,
    )
    loaded = sdc.load(
        form(
            question("a", "boolean", initial=[{"valueBoolean": True}]),
            choice,
            question("c", "boolean"),
            extension=[mark()],
        )
    )
    found = loaded.observations(loaded.start())
    assert [each.get("valueBoolean") for each in found] == [True, None]
    assert found[1]["valueCodeableConcept"] == {
        "coding": [{"code": "x", "display": "X"}],
        "text": "X",
    }
    assert [each["status"] for each in found] == ["final", "final"]
    off = loaded.calculate(response(answered("a", False)))
    assert [each["valueBoolean"] for each in loaded.observations(off)] == [False]


def test_repeated_answers_give_one_each_with_their_unit() -> None:
    unit = extension(
        "questionnaire-unit",
        valueCoding={"system": "http://unitsofmeasure.org", "code": "kg", "display": "kilogram"},
    )
    item = question("w", "decimal", unit, mark(), code=code("29463-7"), repeats=True)
    found = sdc.load(form(item)).observations(response(answered("w", 1.0, 2.5)))
    assert [each["valueQuantity"]["value"] for each in found] == [1, 2.5]
    assert found[0]["valueQuantity"]["unit"] == "kilogram"
    assert found[0]["code"] == {"coding": code("29463-7"), "text": "Question w"}


def test_the_mark_is_handed_down_refused_and_put_on_single_codes() -> None:
    def asked(link: str, *rules: Json, listed: Any = None) -> Json:
        return question(link, "boolean", *rules, code=listed or code(link))

    picked = [{"code": "no"}, {"code": "yes", "extension": [mark()]}]
    dropped = [{"code": "no", "extension": [mark(False)]}, {"code": "yes"}, {"code": "too"}]
    loaded = sdc.load(
        form(
            group("g", asked("off"), asked("on", mark()), extension=[mark(False)]),
            asked("not"),
            asked("pick", listed=picked),
            asked("drop", mark(), listed=dropped),
        )
    )
    links = ("not", "pick", "drop")
    inside = {"linkId": "g", "item": [answered("off", True), answered("on", True)]}
    found = loaded.observations(response(inside, *(answered(link, True) for link in links)))
    assert [codes(each) for each in found] == [["on"], ["yes"], ["yes", "too"]]


def pressure(*answers: int) -> list[Json]:
    return [answered(link, {"value": value}) for link, value in zip("sd", answers, strict=True)]


PRESSURE = [
    question("s", "quantity", mark("component"), code=code("8480-6")),
    question("d", "quantity", mark("component"), code=code("8462-4")),
]


def test_components_join_the_observation_above() -> None:
    item = group("bp", *PRESSURE, code=code("85354-9"), extension=[mark()])
    (found,) = sdc.load(form(item)).observations(
        response({"linkId": "bp", "item": pressure(120, 80)}, subject={"reference": "Patient/1"},
                 authored="2026-11-22T12:00:00Z", id="r")
    )  # fmt: skip
    assert codes(found) == ["85354-9"]
    assert [codes(part) for part in found["component"]] == [["8480-6"], ["8462-4"]]
    assert [part["valueQuantity"]["value"] for part in found["component"]] == [120, 80]
    assert found["subject"] == {"reference": "Patient/1"}
    assert found["effectiveDateTime"] == "2026-11-22T12:00:00Z"
    assert found["derivedFrom"] == [{"reference": "QuestionnaireResponse/r"}]


def test_each_repeated_parent_has_its_own_components() -> None:
    item = question("n", "string", mark(), code=code("85354-9"), repeats=True, item=PRESSURE)
    answers = [
        {"valueString": name, "item": pressure(*values)}
        for name, values in (("Adam", (120, 80)), ("Ben", (130, 90)))
    ]
    found = sdc.load(form(item)).observations(response({"linkId": "n", "answer": answers}))
    assert [
        (each["valueString"], *(part["valueQuantity"]["value"] for part in each["component"]))
        for each in found
    ] == [("Adam", 120, 80), ("Ben", 130, 90)]


def test_members_are_observations_of_their_own() -> None:
    member = question("m", "decimal", mark("member"), code=code("6690-2"))
    item = group("p", member, code=code("58410-2"), extension=[mark()])
    panel, cell = sdc.load(form(item)).observations(
        response({"linkId": "p", "item": [answered("m", 5.5)]})
    )
    assert panel["hasMember"] == [{"reference": f"Observation/{cell['id']}"}]
    assert cell["valueQuantity"] == {"value": 5.5}


def test_what_is_joined_to_nothing_is_left_out() -> None:
    found = sdc.load(form(*PRESSURE)).observations(response(*pressure(120, 80)))
    assert found == []
    empty = group("bp", *PRESSURE, code=code("85354-9"), extension=[mark()])
    assert sdc.load(form(empty)).observations({}) == []


def test_a_wrong_total_is_observed_as_worked_out() -> None:
    item = question("t", "integer", mark(), code=code("44261-6"))
    item["extension"].append(
        {
            "url": f"{SDC}calculatedExpression",
            "valueExpression": {"language": "text/fhirpath", "expression": "7"},
        }
    )
    (found,) = sdc.load(form(item)).observations(response(answered("t", 13)))
    assert found["valueInteger"] == 7


@pytest.mark.parametrize(
    ("status", "made"),
    [
        ("completed", ["final"]),
        ("amended", ["amended"]),
        ("in-progress", ["final"]),
        ("entered-in-error", []),
        ("stopped", []),
    ],
)
def test_nothing_comes_of_a_response_that_was_withdrawn(status: str, made: list[str]) -> None:
    loaded = sdc.load(form(question("w", "decimal", code=code("29463-7"), extension=[mark()])))
    kept = response(answered("w", 82.5)) | {"status": status}
    assert [each["status"] for each in loaded.observations(kept)] == made
