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
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.rule import COSTS, URGENCIES, WORDS
from app.clinical.guidelines.strengths import RANKS
from app.clinical.sentences import Sentence
from tests.clinical.guidelines.crowd import people
from tests.clinical.people import (
    ADULT,
    TODAY,
    born,
    fact,
    moment,
    outcome,
    pressure,
    proposal,
    said,
    week,
)
from tests.clinical.shared import read


@pytest.mark.parametrize("rule", guidelines.RULES.values(), ids=lambda rule: rule.id)
def test_no_rule_lacks_a_part(rule: guidelines.Rule) -> None:
    for text in (rule.version, rule.source, rule.grade, rule.verified):
        assert text.strip()
    assert rule.url.startswith("https://")
    for sentence in (rule.title, rule.reason, rule.strength, rule.note, *rule.exclusions):
        assert str(sentence).strip()
        assert "%(" not in str(sentence)
    assert rule.kind in {"recommend", "safety"}
    assert rule.audience in {"patient", "clinician"}
    assert rule.urgency in URGENCIES
    assert rule.cost in COSTS
    assert rule.grade in RANKS
    # The first number of a version is the year of the guideline.
    assert 2017 <= int(rule.version.partition(".")[0]) <= TODAY.year


def test_registry_names_each_rule_by_its_own_id() -> None:
    assert all(name == rule.id for name, rule in guidelines.RULES.items())


# Listed from working knowledge; since then the text of the recommendation itself was read.
READ_SINCE = {
    *("CV-04", "TOB-01", "ALC-01", "DEP-01", "ANX-01", "CRC-01", "LUNG-01", "PA-01", "DM-07"),
}


def test_rules_are_those_of_the_list_with_its_grades() -> None:
    listed = {row["id"]: row for row in read("clinical/guideline_rules.json")["rules"]}
    assert set(guidelines.RULES) == set(listed)
    for name, row in listed.items():
        rule = guidelines.RULES[name]
        assert (rule.grade, rule.kind) == (row["grade"], row["type"]), name
        unread = "working knowledge" in row["verified"] and name not in READ_SINCE
        assert ("working knowledge" in rule.verified) is unread, name


@pytest.mark.parametrize(
    ("rule", "grade"),
    [("BP-03", "COR 1"), ("DM-07", "A/B"), ("OB-01", "B"), ("TOB-01", "A"), ("PA-01", "strong")],
)
def test_the_grade_is_the_guidelines_own(rule: str, grade: str) -> None:
    assert guidelines.RULES[rule].grade == grade


@pytest.mark.parametrize("rule", ["BP-08", "DM-02", "DM-03", "DM-04", "CRC-02", "DEP-02", "SLP-01"])
def test_what_nobody_has_checked_in_the_primary_text_says_so(rule: str) -> None:
    assert "open the primary text" in guidelines.RULES[rule].verified


