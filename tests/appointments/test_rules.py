"""Visits' states and clocks, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.appointments import rules
from app.appointments.rules import AppointmentState, Problem, Step
from app.kernel.actor import Role

START = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(hours=1), START + timedelta(hours=1)
FINAL = [one for one in AppointmentState if one is not AppointmentState.BOOKED]
ZONES = ("Europe/Lisbon", "Europe/Budapest", "America/New_York", "Pacific/Auckland", "UTC")
MINUTES = st.integers(0, 3_000_000)
LENGTHS = st.integers(rules.SHORTEST_MINUTES, rules.LONGEST_MINUTES)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("step", list(Step))
def test_nothing_leaves_a_final_state(state: AppointmentState, step: Step) -> None:
    assert rules.after(state, step) is None


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_no_walk_comes_back_once_it_has_ended(steps: list[Step]) -> None:
    state, ended = AppointmentState.BOOKED, None
    for step in steps:
        state = rules.after(state, step) or state
        ended = ended or (state if state in FINAL else None)
        assert ended in {None, state}


@pytest.mark.parametrize(
    ("role", "moment", "open_steps"),
    [
        (Role.PATIENT, BEFORE, [Step.CANCEL]),
        (Role.PATIENT, AFTER, []),
        (Role.CLINICIAN, BEFORE, [Step.MOVE, Step.CANCEL, Step.FULFIL]),
        (Role.CLINICIAN, AFTER, list(Step)),
        (Role.COORDINATOR, BEFORE, [Step.MOVE, Step.CANCEL]),
        (Role.COORDINATOR, AFTER, [Step.MOVE, Step.CANCEL, Step.MISS]),
        (Role.ADMINISTRATOR, BEFORE, []),
    ],
)
def test_each_person_is_offered_their_steps(
    role: Role, moment: datetime, open_steps: list[Step]
) -> None:
    booked = AppointmentState.BOOKED
    assert rules.steps_open_to(booked, role, START, moment) == open_steps


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_offered_a_step_of_a_visit_that_is_over(
    state: AppointmentState, role: Role
) -> None:
    assert rules.steps_open_to(state, role, START, BEFORE) == []
    assert rules.step_problem(state, Step.MOVE, role, START, BEFORE) is Problem.OVER


@pytest.mark.parametrize(
    ("starts_in", "minutes", "problem"),
    [
        (timedelta(0), 30, Problem.PAST),
        (timedelta(seconds=1), 30, None),
        (rules.FURTHEST_AHEAD, 30, None),
        (rules.FURTHEST_AHEAD + timedelta(seconds=1), 30, Problem.TOO_FAR),
        (timedelta(days=1), rules.SHORTEST_MINUTES - 1, Problem.LENGTH),
        (timedelta(days=1), rules.SHORTEST_MINUTES, None),
        (timedelta(days=1), rules.LONGEST_MINUTES, None),
        (timedelta(days=1), rules.LONGEST_MINUTES + 1, Problem.LENGTH),
    ],
)
def test_slot_has_edges(starts_in: timedelta, minutes: int, problem: Problem | None) -> None:
    assert rules.slot_problem(START + starts_in, minutes, START) is problem


def test_every_length_on_offer_is_allowed() -> None:
    for minutes in rules.LENGTHS_MINUTES:
        assert rules.slot_problem(AFTER, minutes, START) is None


@given(MINUTES, LENGTHS, MINUTES, LENGTHS)
def test_overlap_is_the_same_seen_from_either_visit(
    one: int, one_length: int, other: int, other_length: int
) -> None:
    first, second = START + timedelta(minutes=one), START + timedelta(minutes=other)
    minutes = set(range(one, one + one_length)) & set(range(other, other + other_length))
    assert rules.overlaps(first, one_length, [(second, other_length)]) == bool(minutes)
    assert rules.overlaps(second, other_length, [(first, one_length)]) == bool(minutes)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "moment"),
    [
        ("2026-11-25", "14:30", "Europe/Lisbon", "2026-11-25T14:30+00:00"),
        ("2026-11-25", "14:30", "Europe/Budapest", "2026-11-25T13:30+00:00"),
        ("2026-07-01", "14:30", "Europe/Budapest", "2026-07-01T12:30+00:00"),
        # The night of 28 March 2027: Lisbon skips 01:00-02:00, Budapest 02:00-03:00.
        ("2027-03-28", "00:59", "Europe/Lisbon", "2027-03-28T00:59+00:00"),
        ("2027-03-28", "02:00", "Europe/Lisbon", "2027-03-28T01:00+00:00"),
        # New York changes two weeks earlier than Europe.
        ("2027-03-20", "09:00", "America/New_York", "2027-03-20T13:00+00:00"),
    ],
)
def test_clock_in_a_zone_names_a_moment(day: str, clock: str, zone: str, moment: str) -> None:
    found = rules.moment_of(date.fromisoformat(day), time.fromisoformat(clock), zone)
    assert found == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "problem"),
    [
        ("2027-03-28", "01:30", "Europe/Lisbon", Problem.NO_SUCH_TIME),
        ("2027-03-28", "02:30", "Europe/Budapest", Problem.NO_SUCH_TIME),
        ("2026-10-25", "01:30", "Europe/Lisbon", Problem.TWICE),
        ("2026-10-25", "02:30", "Europe/Budapest", Problem.TWICE),
        ("0001-01-01", "00:00", "Pacific/Auckland", Problem.PAST),
        ("9999-12-31", "23:59", "America/New_York", Problem.TOO_FAR),
    ],
)
def test_clock_that_names_no_single_moment_is_a_problem(
    day: str, clock: str, zone: str, problem: Problem
) -> None:
    found = rules.moment_of(date.fromisoformat(day), time.fromisoformat(clock), zone)
    assert found is problem


@given(
    st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
)
def test_moment_survives_being_read_on_any_clock(moment: datetime, zone: str) -> None:
    there = moment.astimezone(ZoneInfo(zone))
    found = rules.moment_of(there.date(), there.time(), zone)
    assert found in {moment, Problem.TWICE}


def test_clocks_of_lisbon_and_london_agree_and_of_budapest_do_not() -> None:
    assert not rules.clocks_differ(START, "Europe/Lisbon", "Europe/London")
    assert rules.clocks_differ(START, "Europe/Lisbon", "Europe/Budapest")


@pytest.mark.parametrize(
    ("text", "version"),
    [("1", 1), ("007", 7), ("", 0), (None, 0), ("-1", 0), ("²", 0), ("1" * 10, 0), ("x", 0)],
)
def test_version_is_a_plain_number_or_none_at_all(text: str | None, version: int) -> None:
    assert rules.version_of(text) == version
