"""What no fact may say, and that whatever a fact may say leaves every rule standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.facts import Fact, UnfitFact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.profile import Profile
from app.clinical.sentences import Sentence
from tests.clinical.guidelines.crowd import people
from tests.clinical.people import ADULT, TODAY, fact, moment, said

ODD_NUMBERS = ["0", "1e-9", "1e30", "-1", "NaN", "sNaN", "Infinity", "1e-999999"]
HOME = "blood-pressure"


def pair(upper: Any, lower: Any) -> Pressure:
    return Pressure(Decimal(upper), Decimal(lower))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("genotype", ()),
        ("genotype", ("clopidogrel",)),
        ("genotype", ("CYP2C19", "*2/*2", "more")),
        ("genotype", ("CYP2C19", None)),
        ("medicines", ("warfarin", 5)),
        ("medicines", ("warfarin", " ")),
        *(("height", Decimal(odd)) for odd in ODD_NUMBERS),
        *(("weight", Decimal(odd)) for odd in ODD_NUMBERS),
        ("activity-week", Decimal(7 * 24 * 60 + 1)),
        ("prevent-cvd-10y", Decimal("100.1")),
        ("phq9", 28),
        ("phq9", -1),
        ("phq9-item9", 4),
        ("alcohol-amount", 5),
        ("smoking-status", "sometimes"),
        ("sex-at-birth", "m"),
        ("birth-date", date(1899, 12, 31)),
        ("birth-date", TODAY + timedelta(days=1)),
        ("quit-date", TODAY + timedelta(days=1)),
        ("office-blood-pressure", pair(80, 130)),
        ("office-blood-pressure", pair(301, 80)),
        (HOME, pair("NaN", 80)),
        (HOME, pair(120, 0)),
        (HOME, Pressure("120", "80")),  # type: ignore[arg-type]  # the case is the wrong type
    ],
)
def test_what_no_rule_could_work_with_cannot_be_a_fact(key: str, value: Any) -> None:
    with pytest.raises(UnfitFact, match=key):
        fact(key, value)


def test_a_fact_of_a_day_before_all_records_cannot_be_made() -> None:
    long_ago = datetime(1, 1, 1, tzinfo=UTC)
    with pytest.raises(UnfitFact, match="1900"):
        Fact("pregnant", False, None, long_ago, "answer", "1", Sentence("x"), Sentence("x"))


@pytest.mark.parametrize("key", sorted(KEYS.keys() & measures.MEASURES.keys() - {"fit", HOME}))
def test_both_ends_of_what_a_person_may_enter_are_facts(key: str) -> None:
    hard = measures.get(key).component("value").hard
    assert fact(key, hard.low).value == hard.low
    assert fact(key, hard.high).value == hard.high


def test_a_reading_already_taken_is_not_refused_for_its_order() -> None:
    assert said([ADULT, fact(HOME, pair(80, 130))])


def test_a_figure_that_cannot_be_is_named_and_not_made_up() -> None:
    """At 120 years and a creatinine of 30 the formula falls below any eGFR a laboratory reports."""
    oldest = fact("birth-date", TODAY.replace(year=TODAY.year - 120))
    facts = [oldest, fact("sex-at-birth", "female"), fact("creatinine", Decimal(30))]
    assert said(facts)


def anything() -> st.SearchStrategy[Any]:
    """A value of any type a fact can have, sensible or not."""
    number = st.decimals() | st.sampled_from(ODD_NUMBERS).map(Decimal)
    words = st.lists(
        st.text(max_size=8)
        | st.integers()
        | st.sampled_from(["clopidogrel", "warfarin 5 mg", "CYP2C19", "*2/*2", "atorvastatin"]),
        max_size=3,
    ).map(tuple)
    codes = st.sampled_from(["male", "female", "LA18976-3", "type-2"])
    pairs = st.builds(Pressure, number, number)
    return st.one_of(
        number, words, codes, pairs, st.integers(), st.booleans(), st.dates(), st.text(max_size=8)
    )


@st.composite
def odd_facts(draw: st.DrawFn) -> list[Fact]:
    """Of many things somebody might hand over, those that can be facts."""
    kept = []
    for key, value in draw(st.lists(st.tuples(st.sampled_from(sorted(KEYS)), anything()))):
        source = draw(st.sampled_from(["answer", "observation", "computed"]))
        when = draw(st.just(moment()) | st.datetimes(timezones=st.just(UTC)))
        try:
            words = Sentence("x")
            kept.append(Fact(key, value, KEYS[key].unit, when, source, "1", words, words))
        except UnfitFact:
            continue
    return kept


@given(people(), odd_facts())
def test_whatever_may_be_a_fact_leaves_the_rules_standing(
    facts: list[Fact], odd: list[Fact]
) -> None:
    answers = said([ADULT, *facts, *odd])
    assert [one.order for one in answers] == sorted({one.order for one in answers})
    for one in answers:
        proposed = one.status == "recommended"
        assert ((one.wording is not None), (one.gap is None)) == (proposed, proposed), one.rule.id
        assert str(one.reason)


@pytest.mark.parametrize("source", ["observation", "record", "computed"])
def test_a_slip_in_a_key_is_refused_where_no_questionnaire_asks(source: str) -> None:
    right = fact("birth-date", date(1960, 1, 1))
    with pytest.raises(UnfitFact, match="birthdate"):
        replace(right, key="birthdate", source=source)
    replace(fact("heart-rate", Decimal(60)), source=source)  # a measure that no rule reads


def test_a_slip_in_an_answer_is_shown_beside_what_no_rule_reads() -> None:
    asked = [fact("weigth", Decimal(80)), fact("weight", Decimal(80)), fact("stress", 2)]
    assert [each.key for each in Profile(asked).unread] == ["stress", "weigth"]
