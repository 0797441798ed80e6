"""DM-07, OB-01, TOB-01, ALC-01 and PA-01 at their edges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.weight import bmi
from tests.clinical.people import ADULT, born, fact, outcome, proposal, unknown


def glucose(value: str, days_ago: int = 0) -> Fact:
    return fact("glucose", Decimal(value), days_ago)


@pytest.mark.parametrize(
    ("value", "expected"), [("53.99", "proposed"), ("54", "settled"), ("54.05", "settled")]
)
def test_very_low_sugar_is_below_54(value: str, expected: str) -> None:
    assert outcome("DM-07", [glucose(value)]) == expected


@pytest.mark.parametrize(("days_ago", "expected"), [(90, "proposed"), (91, "old")])
def test_a_low_sugar_counts_until_the_next_quarterly_visit(days_ago: int, expected: str) -> None:
    assert outcome("DM-07", [glucose("50", days_ago)]) == expected


def test_a_low_sugar_of_a_laboratory_counts_and_a_good_one_settles_nothing() -> None:
    assert outcome("DM-07", [fact("fasting-glucose", Decimal(53))]) == "proposed"
    assert outcome("DM-07", [fact("fasting-glucose", Decimal(53), 91)]) == "absent"
    assert outcome("DM-07", [fact("fasting-glucose", Decimal(90))]) == "absent"


def test_without_sugar_readings_nothing_is_claimed() -> None:
    gap = unknown("DM-07", [ADULT])
    assert gap.reason == "absent"
    assert "please enter your readings" in str(gap.supply)


def test_each_very_low_reading_is_evidence_and_no_other() -> None:
    line, words = proposal("DM-07", [glucose("50", 3), glucose("120", 2), glucose("48", 1)])
    assert [each.value for each in line.evidence] == [Decimal(50), Decimal(48)]
    assert "most recently 48 on 21 November 2026" in str(words.why)
    assert "more than once" not in str(proposal("DM-07", [glucose("50")])[1].why)


def body(weight: str, height: str, weight_days: int = 0, height_days: int = 0) -> list[Fact]:
    return [
        fact("weight", Decimal(weight), weight_days),
        fact("height", Decimal(height), height_days),
    ]


def test_the_body_mass_index_agrees_with_a_published_case() -> None:
    # openEHR GDL2 BMI test case: 30 kg and 150 cm give 13.33.
    assert abs(bmi(Decimal(30), Decimal(150)) - Decimal("13.33")) < Decimal("0.01")


@pytest.mark.parametrize(
    ("weight", "expected"), [("119.9", "settled"), ("120", "proposed"), ("120.1", "proposed")]
)
def test_help_with_weight_is_offered_from_an_index_of_30(weight: str, expected: str) -> None:
    assert outcome("OB-01", [ADULT, *body(weight, "200")]) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (body("130", "200", weight_days=182), "proposed"),
        (body("130", "200", weight_days=183), "old"),
        (body("130", "200", height_days=1825), "proposed"),
        (body("130", "200", height_days=1826), "old"),
        (body("130", "200")[:1], "absent"),
        (body("130", "200")[1:], "absent"),
        ([*body("130", "200"), fact("pregnant", True)], "outside"),
    ],
)
def test_weight_and_height_must_both_be_known_and_recent(facts: list[Fact], expected: str) -> None:
    assert outcome("OB-01", [ADULT, *facts]) == expected


def test_what_is_missing_for_the_index_is_named() -> None:
    assert unknown("OB-01", [ADULT, *body("130", "200")[1:]]).needs == ("weight",)
    assert unknown("OB-01", [ADULT, *body("130", "200")[:1]]).needs == ("height",)


def test_a_person_of_17_with_an_index_of_31_is_outside_the_recommendation() -> None:
    # USPSTF collection of executable guidelines, obesity 2018, case 28.
    assert outcome("OB-01", [born(17), *body("124", "200")]) == "outside"
    assert outcome("OB-01", [born(18), *body("124", "200")]) == "proposed"


NEVER, FORMER, SOME_DAYS, DAILY = "LA18978-9", "LA15920-4", "LA18977-1", "LA18976-3"
HEAVY, LIGHT, UNCLEAR, UNKNOWN = "LA18981-3", "LA18982-1", "LA18979-7", "LA18980-5"


@pytest.mark.parametrize(
    ("smoking", "other", "expected"),
    [
        (NEVER, False, "settled"),
        (FORMER, False, "settled"),
        (SOME_DAYS, False, "proposed"),
        (DAILY, False, "proposed"),
        (DAILY, None, "proposed"),
        (HEAVY, False, "proposed"),
        (LIGHT, False, "proposed"),
        (UNCLEAR, False, "not enough"),
        (UNKNOWN, False, "not enough"),
        (UNKNOWN, True, "proposed"),
        (NEVER, True, "proposed"),
        (NEVER, None, "absent"),
        (None, True, "proposed"),
        (None, False, "absent"),
        (None, None, "absent"),
    ],
)
def test_any_current_tobacco_brings_help_to_stop(
    smoking: str | None, other: bool | None, expected: str
) -> None:
    facts = [ADULT]
    facts += [fact("smoking-status", smoking)] if smoking else []
    facts += [fact("other-tobacco", other)] if other is not None else []
    assert outcome("TOB-01", facts) == expected


def test_only_the_answers_that_are_missing_are_asked_for() -> None:
    gap = unknown("TOB-01", [ADULT, fact("smoking-status", NEVER)])
    assert gap.needs == ("other-tobacco",)
    assert str(gap.missing) == "Answers about tobacco are still missing."


def test_in_pregnancy_help_to_stop_names_no_medicine_to_start() -> None:
    _, usual = proposal("TOB-01", [ADULT, fact("smoking-status", DAILY)])
    line, pregnant = proposal(
        "TOB-01", [ADULT, fact("smoking-status", DAILY), fact("pregnant", True)]
    )
    assert "nicotine patches" in str(usual.detail)
    assert "nicotine patches" not in str(pregnant.detail)
    assert {each.key for each in line.evidence} == {"smoking-status", "pregnant"}


def test_an_answer_from_before_is_replaced_by_the_newest() -> None:
    facts = [fact("smoking-status", DAILY, 100), fact("smoking-status", FORMER), ADULT]
    assert outcome("TOB-01", [*facts, fact("other-tobacco", False)]) == "settled"


def drinks(*points: int, days_ago: int = 0) -> list[Fact]:
    keys = ("alcohol-frequency", "alcohol-amount", "alcohol-binge")
    return [fact(key, point, days_ago) for key, point in zip(keys, points, strict=False)]


@pytest.mark.parametrize(
    ("sex", "points", "expected"),
    [
        ("female", (1, 1, 0), "settled"),
        ("female", (1, 1, 1), "proposed"),
        ("male", (1, 1, 1), "settled"),
        ("male", (2, 1, 1), "proposed"),
        ("male", (4, 4, 4), "proposed"),
        ("other", (1, 1, 0), "settled"),
        ("other", (1, 1, 1), "absent"),
        ("unknown", (2, 1, 1), "proposed"),
        (None, (1, 1, 1), "absent"),
        (None, (2, 1, 1), "proposed"),
        ("female", (0,), "settled"),
        ("male", (), "absent"),
        ("female", (3,), "proposed"),
        ("male", (3,), "absent"),
    ],
)
def test_drinking_is_raised_from_4_points_for_men_and_3_for_women(
    sex: str | None, points: tuple[int, ...], expected: str
) -> None:
    person = [ADULT, *([fact("sex-at-birth", sex)] if sex else [])]
    assert outcome("ALC-01", [*person, *drinks(*points)]) == expected


@pytest.mark.parametrize(("sex", "counted"), [("male", True), ("other", False)])
def test_sex_is_evidence_only_where_it_decided(sex: str, counted: bool) -> None:
    line, words = proposal("ALC-01", [ADULT, fact("sex-at-birth", sex), *drinks(2, 1, 1)])
    assert ("sex-at-birth" in {each.key for each in line.evidence}) is counted
    assert "4 of 12 points" in str(words.why)


def test_someone_who_stopped_drinking_is_not_judged_by_old_amounts() -> None:
    old = drinks(4, 4, 4, days_ago=30)
    assert outcome("ALC-01", [ADULT, *old, fact("alcohol-frequency", 0)]) == "settled"


def test_in_pregnancy_drinking_is_raised_and_no_amount_is_called_safe() -> None:
    woman = [ADULT, fact("sex-at-birth", "female"), *drinks(1, 1, 1)]
    _, usual = proposal("ALC-01", woman)
    line, expecting = proposal("ALC-01", [*woman, fact("pregnant", True)])
    assert "smaller glasses" in str(usual.detail)
    assert "no amount of alcohol" in str(expecting.detail)
    assert "pregnant" in {each.key for each in line.evidence}


def test_a_threshold_that_hangs_on_sex_says_so() -> None:
    gap = unknown("ALC-01", [ADULT, *drinks(1, 1, 1)])
    assert gap.needs == ("sex-at-birth",)
    assert len(gap.evidence) == 3


def test_alcohol_answers_of_more_than_a_year_ago_are_too_old() -> None:
    person = [ADULT, fact("sex-at-birth", "female")]
    assert outcome("ALC-01", [*person, *drinks(4, 4, 4, days_ago=366)]) == "old"


def moves(days: int, minutes: int | None = None, days_ago: int = 0) -> list[Fact]:
    found = [fact("activity-days", Decimal(days), days_ago)]
    if minutes is not None:
        found.append(fact("activity-minutes", Decimal(minutes), days_ago))
    return found


@pytest.mark.parametrize(
    ("days", "minutes", "expected"),
    [
        (5, 29, "proposed"),
        (5, 30, "settled"),
        (5, 31, "settled"),
        (0, None, "proposed"),
        (3, None, "absent"),
        (1, 149, "proposed"),
        (1, 150, "settled"),
    ],
)
def test_moving_more_is_raised_below_150_minutes(
    days: int, minutes: int | None, expected: str
) -> None:
    assert outcome("PA-01", [ADULT, *moves(days, minutes)]) == expected


def test_a_week_of_rest_is_not_counted_with_the_minutes_of_another() -> None:
    facts = [ADULT, *moves(7, 60, days_ago=20), *moves(0)]
    line, words = proposal("PA-01", facts)
    assert [each.key for each in line.evidence] == ["activity-days"]
    assert "do not move briskly on any day" in str(words.why)


def test_the_minutes_a_week_are_worked_out_before_the_persons_eyes() -> None:
    why = str(proposal("PA-01", [ADULT, *moves(2, 30, days_ago=4)])[1].why)
    assert "On 18 November 2026" in why
    assert "2 of the 7 days in a week, for about 30 minutes: 60 minutes a week" in why
