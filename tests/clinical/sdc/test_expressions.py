"""Rules as published forms write them, in forms and with words of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.clinical import sdc
from tests.clinical.sdc.building import (
    FHIR,
    answered,
    calculated,
    coded,
    form,
    group,
    question,
    response,
    rule,
    said,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("now() - 24 hours", "dateTime", "2026-11-21T09:30:00+00:00"),
        ("now() + 90 minutes", "dateTime", "2026-11-22T11:00:00+00:00"),
        ("today() + 7 days", "date", "2026-11-29"),
        ("today() - 2 weeks", "date", "2026-11-08"),
        ("@2024-02-29 + 1 year", "date", "2025-02-28"),
        ("@2024-01-31 + 1 month", "date", "2024-02-29"),
        ("@2024-01-31T10:00:00+02:00 - 1 month", "dateTime", "2023-12-31T10:00:00+02:00"),
        ("@9999-12-31 + 2 years", "date", None),
        ("now() - 1 hour > @2026-11-22T08:00:00Z", "boolean", True),
    ],
)
def test_a_moment_moves_by_an_amount_of_time(expression: str, kind: str, value: Any) -> None:
    found = said(sdc.load(form(calculated(expression, kind))).calculate({}, {"now": NOW}))
    assert found.get("it") == (None if value is None else [value])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("%resource.repeat(item | answer).where(linkId='in').answer.value", 3),
        ("(%resource.item.where(linkId='a').answer.value | 5).count()", 1),
        ("(1 | 1.0 | 2).count()", 2),
        ("(true | 1).count()", 2),
        ("('a' | 'a' | 'b').count()", 2),
        ("iif('x'.combine('y') contains 'y' or {} contains 'y', 1, 0)", 1),
        ("iif($this.linkId = 'it', 7, 0)", 7),
    ],
)
def test_a_union_keeps_what_stands_in_the_answers(expression: str, value: int) -> None:
    items = (question("a", "integer", item=[question("in", "integer")]),)
    given = answered("a", 5)
    given["answer"][0]["item"] = [answered("in", 3)]
    found = said(
        sdc.load(form(*items, calculated(expression, "integer"))).calculate(response(given))
    )
    assert found["it"] == [value]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'Score: ' & (10 / 5).toString()", "Score: 2"),
        ("(10 / 4).toString() & ' %'", "2.5 %"),
        ("2.50.toString()", "2.50"),
    ],
)
def test_a_number_is_written_as_people_write_it(expression: str, text: str) -> None:
    assert said(sdc.load(form(calculated(expression))).calculate({})) == {"it": [text]}


def test_named_rules_are_variables_for_what_stands_below() -> None:
    value = "%resource.item.where(linkId='{}').answer.value"
    below = calculated("%second + 1", "integer", "below")
    second = question(
        "second", "integer", rule("calculatedExpression", f"{value.format('first')} + 1", "second")
    )
    loaded = sdc.load(
        form(
            question("first", "integer"),
            second | {"item": [below]},
            question(
                "last",
                "integer",
                rule("variable", "%third + 1", "fourth"),
                rule("calculatedExpression", "%fourth + 1"),
            ),
            extension=[rule("calculatedExpression", f"{value.format('second')} + 2", "third")],
        )
    )
    found = said(loaded.calculate(response(answered("first", 1))))
    assert found == {"first": [1], "second": [2], "below": [3], "last": [6]}


def test_weights_are_found_along_the_form_itself() -> None:
    path = (
        "%questionnaire.item.where(linkId='{0}').answerOption.where(valueCoding.code ="
        " %resource.item.where(linkId='{0}').answer.valueCoding.code)"
        f".extension.where(url='{FHIR}ordinalValue').valueDecimal"
    )
    names = [rule("variable", path.format(link), link) for link in "ab"]
    total = question(
        "t",
        "decimal",
        *names,
        rule("calculatedExpression", "iif(%a.exists() and %b.exists(), %a + %b, {})"),
    )
    options = {"answerOption": coded("x", "y", "z", weights=True)}
    loaded = sdc.load(
        form(question("a", "choice", **options), question("b", "choice", **options), total)
    )
    one, two = ({"system": "s", "code": code} for code in "yz")
    assert "t" not in said(loaded.calculate(response(answered("a", one))))
    both = response(answered("a", one), answered("b", two))
    assert said(loaded.calculate(both))["t"] == [3]
    assert loaded.score(both) == 3


def test_what_a_form_holds_of_another_answers_its_rules() -> None:
    known = response(
        {"linkId": "o", "item": [answered("kind", {"code": "S"}), answered("name", "First")]},
        {"linkId": "o", "item": [answered("kind", {"code": "T"}), answered("name", "Second")]},
        {"linkId": "o", "item": [answered("kind", {"code": "S"}), answered("name", "Third")]},
    )
    names = (
        "%held.item.where(linkId = 'o' and item.answer.value.code = 'S')"
        ".item.where(linkId = 'name').answer.value"
    )
    chosen = (
        "%held.item.where(linkId = 'o' and item.where(answer.valueString = %mine).exists())"
        ".item.where(linkId = 'name').answer.valueString"
    )
    loaded = sdc.load(
        form(
            question("all", "open-choice", rule("initialExpression", names), repeats=True),
            group(
                "g",
                question("pick", "open-choice"),
                calculated(chosen),
                repeats=True,
                extension=[rule("variable", "item.where(linkId='pick').answer.value", "mine")],
            ),
            contained=[known],
            extension=[rule("variable", "%questionnaire.contained[0]", "held")],
        )
    )
    assert said(loaded.start())["all"] == ["First", "Third"]
    given = response(
        *({"linkId": "g", "item": [answered("pick", name)]} for name in ("Second", "Third"))
    )
    assert said(loaded.calculate(given))["it"] == ["Second", "Third"]


def test_codes_without_a_system_are_compared() -> None:
    options = {"answerOption": [{"valueCoding": {"code": code}} for code in "xy"]}
    value = "%resource.item.where(linkId='{}').answer.value"
    same, other = (f"{value.format('a')} {sign} {value.format('b')}" for sign in ("=", "!="))
    loaded = sdc.load(
        form(
            *(question(link, "choice", **options) for link in "ab"),
            calculated(same, "boolean", "same"),
            calculated(other, "boolean", "other"),
        )
    )
    for second, found in (("x", [True, False]), ("y", [False, True])):
        given = response(answered("a", {"code": "x"}), answered("b", {"code": second}))
        done = said(loaded.calculate(given))
        assert done["same"] + done["other"] == found


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (
            "(%patient.name.family.replaceMatches('[^A-Za-z]','').substring(1,1) | '2').first()",
            "N",
        ),
        (
            "(%patient.name.family.replaceMatches('[^A-Za-z]','').substring(9,1) | '2').first()",
            "2",
        ),
        ("%patient.birthDate.split('-').join().substring(6, 2)", "05"),
        ("%patient.name.first().select(text | given.first() & ' ' & family)", "Ann O'Neill"),
        ("%patient.telecom.where(use='home' or use='work').value | 'none'", "none"),
    ],
)
def test_a_record_is_taken_apart_and_put_together(expression: str, text: str) -> None:
    patient = {
        "resourceType": "Patient",
        "name": [{"given": ["Ann", "Bo"], "family": "O'Neill"}],
        "birthDate": "1970-03-05",
    }
    found = said(sdc.load(form(calculated(expression))).calculate({}, {"patient": patient}))
    assert found == {"it": [text]}