@given(people(), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(facts: list[Fact], chance: random.Random) -> None:
    shuffled = facts[:]
    chance.shuffle(shuffled)
    assert said(facts) == said(shuffled)


@given(people())
def test_asked_twice_the_answer_is_the_same(facts: list[Fact]) -> None:
    assert said(facts) == said(facts)


@given(people())
def test_no_line_without_evidence_and_no_evidence_from_elsewhere(facts: list[Fact]) -> None:
    for one in said(facts):
        told = {each for each in one.evidence if each.source != "computed"}
        assert told <= set(facts)
        assert str(one.reason)
        if one.wording is not None:
            assert one.evidence
            for word in WORDS:
                text = str(getattr(one.wording, word))
                assert text
                assert "%(" not in text


@given(people())
def test_what_is_undecided_names_a_datum_and_what_is_excluded_none(facts: list[Fact]) -> None:
    for one in said(facts):
        if one.status == "undecided":
            assert one.missing
            assert set(one.missing) <= set(KEYS)
        else:
            assert one.missing == ()
        if one.gap is not None:
            assert str(one.gap.missing)
            assert str(one.gap.supply)
        assert (one.wording is not None) is (one.status == "recommended")


@given(people())
def test_each_rule_answers_once_and_the_most_urgent_comes_first(facts: list[Fact]) -> None:
    found = said(facts)
    names = [one.rule.id for one in found]
    assert len(names) == len(set(names))
    places = [
        (URGENCIES.index(one.urgency), RANKS[one.grade], COSTS.index(one.rule.cost))
        for one in found
    ]
    assert places == sorted(places)


@given(people(), st.integers(0, 3))
def test_an_unrelated_fact_changes_nothing(facts: list[Fact], points: int) -> None:
    unrelated = fact("stress", points)
    assert said([*facts, unrelated]) == said(facts)


@given(people())
def test_a_fact_that_no_rule_used_could_as_well_not_be_there(facts: list[Fact]) -> None:
    """What a rule recommends does not hang on any fact of a kind it never asks for."""
    unasked = [each for each in facts if each.key not in {"breast-cancer", "mastectomy"}]
    without = {one.rule.id: one for one in said(unasked)}
    for one in said(facts):
        if one.rule.id != "BR-01":
            assert without[one.rule.id] == one


@given(people(), st.sampled_from(sorted(guidelines.RULES)))
def test_asking_one_rule_is_asking_it_among_all(facts: list[Fact], name: str) -> None:
    alone = guidelines.evaluate(guidelines.Profile(facts), TODAY, [guidelines.RULES[name]])
    assert alone == [one for one in said(facts) if one.rule.id == name]


def test_facts_from_the_future_are_not_believed() -> None:
    assert outcome("BP-04", [pressure(200, 120, -2)]) == "absent"
    # East of the server the day has already begun.
    assert outcome("BP-04", [pressure(200, 120, -1)]) == "proposed"


def test_what_cannot_wait_comes_first() -> None:
    facts = [
        ADULT,
        *week(190, 100),
        fact("glucose", Decimal(40)),
        fact("phq9-item9", 1),
        fact("smoking-status", "LA18976-3"),
        fact("activity-days", Decimal(0)),
    ]
    found = [one.rule.id for one in said(facts) if one.status == "recommended"]
    assert found == [
        "BP-04", "DEP-02", "DM-07", "BP-03", "BP-05", "PA-01", "BP-06", "CRC-01", "LIP-05",
        "TOB-01", "CV-01",
    ]  # fmt: skip


def test_with_no_facts_at_all_nothing_is_claimed() -> None:
    assert {one.status for one in said([])} == {"undecided"}


def test_one_cause_is_said_once_for_all_the_rules_that_wait_for_it() -> None:
    portal = [guidelines.RULES[name] for name in ("BP-04", "DM-07", "BP-03", "TOB-01", "PA-01")]
    found = guidelines.evaluate(guidelines.Profile(), TODAY, portal)
    questions = guidelines.gathered(found)
    told = {each.needs: {rule.id for rule in each.rules} for each in questions}
    assert told == {
        ("blood-pressure",): {"BP-04"},
        ("glucose",): {"DM-07"},
        ("birth-date",): {"BP-03", "TOB-01", "PA-01"},
    }


@pytest.mark.parametrize(
    ("years", "more", "adult"), [(18, 0, True), (18, -1, False), (19, 0, True)]
)
def test_a_birthday_makes_an_adult_on_the_day(years: int, more: int, adult: bool) -> None:
    facts = [born(years, more), fact("activity-days", Decimal(0))]
    assert (outcome("PA-01", facts) == "proposed") is adult


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("glucose", Decimal("5.6"), "mmol/L"),
        ("weight", Decimal(150), "[lb_av]"),
        ("glucose", 100, "mg/dL"),
        ("pregnant", "yes", None),
        ("alcohol-amount", True, None),
        ("ldl-cholesterol", Decimal("NaN"), "mg/dL"),
        ("diabetes", "perhaps", None),
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
    assert str(proposal("DM-07", [glucose])[1].why).startswith(
        "On 22 November 2026 your blood sugar was 2.9 mmol/L."
    )


@pytest.mark.parametrize(
    ("key", "rule", "below", "reached"),
    [
        ("ldl-cholesterol", "LIP-04", "4.8", "4.9"),
        ("triglycerides", "LIP-06", "5.5", "5.6"),
        ("uacr", "CKD-01", "2.9", "3.0"),
    ],
)
def test_a_limit_is_met_in_the_unit_in_which_the_laboratory_reports(
    key: str, rule: str, below: str, reached: str
) -> None:
    row = measures.get(key)
    unit = row.choices[1].unit

    def status(value: str) -> str:
        entered = {"value": Decimal(value)}
        result = guidelines.from_observation(row, entered, unit, moment(), "obs")
        return outcome(rule, [born(50), fact("sex-at-birth", "male"), result])

    assert status(below) != "proposed"
    assert status(reached) == "proposed"


def test_a_draft_kept_as_data_reads_the_same_later() -> None:
    line, words = proposal("BP-03", [ADULT, *week(150, 95)])
    assert guidelines.Wording.from_json(words.to_json()) == words
    kept = line.evidence[0].to_json()
    assert (kept["key"], kept["value"], kept["unit"]) == ("blood-pressure", "150/95", "mm[Hg]")


def test_a_later_zero_does_not_clear_thoughts_of_being_better_off_dead() -> None:
    kept = [fact("phq9-item9", 1, 90), fact("phq9-item9", 0, 40), fact("phq9-item9", 0, 1)]
    assert outcome("DEP-02", kept) == "proposed"
    assert proposal("DEP-02", kept)[0].evidence == (kept[0],)
    assert outcome("DEP-02", [fact("phq9-item9", 3, 91), kept[2]]) == "settled"


@pytest.mark.parametrize("key", ["fit", "stool-dna"])
@pytest.mark.parametrize("later", ["fit", "stool-dna"])
def test_a_later_negative_stool_test_does_not_replace_a_colonoscopy(key: str, later: str) -> None:
    tests = [fact(key, True, 200), fact(later, False, 20), fact(later, False, 3)]
    assert outcome("CRC-02", tests) == "proposed"
    assert outcome("CRC-02", [*tests, fact("colonoscopy", True, 201)]) == "proposed"
    assert outcome("CRC-02", [*tests, fact("colonoscopy", False, 100)]) == "proposed"
    assert outcome("CRC-02", [*tests, fact("colonoscopy", True, 100)]) == "settled"
    again = [*tests, fact("colonoscopy", True, 100), fact(key, True, 50)]
    assert outcome("CRC-02", again) == "proposed"
