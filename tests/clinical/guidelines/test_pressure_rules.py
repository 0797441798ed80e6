"""BP-03, BP-04 and BP-05 at their edges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.clinical.guidelines.facts import Fact
from tests.clinical.people import ADULT, born, fact, outcome, pressure, proposal, unknown, week

NO_SALT = [fact(key, 0) for key in ("salt-table", "salt-packaged", "salt-cured", "salt-takeaway")]


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (139, 89, "settled"),
        (140, 89, "proposed"),
        (139, 90, "proposed"),
        (141, 91, "proposed"),
        (110, 70, "settled"),
    ],
)
def test_medicine_is_raised_from_140_over_90(systolic: int, diastolic: int, expected: str) -> None:
    assert outcome("BP-03", [ADULT, *week(systolic, diastolic)]) == expected


def test_the_person_reads_their_own_mean_and_days_and_the_clinician_the_agents() -> None:
    line, words = proposal("BP-03", [ADULT, *week(150, 95)])
    why = str(words.why)
    assert "150 over 95" in why
    assert "24 readings, 17 November 2026 to 22 November 2026" in why
    assert line.rule.audience == "clinician"
    assert "first-line agents" in str(line.rule.note)
    assert "agents" not in str(words.action)
    assert len(line.evidence) == 24
    assert {each.key for each in line.evidence} == {"blood-pressure"}


def test_too_few_readings_say_how_many_are_still_needed() -> None:
    gap = unknown("BP-03", [ADULT, *week(150, 95, days=3)])
    assert gap.reason == "not enough"
    assert "still needed: 4" in str(gap.missing)
    assert gap.needs == ("blood-pressure",)
    assert len(gap.evidence) == 8


def test_the_last_reading_decides_whether_a_week_is_too_old() -> None:
    assert outcome("BP-03", [ADULT, pressure(150, 95, 90)]) == "not enough"
    assert outcome("BP-03", [ADULT, pressure(150, 95, 91)]) == "old"
    gap = unknown("BP-03", [ADULT, pressure(150, 95, 91), pressure(150, 95, 100)])
    assert "23 August 2026" in str(gap.missing)
    assert outcome("BP-03", [ADULT, *week(150, 95, ends_days_ago=83)]) == "proposed"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ([born(18)], "proposed"),
        ([born(18, days_more=-1)], "outside"),
        ([], "absent"),
        ([ADULT, fact("pregnant", True)], "outside"),
        ([ADULT, fact("pregnant", True, days_ago=301)], "proposed"),
        ([ADULT, fact("pregnant", False)], "proposed"),
    ],
)
def test_medicine_is_for_adults_who_are_not_pregnant(person: list[Fact], expected: str) -> None:
    assert outcome("BP-03", [*person, *week(150, 95)]) == expected


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [(180, 120, "settled"), (181, 90, "proposed"), (150, 121, "proposed"), (119, 70, "settled")],
)
def test_one_very_high_reading_is_enough_for_help(
    systolic: int, diastolic: int, expected: str
) -> None:
    assert outcome("BP-04", [pressure(systolic, diastolic), pressure(120, 70, 1)]) == expected


@pytest.mark.parametrize(("days_ago", "expected"), [(30, "proposed"), (31, "settled")])
def test_a_very_high_reading_counts_for_a_month(days_ago: int, expected: str) -> None:
    assert outcome("BP-04", [pressure(190, 100, days_ago), pressure(120, 70)]) == expected


def test_help_does_not_wait_for_a_date_of_birth() -> None:
    assert outcome("BP-04", [pressure(190, 100)]) == "proposed"
    assert outcome("BP-04", [born(12), pressure(190, 100)]) == "proposed"
    assert outcome("BP-04", [ADULT]) == "absent"


def test_a_very_high_reading_comes_first_and_names_only_itself() -> None:
    line, words = proposal(
        "BP-04", [pressure(190, 100, 2), pressure(185, 99, 1), pressure(130, 80)]
    )
    assert line.rule.urgency == "now"
    assert line.rule.kind == "safety"
    assert "21 November 2026 you measured 185 over 99" in str(words.why)
    assert [each.source_id for each in line.evidence] == ["2-9", "1-9"]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((2, 2, 0, 0), "proposed"),
        ((1, 1, 1, 1), "proposed"),
        ((1, 1, 1, 0), "absent"),  # low by habit, and no pressure to decide by
        ((2, 2), "proposed"),
        ((1, 1), "absent"),
        ((), "absent"),
    ],
)
def test_salty_habits_from_half_the_points(points: tuple[int, ...], expected: str) -> None:
    given = [fact(each.key, point) for each, point in zip(NO_SALT, points, strict=False)]
    assert outcome("BP-05", [ADULT, *given]) == expected


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [(119, 79, "settled"), (120, 79, "proposed"), (119, 80, "proposed")],
)
def test_elevated_pressure_is_reason_enough_to_eat_less_salt(
    systolic: int, diastolic: int, expected: str
) -> None:
    assert outcome("BP-05", [ADULT, *NO_SALT, *week(systolic, diastolic)]) == expected


def test_normal_pressure_with_unknown_habits_stays_unknown() -> None:
    gap = unknown("BP-05", [ADULT, *week(110, 70)])
    assert "salt" in str(gap.missing)
    assert set(gap.needs) == {each.key for each in NO_SALT}


@pytest.mark.parametrize(("answered", "expected"), [(2, "absent"), (3, "settled"), (4, "settled")])
def test_habits_are_settled_once_the_open_answers_cannot_matter(
    answered: int, expected: str
) -> None:
    assert outcome("BP-05", [ADULT, *NO_SALT[:answered], *week(110, 70)]) == expected


def test_both_reasons_are_given_with_both_kinds_of_evidence() -> None:
    salty = [fact(each.key, 2) for each in NO_SALT]
    line, words = proposal("BP-05", [ADULT, *salty, *week(132, 84)])
    assert "much of your food is salty" in str(words.why)
    assert "132 over 84" in str(words.why)
    assert {each.key for each in line.evidence} == {
        "blood-pressure",
        *(each.key for each in NO_SALT),
    }


@pytest.mark.parametrize(
    ("kidney", "medicine", "allowed"),
    [
        (False, False, True),
        (True, False, False),
        (False, True, False),
        (None, False, False),
        (None, None, False),
    ],
)
def test_a_potassium_salt_is_mentioned_only_after_two_clear_answers(
    kidney: bool | None, medicine: bool | None, allowed: bool
) -> None:
    answers = {"kidney-disease": kidney, "potassium-medicine": medicine}
    given = [fact(key, value) for key, value in answers.items() if value is not None]
    line, words = proposal("BP-05", [ADULT, *given, *(fact(each.key, 2) for each in NO_SALT)])
    detail = str(words.detail)
    assert ("is possible if" in detail) is allowed
    assert ("Do not use salt substitutes" in detail) is not allowed
    assert {each.key for each in given} <= {each.key for each in line.evidence}


@pytest.mark.parametrize(
    ("found", "allowed"),
    [
        (fact("egfr", Decimal("59.9")), False),
        (fact("egfr", Decimal(60)), True),
        (fact("medicines", ("Spironolactone 25 mg",)), False),
        (fact("medicines", ("lisinopril",)), False),
        (fact("medicines", ("Zestril, 10 mg",)), False),
        (fact("medicines", ("Foozax",)), False),
        (fact("medicines", ("paracetamol",)), True),
    ],
)
def test_a_laboratory_or_a_medicine_overrules_two_answers_about_potassium(
    found: Fact, allowed: bool
) -> None:
    answers = [fact("kidney-disease", False), fact("potassium-medicine", False)]
    salty = [fact(each.key, 2) for each in NO_SALT]
    line, words = proposal("BP-05", [ADULT, *answers, *salty, found])
    assert ("is possible if" in str(words.detail)) is allowed
    assert (found in line.evidence) is not allowed


@pytest.mark.parametrize(("days_ago", "expected"), [(365, "proposed"), (366, "old")])
def test_answers_count_for_a_year(days_ago: int, expected: str) -> None:
    salty = [fact(each.key, 2, days_ago) for each in NO_SALT]
    assert outcome("BP-05", [ADULT, *salty]) == expected
