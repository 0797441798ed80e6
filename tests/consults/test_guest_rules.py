"""Who may do what with an invitation, and what a link is worth."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consults.rules import Door
from app.consults.rules import guests as rules
from app.consults.rules.guests import GuestState, GuestStep, Worth

PATIENT, CLINICIAN = 0, 1
FINAL = set(GuestState) - rules.LIVE


@given(st.lists(st.sampled_from(list(GuestStep)), max_size=10))
def test_no_walk_leads_out_of_an_end_or_in_without_approval(walk: list[GuestStep]) -> None:
    state, been = GuestState.ASKED, {GuestState.ASKED}
    for step in walk:
        after = rules.after_step(state, step)
        assert after is None or state not in FINAL
        state = after or state
        been.add(state)
        assert state is not GuestState.OPENED or GuestState.APPROVED in been


def test_only_the_clinician_decides_and_only_while_it_is_asked() -> None:
    for state, step in product(GuestState, (GuestStep.APPROVE, GuestStep.REFUSE)):
        assert not rules.may_take(PATIENT, state, step)
        assert rules.may_take(CLINICIAN, state, step) == (state is GuestState.ASKED)


def test_the_patient_takes_back_what_nobody_has_opened() -> None:
    may = {one for one in GuestState if rules.may_take(PATIENT, one, GuestStep.REMOVE)}
    assert may == {GuestState.ASKED, GuestState.APPROVED}


def test_the_clinician_removes_whoever_has_a_seat() -> None:
    may = {one for one in GuestState if rules.may_take(CLINICIAN, one, GuestStep.REMOVE)}
    assert may == rules.LIVE


def test_a_guest_decides_about_nobody_and_nobody_opens_for_another() -> None:
    for seat, state, step in product(rules.GUEST_SEATS, GuestState, GuestStep):
        assert not rules.may_take(seat, state, step)
    for seat, state in product((PATIENT, CLINICIAN), GuestState):
        assert not rules.may_take(seat, state, GuestStep.OPEN)


def test_whatever_may_be_taken_leads_somewhere() -> None:
    for seat, state, step in product((PATIENT, CLINICIAN), GuestState, GuestStep):
        if rules.may_take(seat, state, step):
            assert rules.after_step(state, step) is not None


@pytest.mark.parametrize(
    ("taken", "seat"), [([], 2), ([2], 3), ([3], 2), ([2, 3], None), ([3, 2], None)]
)
def test_there_are_two_seats(taken: list[int], seat: int | None) -> None:
    assert rules.free_seat(taken) == seat


@pytest.mark.parametrize(
    ("state", "door", "worth"),
    [
        (GuestState.ASKED, Door.EARLY, Worth.WAITS),
        (GuestState.ASKED, Door.OPEN, Worth.WAITS),
        (GuestState.ASKED, Door.OVER, Worth.OVER),
        (GuestState.APPROVED, Door.EARLY, Worth.EARLY),
        (GuestState.APPROVED, Door.OPEN, Worth.OPEN),
        (GuestState.APPROVED, Door.FINISHED, Worth.OVER),
        (GuestState.OPENED, Door.OPEN, Worth.USED),
        (GuestState.REFUSED, Door.OPEN, Worth.REFUSED),
        (GuestState.REMOVED, Door.OPEN, Worth.OVER),
        (GuestState.EXPIRED, Door.OPEN, Worth.OVER),
    ],
)
def test_what_a_link_is_worth(state: GuestState, door: Door, worth: Worth) -> None:
    assert rules.worth(state, door) is worth


def test_only_an_approved_link_of_an_open_room_lets_in() -> None:
    found = {one for one in product(GuestState, Door) if rules.worth(*one) is Worth.OPEN}
    assert found == {(GuestState.APPROVED, Door.OPEN)}
