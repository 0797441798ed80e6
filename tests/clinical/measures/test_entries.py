"""What the table says to an entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.clinical.measures import entries as checking
from tests.clinical.people import moment

PRESSURE = measures.get("blood-pressure")
GLUCOSE = measures.get("glucose")


def test_a_component_is_found_under_its_own_key() -> None:
    assert PRESSURE.component("diastolic").loinc == "8462-4"
    with pytest.raises(KeyError):
        PRESSURE.component("pulse")


def test_fasting_changes_the_code_of_a_glucose() -> None:
    assert GLUCOSE.code("fasting") == "41604-0"
    assert GLUCOSE.code("untimed") == "41653-7"


def pressure(systolic: str, diastolic: str, unit: str = "mm[Hg]") -> measures.Checked:
    return measures.check(PRESSURE, {"systolic": systolic, "diastolic": diastolic}, unit)


def test_a_good_entry_keeps_what_was_typed_beside_the_canonical_value() -> None:
    checked = measures.check(GLUCOSE, {"value": " 5,6 "}, "mmol/L", context="fasting")
    assert checked.ok
    entry = checked.entries["value"]
    assert (entry.entered, entry.value, entry.unit) == ("5,6", Decimal("5.6"), "mmol/L")
    assert entry.canonical == Decimal("100.89")
    assert checked.values == {"value": Decimal("5.6")}


def test_each_bad_field_has_its_own_sentence() -> None:
    checked = pressure("abc", "")
    assert set(checked.problems) == {"systolic", "diastolic"}
    assert "“abc”" in str(checked.problems["systolic"])
    assert str(checked.problems["diastolic"]) == "Please enter a number."


@pytest.mark.parametrize(
    ("systolic", "diastolic", "bad"),
    [
        ("50", "20", set()),
        ("300", "200", set()),
        ("49", "40", {"systolic"}),
        ("301", "90", {"systolic"}),
        ("120", "19", {"diastolic"}),
        ("280", "201", {"diastolic"}),
    ],
)
def test_the_ends_of_the_plausible_range_are_in_and_the_next_is_out(
    systolic: str, diastolic: str, bad: set[str]
) -> None:
    assert set(pressure(systolic, diastolic).problems) == bad


def test_the_range_is_said_in_the_unit_the_person_chose() -> None:
    checked = pressure("16", "0.1", "kPa")
    assert str(checked.problems["diastolic"]).endswith("between 2.7 and 26.7 kPa.")


def test_two_equal_numbers_are_both_to_be_checked() -> None:
    assert "check both numbers" in str(pressure("100", "100").problems["systolic"])


@pytest.mark.parametrize(("systolic", "diastolic"), [("80", "128"), ("99", "100")])
def test_a_lower_number_that_is_not_lower_asks_about_a_swap(systolic: str, diastolic: str) -> None:
    problem = pressure(systolic, diastolic).problems["systolic"]
    assert "swapped" in str(problem)
    assert systolic in str(problem)


def test_an_unknown_unit_is_said_beside_the_unit() -> None:
    checked = measures.check(measures.get("weight"), {"value": "70"}, "furlong")
    assert set(checked.problems) == {"unit"}
    assert not checked.entries


def test_a_glucose_without_its_circumstance_is_asked_for_it() -> None:
    checked = measures.check(GLUCOSE, {"value": "100"}, "mg/dL", context=None)
    assert set(checked.problems) == {"context"}


def test_millimoles_typed_as_milligrams_are_recognised_before_their_digits_are_counted() -> None:
    checked = measures.check(GLUCOSE, {"value": "5.6"}, "mg/dL", context="fasting")
    assert "Did you mean 5.6 mmol/L?" in str(checked.problems["value"])


def test_a_whole_number_device_takes_no_digits_after_the_point() -> None:
    assert "whole number" in str(pressure("120.5", "80").problems["systolic"])


@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(["mm[Hg]", "kPa", "kg", ""]))
def test_nonsense_is_answered_and_never_breaks(one: str, other: str, unit: str) -> None:
    checked = pressure(one, other, unit)
    assert checked.ok or all(str(said) for said in checked.problems.values())


def test_a_time_to_come_is_refused_and_a_clock_a_little_fast_is_not() -> None:
    now = moment()
    assert checking.check_taken_at(now + timedelta(minutes=5), now) is None
    future = checking.check_taken_at(now + timedelta(minutes=5, seconds=1), now)
    assert future is not None
    assert future.text == checking.IN_FUTURE


def test_a_year_mistyped_is_noticed() -> None:
    now = moment()
    assert checking.check_taken_at(now - checking.OLDEST, now) is None
    old = checking.check_taken_at(now - checking.OLDEST - timedelta(seconds=1), now)
    assert old is not None
    assert old.text == checking.TOO_LONG_AGO


def test_a_time_without_a_zone_is_asked_for_again() -> None:
    naive = datetime(2026, 11, 22, 9)  # noqa: DTZ001 - a form that lost the zone is the case
    said = checking.check_taken_at(naive, moment())
    assert said is not None
    assert said.text == checking.NAIVE_TIME


@pytest.mark.parametrize(
    ("systolic", "diastolic", "keys"),
    [
        (180, 120, []),
        (181, 100, ["severe-systolic"]),
        (170, 121, ["severe-diastolic"]),
        (200, 130, ["severe-systolic", "severe-diastolic"]),
        (90, 60, []),
        (89, 60, ["low-systolic"]),
    ],
)
def test_a_pressure_that_needs_help_says_so_at_once(
    systolic: int, diastolic: int, keys: list[str]
) -> None:
    values = {"systolic": Decimal(systolic), "diastolic": Decimal(diastolic)}
    assert [alert.key for alert in measures.alerts(PRESSURE, values)] == keys


@pytest.mark.parametrize(
    ("value", "context", "keys"),
    [
        ("53", "untimed", ["low-level-2"]),
        ("54", "untimed", ["low-level-1"]),
        ("69", "fasting", ["low-level-1"]),
        ("70", "fasting", []),
        ("125", "fasting", []),
        ("126", "fasting", ["high-fasting"]),
        ("126", "untimed", []),
        ("199", "untimed", []),
        ("200", "untimed", ["high-untimed"]),
        ("299", "untimed", ["high-untimed"]),
        ("300", "untimed", ["very-high"]),
        ("300", "fasting", ["very-high"]),
    ],
)
def test_only_the_most_urgent_glucose_alert_speaks(
    value: str, context: str, keys: list[str]
) -> None:
    found = measures.alerts(GLUCOSE, {"value": Decimal(value)}, context)
    assert [alert.key for alert in found] == keys


def test_a_single_weight_never_claims_a_fast_gain() -> None:
    weight = measures.get("weight")
    assert measures.alerts(weight, {"value": Decimal(390)}) == ()


def test_a_measurement_is_spoken_as_people_say_it() -> None:
    pair = {"systolic": Decimal(128), "diastolic": Decimal(82)}
    assert str(PRESSURE.spoken(pair, "mm[Hg]")) == "128 over 82 mmHg"
    assert str(GLUCOSE.spoken({"value": Decimal("5.6")}, "mmol/L")) == "5.6 mmol/L"
    assert GLUCOSE.shown(Decimal("100.89"), "mmol/L") == Decimal("5.6")
