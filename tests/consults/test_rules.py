"""The tables of visit, call and presence, and what counts as a signal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consults import rules
from app.consults.rules import CallState, Door, Move, Place, Standing, VisitState, VisitStep

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
IN_CALL, MET = Standing(Place.CALL, False), Standing(Place.CALL, True)
LOST, WAITING = Standing(Place.LOST, True), Standing(Place.WAITING, False)
PEOPLE = st.lists(
    st.builds(Standing, st.sampled_from([Place.WAITING, Place.CALL, Place.LOST]), st.booleans()),
    max_size=4,
)


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        (VisitState.PLANNED, VisitStep.START, VisitState.IN_PROGRESS),
        (VisitState.PLANNED, VisitStep.FINISH, None),
        (VisitState.IN_PROGRESS, VisitStep.START, VisitState.IN_PROGRESS),
        (VisitState.IN_PROGRESS, VisitStep.FINISH, VisitState.FINISHED),
        (VisitState.FINISHED, VisitStep.START, None),
        (VisitState.FINISHED, VisitStep.FINISH, None),
    ],
)
def test_a_visit_goes_one_way(state: VisitState, step: VisitStep, then: VisitState | None) -> None:
    assert rules.after_visit_step(state, step) is then


@pytest.mark.parametrize(
    ("state", "people", "then"),
    [
        (CallState.NONE, [WAITING, WAITING], CallState.NONE),
        (CallState.NONE, [IN_CALL], CallState.CONNECTING),
        (CallState.NONE, [LOST], CallState.NONE),
        (CallState.CONNECTING, [IN_CALL, WAITING], CallState.CONNECTING),
        (CallState.CONNECTING, [IN_CALL, MET], CallState.CONNECTING),
        (CallState.CONNECTING, [MET, MET], CallState.CONNECTED),
        (CallState.CONNECTING, [MET], CallState.CONNECTING),
        (CallState.CONNECTED, [MET, LOST], CallState.CONNECTED),
        (CallState.CONNECTED, [MET, IN_CALL], CallState.CONNECTING),
        (CallState.CONNECTED, [MET, WAITING], CallState.CONNECTING),
        (CallState.CONNECTED, [LOST, LOST], CallState.CONNECTED),
        (CallState.CONNECTING, [IN_CALL, MET, MET], CallState.CONNECTED),
        (CallState.CONNECTED, [IN_CALL, MET, MET], CallState.CONNECTED),
        (CallState.CONNECTED, [IN_CALL, IN_CALL, MET], CallState.CONNECTING),
        (CallState.CONNECTED, [MET, WAITING, WAITING], CallState.CONNECTING),
        (CallState.CONNECTED, [WAITING, WAITING], CallState.ENDED),
        (CallState.CONNECTING, [], CallState.ENDED),
        (CallState.ENDED, [MET, MET], CallState.ENDED),
    ],
)
def test_a_call_follows_its_people(
    state: CallState, people: list[Standing], then: CallState
) -> None:
    assert rules.call_after(state, people) is then


@given(st.lists(PEOPLE, max_size=12))
def test_an_ended_call_stays_ended(walk: list[list[Standing]]) -> None:
    state, ended = CallState.NONE, False
    for people in walk:
        state = rules.call_after(state, people)
        assert not ended or state is CallState.ENDED
        ended = ended or state is CallState.ENDED


@given(PEOPLE)
def test_no_call_is_connected_with_one_person(people: list[Standing]) -> None:
    if len([one for one in people if one.place is not Place.WAITING]) < 2:
        assert rules.call_after(CallState.CONNECTING, people) is not CallState.CONNECTED


@pytest.mark.parametrize(
    ("place", "move", "then"),
    [
        (Place.CALL, Move.LOSE, Place.LOST),
        (Place.LOST, Move.JOIN, Place.CALL),
        (Place.WAITING, Move.LOSE, Place.AWAY),
        (Place.CALL, Move.HANG_UP, Place.WAITING),
        (Place.LOST, Move.EXPIRE, Place.AWAY),
        (Place.AWAY, Move.HANG_UP, None),
    ],
)
def test_a_lost_page_is_waited_for_and_a_waiting_one_is_gone(
    place: Place, move: Move, then: Place | None
) -> None:
    assert rules.after_move(place, move) is then


def test_one_can_join_from_anywhere_and_never_hang_up_into_nothing() -> None:
    assert {rules.after_move(place, Move.JOIN) for place in Place} == {Place.CALL}
    for place, move in product(Place, Move):
        then = rules.after_move(place, move)
        assert then is not Place.AWAY or move in {Move.LOSE, Move.EXPIRE}


@pytest.mark.parametrize(
    ("state", "minutes_from_start", "door"),
    [
        (VisitState.PLANNED, -11, Door.EARLY),
        (VisitState.PLANNED, -10, Door.OPEN),
        (VisitState.PLANNED, 0, Door.OPEN),
        (VisitState.PLANNED, 140, Door.OPEN),
        (VisitState.PLANNED, 141, Door.OVER),
        (VisitState.IN_PROGRESS, 600, Door.OPEN),
        (VisitState.FINISHED, 5, Door.FINISHED),
    ],
)
def test_the_room_opens_ten_minutes_before(
    state: VisitState, minutes_from_start: int, door: Door
) -> None:
    moment = NOON + timedelta(minutes=minutes_from_start)
    assert rules.door(state, NOON, 20, moment) is door


@pytest.mark.parametrize(
    ("place", "seconds", "gone"),
    [
        (Place.LOST, 60, False),
        (Place.LOST, 61, True),
        (Place.CALL, 61, False),
        (Place.WAITING, 150, False),
        (Place.WAITING, 151, True),
    ],
)
def test_silence_is_borne_for_a_while(place: Place, seconds: int, gone: bool) -> None:
    assert rules.is_gone(place, NOON, NOON + timedelta(seconds=seconds)) is gone


def test_what_browsers_send_is_a_signal() -> None:
    candidate = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"}
    for kind, body in [
        ("description", {"type": "offer", "sdp": "v=0\r\n"}),
        ("description", {"type": "answer", "sdp": "v=0\r\n", "turn": 3}),
        ("wish", {"restart": True}),
        ("candidate", candidate | {"sdpMLineIndex": 0, "usernameFragment": "abcd"}),
        ("candidate", {"candidate": "", "sdpMid": None, "sdpMLineIndex": None}),
        ("seal", {"step": "promise", "leaf": "a", "yours": "", "promise": "p"}),
        ("seal", {"step": "show", "leaf": "a", "yours": "b", "shown": "s", "nonce": "n"}),
        ("seal", {"step": "key", "leaf": "a", "yours": "b", "iv": "i", "data": "d"}),
        ("seal", {"step": "cannot"}),
    ]:
        assert rules.signal_fits(kind, json.dumps(body))


@pytest.mark.parametrize(
    "body",
    [
        {"step": "open"},
        {"step": ["cannot"]},
        {"step": "cannot", "leaf": "a"},
        {"step": "promise", "leaf": "a", "yours": "", "promise": 7},
        {"step": "promise", "leaf": "a", "yours": "", "promise": "p" * 201},
        {"step": "show", "leaf": "a", "yours": "b", "shown": "s"},
    ],
    ids=str,
)
def test_a_step_towards_keys_holds_its_own_short_texts(body: dict[str, object]) -> None:
    assert not rules.signal_fits("seal", json.dumps(body))


@given(st.integers(), st.text(max_size=8), st.integers(), st.integers())
def test_what_a_page_says_of_its_call_is_kept_within_bounds(
    setup: int, way: str, lost: int, concealed: int
) -> None:
    found = rules.figures_of(setup, way, lost, concealed)
    assert 0 <= found.setup_milliseconds <= rules.LONGEST_SETUP_MILLISECONDS
    assert 0 <= found.lost_permille <= 1000
    assert 0 <= found.concealed_permille <= 1000
    assert found.way is None or found.way.value == way


@given(st.text(max_size=40), st.text())
def test_arbitrary_text_is_no_signal(kind: str, body: str) -> None:
    assert not rules.signal_fits(kind, body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)


NAMES = ["type", "sdp", "turn", "restart", "candidate", "sdpMid", "sdpMLineIndex"]


@pytest.mark.parametrize("turn", [-1, 10**9, True, "3", None, 1.5, [1]])
def test_an_offer_has_a_small_number_and_no_wish_more_than_one_word(turn: object) -> None:
    assert not rules.signal_fits(
        "description", json.dumps({"type": "offer", "sdp": "v=0", "turn": turn})
    )
    assert not rules.signal_fits("wish", json.dumps({"restart": turn if turn is not True else 1}))
    assert not rules.signal_fits("wish", json.dumps({"restart": True, "turn": turn}))


@given(
    st.sampled_from(["description", "wish", "candidate"]),
    st.dictionaries(st.sampled_from(NAMES), JSON),
)
def test_a_signal_holds_nothing_but_its_own_fields(kind: str, data: dict[str, object]) -> None:
    if rules.signal_fits(kind, json.dumps(data)):
        fields = {
            "description": {"type", "sdp", "turn"},
            "wish": {"restart"},
            "candidate": set(NAMES[4:]),
        }
        assert set(data) <= fields[kind]


def test_deeply_nested_text_is_refused_and_breaks_nothing() -> None:
    assert not rules.signal_fits("candidate", "[" * 9_000)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("0f8fad5b-d9cb-469f-a165-70867728950e", True),
        ("abcdefgh", True),
        ("short", False),
        ("x" * 37, False),
        ("has spaces here", False),
        ("ünïcödé-nämé", False),
        ("--------", False),
    ],
)
def test_a_connection_has_a_plain_name(text: str, fits: bool) -> None:
    assert rules.is_connection(text) is fits
