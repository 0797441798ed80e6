"""All rules together: complete, pure, and never without evidence."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import guidelines, measures
from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.facts import KEYS, Fact
from app.clinical.guidelines.rule import WORDS
from app.clinical.sentences import Sentence
from tests.clinical.people import ADULT, TODAY, born, fact, moment, pressure, proposal, week

THE_EIGHT = {"BP-03", "BP-04", "BP-05", "DM-07", "OB-01", "TOB-01", "ALC-01", "PA-01"}


def test_the_eight_rules_of_questionnaire_and_home_tests_are_here() -> None:
    assert set(guidelines.RULES) == THE_EIGHT


@pytest.mark.parametrize("rule", guidelines.RULES.values(), ids=lambda rule: rule.id)
def test_no_rule_lacks_its_source_grade_or_words(rule: guidelines.Rule) -> None:
    for text in (rule.version, rule.source, rule.grade, rule.verified):
        assert text
    assert rule.url.startswith("https://")
    for sentence in (rule.title, rule.strength, rule.note):
        assert str(sentence)
    assert rule.kind in {"recommend", "safety"}
    assert rule.decide.__doc__ or rule.decide.__name__


@pytest.mark.parametrize(
    ("rule", "grade"),
    [("BP-03", "COR 1"), ("DM-07", "A/B"), ("OB-01", "B"), ("TOB-01", "A"), ("PA-01", "strong")],
)
def test_the_grade_is_the_guidelines_own(rule: str, grade: str) -> None:
    assert guidelines.RULES[rule].grade == grade


@pytest.mark.parametrize("rule", ["DM-07", "TOB-01", "ALC-01", "PA-01"])
def test_what_nobody_has_checked_in_the_primary_text_says_so(rule: str) -> None:
    assert "open the primary text" in guidelines.RULES[rule].verified


VALUES = {
    "birth-date": st.dates(max_value=TODAY),
    "sex-at-birth": st.sampled_from(["female", "male", "other", "unknown"]),
    "blood-pressure": st.builds(
        Pressure,
        st.integers(90, 210).map(Decimal),
        st.integers(40, 130).map(Decimal),
    ),
    "glucose": st.integers(30, 400).map(Decimal),
    "weight": st.integers(40, 200).map(Decimal),
    "height": st.integers(140, 210).map(Decimal),
    "activity-days": st.integers(0, 7).map(Decimal),
    "activity-minutes": st.integers(1, 120).map(Decimal),
    "smoking-status": st.sampled_from(["LA18978-9", "LA15920-4", "LA18977-1", "LA18976-3"]),
}
BY_TYPE = {bool: st.booleans(), int: st.integers(0, 2)}


def some_fact(key: str) -> st.SearchStrategy[Fact]:
    value = VALUES[key] if key in VALUES else BY_TYPE[KEYS[key][0]]
    return st.builds(
        fact,
        st.just(key),
        value,
        st.integers(-3, 400),
        st.integers(0, 23),
        st.integers(1, 999).map(str),
    )


people = st.lists(st.sampled_from(sorted(KEYS)).flatmap(some_fact), max_size=40)


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(facts: list[Fact], chance: random.Random) -> None:
    shuffled = facts[:]
    chance.shuffle(shuffled)
    assert guidelines.evaluate(guidelines.Facts(facts), TODAY) == guidelines.evaluate(
        guidelines.Facts(shuffled), TODAY
    )


@given(people)
def test_no_line_without_evidence_and_no_evidence_from_elsewhere(facts: list[Fact]) -> None:
    found = guidelines.evaluate(guidelines.Facts(facts), TODAY)
    for line in found.proposals:
        assert line.evidence
        assert set(line.evidence) <= set(facts)
        for word in WORDS:
            said = str(getattr(line.wording, word))
            assert said
            assert "%(" not in said
    for gap in found.unknown:
        assert str(gap.missing)
        assert str(gap.supply)
        assert gap.reason == "outside" or gap.needs
        assert set(gap.needs) <= set(KEYS)


@given(people)
def test_every_rule_answers_exactly_once(facts: list[Fact]) -> None:
    found = guidelines.evaluate(guidelines.Facts(facts), TODAY)
    answered = [line.rule.id for line in found.proposals]
    answered += [gap.rule.id for gap in found.unknown]
    answered += [rule.id for rule in found.settled]
    assert sorted(answered) == sorted(THE_EIGHT)


@given(people)
def test_the_evidence_alone_brings_the_same_line(facts: list[Fact]) -> None:
    found = guidelines.evaluate(guidelines.Facts([ADULT, *facts]), TODAY)
    context = [each for each in facts if each.key in {"birth-date", "sex-at-birth"}]
    # The first day of a series is no evidence and still shapes it: those two are left out.
    for line in (each for each in found.proposals if each.rule.id not in {"BP-03", "BP-05"}):
        kept = [ADULT, *context, *line.evidence]
        again = guidelines.evaluate(guidelines.Facts(kept), TODAY)
        assert line.rule.id in {each.rule.id for each in again.proposals}


def test_facts_from_the_future_are_not_believed() -> None:
    assert guidelines.evaluate(guidelines.Facts([pressure(200, 120, -2)]), TODAY).proposals == ()
    # East of the server the day has already begun.
    assert guidelines.evaluate(guidelines.Facts([pressure(200, 120, -1)]), TODAY).proposals


def test_what_cannot_wait_comes_first() -> None:
    facts = [
        ADULT,
        *week(190, 100),
        fact("glucose", Decimal(40)),
        fact("smoking-status", "LA18976-3"),
        fact("activity-days", Decimal(0)),
    ]
    found = guidelines.evaluate(guidelines.Facts(facts), TODAY)
    assert [each.rule.id for each in found.proposals] == [
        "BP-04", "DM-07", "BP-03", "BP-05", "TOB-01", "PA-01",
    ]  # fmt: skip


def test_with_no_facts_at_all_nothing_is_claimed_and_everything_is_asked_for() -> None:
    found = guidelines.evaluate(guidelines.Facts(), TODAY)
    assert found.proposals == ()
    assert {each.rule.id for each in found.unknown} == THE_EIGHT


def test_one_cause_is_said_once_for_all_the_rules_that_wait_for_it() -> None:
    found = guidelines.evaluate(guidelines.Facts(), TODAY)
    asked = guidelines.gathered(found.unknown)
    assert sorted(rule.id for each in asked for rule in each.rules) == sorted(THE_EIGHT)
    assert [each.needs for each in asked] == [("blood-pressure",), ("glucose",), ("birth-date",)]


@pytest.mark.parametrize(
    ("years", "more", "adult"), [(18, 0, True), (18, -1, False), (19, 0, True)]
)
def test_a_birthday_makes_an_adult_on_the_day(years: int, more: int, adult: bool) -> None:
    facts = [born(years, more), fact("activity-days", Decimal(0))]
    found = guidelines.evaluate(guidelines.Facts(facts), TODAY)
    assert ("PA-01" in {each.rule.id for each in found.proposals}) is adult


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("glucose", Decimal("5.6"), "mmol/L"),
        ("weight", Decimal(150), "[lb_av]"),
        ("glucose", 100, "mg/dL"),
        ("pregnant", "yes", None),
        ("alcohol-amount", True, None),
    ],
)
def test_a_fact_in_another_unit_or_shape_cannot_be_made(
    key: str, value: Decimal | int | str, unit: str | None
) -> None:
    with pytest.raises(ValueError, match=key):
        Fact(key, value, unit, moment(), "answer", "1", Sentence("x"), Sentence("x"))


def test_a_fact_without_a_time_zone_cannot_be_made() -> None:
    naive = datetime(2026, 11, 22, 9)  # noqa: DTZ001 - the case is a time without its zone
    with pytest.raises(ValueError, match="time zone"):
        Fact("x", 1, None, naive, "answer", "1", Sentence("x"), Sentence("x"))


def test_an_observation_becomes_a_fact_in_the_canonical_unit_and_keeps_its_words() -> None:
    glucose = guidelines.from_observation(
        measures.get("glucose"), {"value": Decimal("2.9")}, "mmol/L", moment(), "obs-1"
    )
    assert glucose.value == Decimal("52.25")
    assert str(glucose.shown) == "2.9 mmol/L"
    pair = guidelines.from_observation(
        measures.get("blood-pressure"),
        {"systolic": Decimal(128), "diastolic": Decimal(82)},
        "mm[Hg]",
        moment(),
        "obs-2",
    )
    assert pair.value == Pressure(Decimal(128), Decimal(82))
    assert str(proposal("DM-07", [glucose]).wording.why).startswith(
        "On 22 November 2026 you measured 2.9 mmol/L."
    )


def test_a_draft_kept_as_data_reads_the_same_later() -> None:
    line = proposal("BP-03", [ADULT, *week(150, 95)])
    assert guidelines.Wording.from_json(line.wording.to_json()) == line.wording
    kept = line.evidence[0].to_json()
    assert (kept["key"], kept["value"], kept["unit"]) == ("blood-pressure", "150/95", "mm[Hg]")
