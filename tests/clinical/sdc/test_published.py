"""The published forms beside the project, and the sample cases."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical import shared
from tests.clinical.sdc.building import Json, answered, response, said

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOLDER = shared.DATA / "questionnaires"
FORMS = sorted(path.name for path in FOLDER.glob("*.json")) or ["lforms__phq9.json"]
QUESTIONNAIRES = [n for n in FORMS if n != "manifest.json" and "response" not in n]


def read(name: str) -> Any:
    return shared.read(f"questionnaires/{name}")


@pytest.mark.parametrize("name", QUESTIONNAIRES)
def test_every_published_form_is_asked_or_refused(name: str) -> None:
    source = read(name)
    if "INVALID" in name:
        with pytest.raises(sdc.FormError):
            sdc.load(source)
        return
    form = sdc.load(source)
    manifest = {each["file"]: each for each in read("manifest.json")["files"]}
    assert len(form.definition.by_link) == manifest[name]["features"]["items"]
    context = {"now": NOW, "patient": {"resourceType": "Patient", "birthDate": "1970-01-01"}}
    start = form.start(context)
    assert form.calculate(start, context) == start
    assert form.enabled(start, context) <= set(form.definition.by_link)
    assert json.loads(json.dumps(start)) == start
    assert all(each.sentence.text for each in form.problems(start, context))
    assert isinstance(form.observations(start, context), list)


@pytest.mark.parametrize("case", shared.cases("questionnaires"))
def test_the_sample_cases_agree(case: Json) -> None:
    source = read(case["questionnaire"])
    match case["kind"]:
        case "import-invalid":
            with pytest.raises(sdc.FormError):
                sdc.load(source)
        case "enableWhen":
            given = [{"linkId": key, "answer": [value]} for key, value in case["answers"].items()]
            found = sdc.load(source).enabled(response(*given))
            assert set(case["expected"]["enabled"]) <= found
            assert not set(case["expected"]["disabled"]) & found
        case "calculatedExpression":
            found_all = said(sdc.load(source).calculate(case["questionnaireResponse"]))
            assert found_all[case["target_linkId"]] == case["expected"]
        case "enableWhen-response":
            _stripped(sdc.load(source))
        case _:
            _total(sdc.load(source))


def _stripped(form: sdc.Form) -> None:
    for number, left in ((5.0, ["n1", "q4"]), (4.0, ["n1"])):
        inside = [answered("n1", number), answered("q4", "888")]
        done = form.calculate(response({"linkId": "middleGroup", "item": inside}))
        assert [each["linkId"] for each in done["item"][0]["item"]] == left


def _total(form: sdc.Form) -> None:
    codes = ["Not-at-all", "Several-days", "More than half the days", "Nearly every day"]
    answers = [
        answered(f"H1/T1/Q{at}", {"code": codes[weight]})
        for at, weight in enumerate((0, 0, 0, 1, 2, 1, 3, 2, 1), start=1)
    ]
    given = response({"linkId": "H1/T1", "item": [*answers, answered("H1/TS", {"value": 13})]})
    (found,) = form.problems(given)
    assert (found.link_id, found.severity) == ("H1/TS", "error")
    assert said(form.calculate(given))["H1/TS"] == [{"value": 10}]


def test_the_published_example_response_is_recomputed() -> None:
    form = sdc.load(read("sdc__questionnaire-sdc-profile-example-PHQ9.json"))
    given = read("sdc__questionnaireresponse-sdc-example-PHQ9.json")
    told = {each.link_id: each.sentence.values for each in form.problems(given)}
    # It stands flat, under codes of its own; its words are those of the list.
    assert told["H1/TS"] == {"given": "13", "worked_out": "11"}
    assert form.score(given) == 11


@pytest.mark.parametrize(
    ("question", "key", "first", "second"),
    [
        ("Q9a", "valueString", "A", "B"),
        ("Q9b", "valueInteger", 12, 34),
        ("Q9c", "valueDate", "2022", "2022-09"),
        ("Q9d", "valueTime", "10:30:00", "13:30:00"),
    ],
)
def test_conditions_on_options_of_each_kind(
    question: str, key: str, first: Any, second: Any
) -> None:
    # lforms enableWhen-test.spec: nothing, the first option, then the second.
    form = sdc.load(read("lforms__enableWhen-test.R4.json"))
    for value, shown in (
        (None, {"not-exists", "noteq-B"}),
        (first, {"exists", "noteq-B"}),
        (second, {"exists", "eq-B"}),
    ):
        given = {} if value is None else {question: {key: value}}
        found = form.enabled(given)
        names = ("not-exists", "exists", "noteq-B", "eq-B")
        assert {name for name in names if f"{question}-{name}" in found} == shown


def test_a_heart_risk_is_that_of_plain_arithmetic() -> None:
    # The 187-item form's own coefficients: a woman of 60, pressure 150, cholesterol 6 and 1.2.
    form = sdc.load(read("smartforms__715.R4.json"))
    measured = {"systolic-bp": 150.0, "tot-chol": 6.0, "hdl-chol": 1.2}
    answers = [answered(link, value) for link, value in measured.items()]
    parts = [
        answered("age", 60),
        {
            "linkId": "0db82ad3-fd45-4c0c-a603-9fbe6bbb9aca",
            "item": [answered("3a98ac7a-9313-4222-a853-edd0415bfc48", {"code": "female"})],
        },
        {"linkId": "7845504e-859d-4834-a264-127bcbee8759", "item": answers},
    ]
    found = said(form.calculate(response({"linkId": "715", "item": parts})))
    total = 18.8144 - 1.2146 + math.log(60) * (0.3668 - 1.8443)
    total += math.log(150) * -1.4032 + math.log(6 / 1.2) * -0.539
    scale = math.exp(0.6536 + total * -0.2402)
    risk = (1 - math.exp(-math.exp((math.log(5) - total) / scale))) * 100
    assert found["09c2de87-614f-4e5c-a496-387cab577ae5"] == [round(risk)]
