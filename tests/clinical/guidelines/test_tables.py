"""Every rule at its trigger, its boundaries, its exclusions and its missing data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.guidelines import RULES, Profile, evaluate
from app.clinical.guidelines.build import Decision
from app.clinical.guidelines.facts import Fact
from tests.clinical.guidelines.crowd import known, people
from tests.clinical.guidelines.tables import LIPIDS, OUT, PRESSURE, YES, Row, Table
from tests.clinical.guidelines.tables_of_organs import KIDNEYS, MIND, SCREENING, SUGAR
from tests.clinical.people import TODAY, asked, outcome

TABLES: dict[str, Table] = {**PRESSURE, **LIPIDS, **SUGAR, **KIDNEYS, **MIND, **SCREENING}
ROWS = [
    pytest.param(name, {**base, **change}, expected, id=f"{name} {change}")
    for name, (base, rows) in TABLES.items()
    for change, expected in [({}, YES), *rows]
]


@pytest.mark.parametrize(("name", "told", "expected"), ROWS)
def test_rule_says_what_its_table_says(
    name: str, told: dict[str, Any], expected: str | tuple[str, ...]
) -> None:
    facts = known(**told)
    if isinstance(expected, str):
        assert outcome(name, facts) == expected
    else:
        said = asked(name, facts)
        assert said is not None
        assert (said.status, said.missing) == ("undecided", expected)


# These are tested at length by themselves.
ELSEWHERE = {"BP-03", "BP-04", "BP-05", "DM-07", "OB-01", "TOB-01", "ALC-01", "PA-01", "PGX-01"}


def test_every_rule_has_a_table() -> None:
    assert set(TABLES) == set(RULES) - ELSEWHERE


@pytest.mark.parametrize("name", TABLES)
def test_table_shows_each_exclusion_and_a_missing_datum(name: str) -> None:
    base, rows = TABLES[name]
    assert isinstance(RULES[name].decide, Decision)
    held = {_why_not(name, base, row) for row in rows if row[1] == OUT}
    assert held == {str(each) for each in RULES[name].exclusions}
    assert "settled" in {expected for _change, expected in rows}
    assert any(isinstance(expected, tuple) for _change, expected in rows)


def test_of_nobody_every_rule_names_what_it_misses() -> None:
    told = evaluate(Profile(), TODAY)
    assert {each.rule.id for each in told} == set(RULES)
    assert all(each.status == "undecided" and each.missing for each in told)


def _why_not(name: str, base: dict[str, Any], row: Row) -> str:
    said = asked(name, known(**{**base, **row[0]}))
    assert said is not None
    return str(said.reason)


EXCLUDED = [
    (name, {**base, **change})
    for name, (base, rows) in TABLES.items()
    for change, expected in rows
    if expected == OUT
]


@given(st.sampled_from(EXCLUDED), people())
def test_no_rule_recommends_while_an_exclusion_holds(
    excluded: tuple[str, dict[str, Any]], more: list[Fact]
) -> None:
    name, told = excluded
    facts = known(**told)
    mine = {each.key for each in facts}
    others = [each for each in more if each.key not in mine]
    assert outcome(name, [*facts, *others]) != "proposed"


WAITING = [
    (name, {**base, **change}, expected)
    for name, (base, rows) in TABLES.items()
    for change, expected in rows
    if isinstance(expected, tuple)
]


@given(st.sampled_from(WAITING), people())
def test_facts_that_are_not_asked_for_decide_nothing(
    waiting: tuple[str, dict[str, Any], tuple[str, ...]], more: list[Fact]
) -> None:
    name, told, _needs = waiting
    facts = known(**told)
    used = {key for base, _rows in [TABLES[name]] for key in base} | set(told)
    unrelated = [each for each in more if each.key in UNRELATED and each.key not in used]
    assert outcome(name, [*facts, *unrelated]) == outcome(name, facts)


# Kinds of facts that only the rules of habits and salt ask for.
UNRELATED = {
    "salt-table", "salt-packaged", "salt-cured", "salt-takeaway", "alcohol-frequency",
    "alcohol-amount", "alcohol-binge", "activity-days", "activity-minutes", "other-tobacco",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told", "urgency", "grade"),
    [
        ("LIP-06", {"triglycerides": 999}, "soon", "COR 1"),
        ("LIP-06", {"triglycerides": 1000}, "now", "COR 1"),
        ("DM-04", {"hba1c": 6.5}, "soon", "B/E"),
        ("DM-04", {"hba1c": 6.5, "diabetes_symptoms": True}, "now", "B/E"),
        ("LIV-01", {"age": 60, "fib_4": 2.67}, "routine", "guidance statement"),
        ("LIV-01", {"age": 60, "fib_4": 2.68}, "soon", "guidance statement"),
        ("CRC-01", {"age": 49}, "routine", "B"),
        ("CRC-01", {"age": 50}, "routine", "A"),
        ("DEP-02", {"phq9_item9": 1}, "now", "safety"),
    ],
)
def test_some_cases_are_more_urgent_or_graded_apart(
    name: str, told: dict[str, Any], urgency: str, grade: str
) -> None:
    said = asked(name, known(**told))
    assert said is not None
    assert (said.urgency, said.grade) == (urgency, grade)
    assert str(said.strength)


def test_goal_of_cholesterol_at_high_risk_is_70_and_not_55() -> None:
    said = asked("LIP-01", known(age=50, cardiovascular_disease=False, prevent_ascvd_10y=12))
    assert said is not None
    assert said.wording is not None
    assert "under 70" in str(said.wording.detail)
    assert "55" not in str(said.wording.detail)
    assert "below 55 is for very-high-risk" in str(said.rule.note)


def test_reason_names_the_persons_own_facts_and_their_days() -> None:
    said = asked("LIP-04", known(ldl_cholesterol=(212, 3)))
    assert said is not None
    assert str(said.reason).endswith(
        "For you this rests on: ldl-cholesterol: 212 (19 November 2026)."
    )


@pytest.mark.parametrize(
    ("told", "reason", "words"),
    [
        ({"age": 50}, "absent", "we still need: your sex at birth."),
        ({"age": 50, "sex_at_birth": "other"}, "not enough", "depends on: your sex at birth."),
    ],
)
def test_who_has_answered_is_not_asked_again(told: dict[str, Any], reason: str, words: str) -> None:
    said = asked("BR-01", known(**told))
    assert said is not None
    assert said.gap is not None
    assert said.gap.reason == reason
    assert str(said.reason).endswith(words)
    assert ("ask your care team what applies" in str(said.gap.supply)) is (reason != "absent")


def test_result_that_is_too_old_is_asked_for_anew() -> None:
    said = asked("LIP-06", known(triglycerides=(600, 400)))
    assert said is not None
    assert said.gap is not None
    assert said.gap.reason == "old"
    assert "a newer answer about: your triglycerides" in str(said.reason)


def test_unfinished_week_at_home_says_how_many_readings_are_needed() -> None:
    said = asked("BP-06", known(age=50, hypertension=None, home=(150, 90, 3)))
    assert said is not None
    assert said.status == "undecided"
    told = asked("BP-08", known(age=50, office_blood_pressure=(120, 70), home=(150, 90, 3)))
    assert told is not None
    assert "readings still needed: 4" in str(told.reason)


def test_missing_datum_is_named_in_words() -> None:
    said = asked("BR-01", known(age=50))
    assert said is not None
    assert str(said.reason) == ("To tell whether this is for you we still need: your sex at birth.")
