"""The lifestyle questionnaire, as a person meets it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import guidelines, questionnaires
from app.clinical.guidelines.keys import KEYS
from tests.clinical.people import ADULT, TODAY, moment

FORM = questionnaires.lifestyle()
RAW = json.loads(
    resources.files("app.clinical.questionnaires").joinpath("lifestyle.json").read_text("utf-8")
)

WELL = {
    "height": "175",
    "height-unit": "cm",
    "sex-at-birth": "male",
    "activity-days": "5",
    "activity-minutes": "40",
    "smoking-status": "LA18978-9",
    "other-tobacco": "false",
    "alcohol-frequency": "LA6270-8",
    "salt-table": "rarely",
    "salt-packaged": "rarely",
    "salt-cured": "rarely",
    "salt-takeaway": "rarely",
}


def posted(**more: str) -> dict[str, str]:
    return {**WELL, **{key.replace("_", "-"): text for key, text in more.items()}}


def test_five_short_parts_each_a_page() -> None:
    assert [part.link_id for part in FORM.parts] == [
        "about-you",
        "moving",
        "tobacco-alcohol",
        "salt",
        "wellbeing",
    ]
    assert all(2 <= len(part.questions) <= 6 for part in FORM.parts)


def test_the_file_holds_what_fhir_wants_of_a_questionnaire() -> None:
    assert RAW["resourceType"] == "Questionnaire"
    assert RAW["status"] == "active"
    assert RAW["url"].startswith("https://")
    for raw in _walk(RAW["item"]):
        assert raw["linkId"]
        assert raw["text"].strip() == raw["text"] != ""
        assert raw["type"] in {
            "group", "display", "choice", "integer", "decimal", "quantity", "boolean", "text",
        }  # fmt: skip
        assert ("answerOption" in raw) is (raw["type"] == "choice")
        assert "enableBehavior" in raw or len(raw.get("enableWhen", ())) < 2


def _walk(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for item in items for each in (item, *_walk(item.get("item", [])))]


def test_sources_of_the_instruments_are_named() -> None:
    assert "AUDIT-C (Bush 1998" in RAW["purpose"]
    assert "not a validated instrument" in RAW["purpose"]
    assert "LOINC" in RAW["copyright"]


def test_a_person_who_answers_everything_plainly_has_no_problems() -> None:
    read = FORM.read(WELL)
    assert read.ok
    assert read.answers["height"]["valueQuantity"]["code"] == "cm"
    assert FORM.score(read.answers) == {"alcohol": 0, "salt": 0}


def test_an_empty_form_says_beside_each_question_what_to_do() -> None:
    problems = FORM.read({}).problems
    required = {
        item.link_id
        for item in FORM.questions()
        if item.required and item.link_id in FORM.enabled({})
    }
    assert set(problems) == required
    assert str(problems["height"]) == "Please answer this question."
    assert str(problems["smoking-status"]) == "Please choose one of the answers."


@pytest.mark.parametrize(
    ("link", "answers", "shown"),
    [
        ("cigarettes-a-day", {"smoking_status": "LA18976-3"}, True),
        ("cigarettes-a-day", {"smoking_status": "LA18977-1"}, True),
        ("cigarettes-a-day", {"smoking_status": "LA15920-4"}, False),
        ("cigarettes-a-day", {"smoking_status": ""}, False),
        ("alcohol-amount", {"alcohol_frequency": "LA18926-8"}, True),
        ("alcohol-amount", {"alcohol_frequency": "LA6270-8"}, False),
        ("alcohol-binge", {"alcohol_frequency": ""}, False),
        ("activity-minutes", {"activity_days": "1"}, True),
        ("activity-minutes", {"activity_days": "0"}, False),
        ("pregnant", {"sex_at_birth": "female"}, True),
        ("pregnant", {"sex_at_birth": "other"}, True),
        ("pregnant", {"sex_at_birth": "male"}, False),
        ("pregnant", {"sex_at_birth": ""}, False),
    ],
)
def test_a_question_appears_only_when_it_makes_sense(
    link: str, answers: dict[str, str], shown: bool
) -> None:
    assert (link in FORM.enabled(FORM.read(posted(**answers)).answers)) is shown


def test_an_answer_that_no_longer_applies_is_left_out() -> None:
    smoker = FORM.read(posted(smoking_status="LA18976-3", cigarettes_a_day="10"))
    assert smoker.answers["cigarettes-a-day"] == {"valueInteger": 10}
    stopped = FORM.read({"smoking-status": "LA15920-4"}, "tobacco-alcohol", smoker.answers)
    assert "cigarettes-a-day" not in stopped.answers


def test_a_part_is_read_alone_and_the_others_stay() -> None:
    first = FORM.read({"height": "170", "height-unit": "cm"}, "about-you")
    assert set(first.problems) == {"sex-at-birth"}
    second = FORM.read({"activity-days": "0"}, "moving", first.answers)
    assert second.ok
    assert set(second.answers) == {"height", "activity-days"}
    emptied = FORM.read({"activity-days": ""}, "moving", second.answers)
    assert set(emptied.answers) == {"height"}
    assert set(emptied.problems) == {"activity-days"}


@pytest.mark.parametrize(
    ("text", "unit", "problem"),
    [
        ("100", "cm", None),
        ("99.9", "cm", "between 100 and 250 cm"),
        ("250", "cm", None),
        ("250.1", "cm", "between 100 and 250 cm"),
        ("68,5", "[in_i]", None),
        ("5.9", "[in_i]", "between 39.4 and 98.4 inches"),
        ("175.65", "cm", "no more than one digit"),
        ("1.756", "cm", "Did you mean 175.6 cm?"),
        ("170", "", "choose the unit"),
        ("170", "kg", "choose the unit"),
        ("tall", "cm", "“tall” is not a number"),
    ],
)
def test_height_is_checked_in_the_unit_it_was_given_in(
    text: str, unit: str, problem: str | None
) -> None:
    problems = FORM.read({**WELL, "height": text, "height-unit": unit}).problems
    assert (problem in str(problems["height"])) if problem else problems == {}


@pytest.mark.parametrize(
    ("link", "text", "problem"),
    [
        ("activity-days", "7", None),
        ("activity-days", "8", "between 0 and 7"),
        ("activity-days", "-1", "between 0 and 7"),
        ("activity-days", "2.5", "whole number"),
        ("activity-minutes", "600", None),
        ("activity-minutes", "601", "between 1 and 600"),
        ("sleep-hours", "7,5", None),
        ("sleep-hours", "24.1", "between 0 and 24"),
        ("smoking-status", "LA1-1", "choose one of the answers"),
        ("other-tobacco", "perhaps", "choose one of the answers"),
        ("what-matters", "x" * 2000, None),
        ("what-matters", "x" * 2001, "no more than 2000 characters. You wrote 2001"),
    ],
)
def test_each_answer_is_held_to_its_limits(link: str, text: str, problem: str | None) -> None:
    problems = FORM.read({**WELL, link: text}).problems
    assert (problem in str(problems[link])) if problem else problems == {}


POINTS = st.integers(min_value=0, max_value=4)


@given(st.integers(min_value=1, max_value=4), POINTS, POINTS)
def test_audit_c_is_the_sum_of_its_three_answers(often: int, amount: int, binge: int) -> None:
    answers = FORM.read(drinking(often, amount, binge)).answers
    assert FORM.score(answers)["alcohol"] == often + amount + binge


def drinking(often: int, amount: int, binge: int) -> dict[str, str]:
    chosen = {"alcohol-frequency": often, "alcohol-amount": amount, "alcohol-binge": binge}
    codes = {link: FORM.item(link).options[points].code for link, points in chosen.items()}
    return {**WELL, **codes}


def test_an_open_answer_leaves_the_total_open() -> None:
    answers = FORM.read(posted(alcohol_frequency="LA18926-8", alcohol_amount="LA15694-5")).answers
    assert FORM.score(answers)["alcohol"] is None


@given(
    st.dictionaries(
        st.sampled_from([item.link_id for item in FORM.questions()] + ["height-unit", "nonsense"]),
        st.text(max_size=10) | st.sampled_from(["true", "5", "female", "LA18976-3", "cm"]),
    )
)
def test_whatever_is_posted_is_answered(texts: dict[str, str]) -> None:
    read = FORM.read(texts)
    assert set(read.problems) <= {item.link_id for item in FORM.questions()}
    assert set(read.answers) <= FORM.enabled(read.answers)
    assert json.loads(json.dumps(read.answers)) == read.answers


@pytest.mark.parametrize(
    "forged",
    [
        {"valueString": "LA18976-3"},
        {"valueCoding": "LA18976-3"},
        {"valueCoding": {"code": "LA0-0"}},
        {"valueCoding": {"code": "LA18976-3", "system": "http://elsewhere.example"}},
        {"valueInteger": 3},
    ],
)
def test_a_forged_answer_is_not_taken(forged: dict[str, Any]) -> None:
    answers = {**FORM.read(WELL).answers, "smoking-status": forged}
    assert set(FORM.problems(answers)) == {"smoking-status"}


@pytest.mark.parametrize("forged", [float("nan"), float("inf"), True, "5", None, 10**400])
def test_a_number_that_is_none_is_not_taken(forged: object) -> None:
    answers: Mapping[str, Mapping[str, object]] = {
        **FORM.read(WELL).answers,
        "activity-days": {"valueInteger": forged},
    }
    assert "activity-days" in FORM.problems(answers)


@pytest.mark.parametrize(
    "forged", [{"valueQuantity": 170}, {"valueQuantity": {"code": "cm"}}, {"valueDecimal": 170}]
)
def test_a_height_that_is_no_quantity_is_not_taken(forged: dict[str, Any]) -> None:
    assert set(FORM.problems({**FORM.read(WELL).answers, "height": forged})) == {"height"}


def test_the_response_is_nested_named_and_holds_only_what_is_shown() -> None:
    answers = dict(FORM.read(posted(smoking_status="LA18976-3", cigarettes_a_day="5")).answers)
    answers["smoking-status"] = FORM.read(WELL).answers["smoking-status"]
    response = FORM.to_response(answers, moment())
    assert response["resourceType"] == "QuestionnaireResponse"
    assert response["status"] == "completed"
    assert response["questionnaire"] == FORM.canonical
    assert response["authored"] == "2026-11-22T09:00:00+00:00"
    links = [each["linkId"] for each in _walk(response["item"])]
    assert "cigarettes-a-day" not in links
    assert links.index("tobacco-alcohol") < links.index("tobacco") < links.index("smoking-status")


def test_answers_come_back_from_a_stored_response() -> None:
    answers = FORM.read(posted(what_matters="My garden")).answers
    stored = json.loads(json.dumps(FORM.to_response(answers, moment())))
    assert FORM.from_response(stored) == answers


def test_observations_carry_code_value_and_time() -> None:
    read = FORM.read(drinking(2, 1, 1))
    by_code = {
        each["code"]["coding"][0]["code"]: each
        for each in FORM.observations(read.answers, moment())
    }
    assert by_code["75626-2"]["valueInteger"] == 4
    assert by_code["68516-4"]["valueQuantity"]["code"] == "min/d"
    assert by_code["8302-2"]["valueQuantity"]["value"] == 175
    assert by_code["72166-2"]["valueCodeableConcept"]["coding"][0]["code"] == "LA18978-9"
    assert all(each["effectiveDateTime"] and each["status"] == "final" for each in by_code.values())


# Asked about in the form and read by a rule.
READ = {
    "height", "sex-at-birth", "pregnant", "activity-days", "activity-minutes", "smoking-status",
    "other-tobacco", "alcohol-frequency", "alcohol-amount", "alcohol-binge", "salt-table",
    "salt-packaged", "salt-cured", "salt-takeaway", "kidney-disease", "potassium-medicine",
}  # fmt: skip


def test_every_fact_a_rule_asks_of_the_questionnaire_is_a_question_in_it() -> None:
    assert set(KEYS) & {item.link_id for item in FORM.questions()} == READ


def test_answers_become_facts_in_the_unit_the_rules_read() -> None:
    given = posted(
        height="70", height_unit="[in_i]", sex_at_birth="female", pregnant="false",
        kidney_disease="true", potassium_medicine="false", alcohol_frequency="LA18928-4",
        alcohol_amount="LA15695-2", alcohol_binge="LA6270-8", what_matters="My garden",
    )  # fmt: skip
    facts = {
        each.key: each for each in FORM.facts(FORM.read(given).answers, moment(), "response-7")
    }
    assert facts["height"].value == Decimal("177.80")
    assert str(facts["height"].shown) == "70 inches"
    assert (facts["alcohol-frequency"].value, facts["alcohol-amount"].value) == (3, 1)
    assert str(facts["alcohol-amount"].shown) == "3 or 4"
    assert facts["kidney-disease"].value is True
    assert {each.source for each in facts.values()} == {"answer"}
    assert {each.source_id for each in facts.values()} == {"response-7"}
    assert "what-matters" not in facts
    assert set(facts) & set(KEYS) == READ


def test_the_questionnaire_alone_settles_the_four_rules_of_habit() -> None:
    facts = FORM.facts(FORM.read(WELL).answers, moment(), "response-1")
    said = guidelines.evaluate(guidelines.Profile([ADULT, *facts]), TODAY)
    status = {one.rule.id: one.status for one in said}
    assert set(status) & {"TOB-01", "ALC-01", "PA-01"} == set()
    waiting = {"BP-03", "BP-04", "BP-05", "DM-07", "OB-01"}
    assert {status[name] for name in waiting} == {"undecided"}


def test_no_text_of_the_form_looks_like_a_place_for_a_value() -> None:
    assert "%" not in json.dumps(RAW["item"])


def test_form_without_a_question_asks_all_the_others_and_takes_no_answer_to_it() -> None:
    shorter = FORM.without("pregnant")
    left = {item.link_id for item in shorter.walk()}
    assert {item.link_id for item in FORM.walk()} - left == {"pregnant"}
    woman = posted(sex_at_birth="female", pregnant="true")
    assert "pregnant" in FORM.read(woman).answers
    answers = FORM.read(woman).answers
    assert "pregnant" not in shorter.read(woman, earlier=answers).answers
    assert "pregnant" not in {fact.key for fact in shorter.facts(answers, moment(), "response-1")}
