"""The published forms beside the project, and the sample cases."""

from __future__ import annotations

import json
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
