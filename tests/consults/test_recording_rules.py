"""The rules of recordings, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consults.rules import recording as rules
from app.consults.rules.recording import Ending, RecordingState, RecordingStep
from app.media.recording import matroska
from app.media.recording.matroska import Cue, Track

FINAL = {RecordingState.REFUSED, RecordingState.DROPPED, RecordingState.DELETED}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PEOPLE = st.sets(st.integers(0, 4))


@given(st.lists(st.sampled_from(RecordingStep), max_size=12))
def test_no_walk_records_without_the_yes_of_all_nor_leaves_a_final_state(
    steps: list[RecordingStep],
) -> None:
    state, walked = RecordingState.ASKED, []
    for step in steps:
        after = rules.after_step(state, step)
        if after is None:
            continue
        assert state not in FINAL
        state = after
        walked.append(step)
    if state in {RecordingState.RUNNING, RecordingState.KEPT}:
        assert walked[:2] == [RecordingStep.AGREE, RecordingStep.BEGIN]


@given(PEOPLE, PEOPLE, st.sampled_from(RecordingState))
def test_a_recording_goes_on_only_among_those_who_agreed(
    here: set[int], agreed: set[int], state: RecordingState
) -> None:
    why = rules.must_end(state, here, agreed)
    if state in rules.UNSEALED and why is None:
        assert here <= agreed
        assert len(here) >= 2
    if state not in rules.OPEN:
        assert why is None


def test_who_comes_in_without_having_been_asked_ends_it_and_a_question_goes_on() -> None:
    assert rules.must_end(RecordingState.RUNNING, {1, 2, 3}, {1, 2}) is Ending.JOINED
    assert rules.must_end(RecordingState.ASKED, {1, 2, 3}, {1, 2}) is None
    assert rules.must_end(RecordingState.ASKED, {1}, {1}) is Ending.LEFT


@pytest.mark.parametrize(
    ("state", "after", "overdue"),
    [
        (RecordingState.ASKED, rules.ANSWER_WITHIN, False),
        (RecordingState.ASKED, rules.ANSWER_WITHIN + timedelta(seconds=1), True),
        (RecordingState.AGREED, rules.BEGIN_WITHIN + timedelta(seconds=1), True),
        (RecordingState.RUNNING, timedelta(hours=3), False),
    ],
)
def test_a_question_is_not_open_for_ever(
    state: RecordingState, after: timedelta, overdue: bool
) -> None:
    assert rules.is_overdue(state, NOON, NOON + after) is overdue


def head(places: int, *, ended: bool, unseen: int | None = None) -> bytes:
    tracks = []
    for place in range(places):
        if place != unseen:
            tracks.append(Track(2 * place + 1, "video", f"place {place}", (640, 480 + place)))
        tracks.append(Track(2 * place + 2, "audio", f"place {place}"))
    cues = [Cue(0, 1, 0), Cue(2000, 3, 500)]
    return matroska.head(tracks, 0.0, cues if ended else (), (4000, 900) if ended else None)


@pytest.mark.parametrize(("places", "ended"), list(product((2, 3, 4), (True, False))))
def test_one_place_comes_first_and_no_byte_moves_behind_the_tracks(
    places: int, ended: bool
) -> None:
    plain = head(places, ended=ended)
    assert rules.put_first(plain, 0) == plain
    for place in range(1, places):
        turned = rules.put_first(plain, place)
        assert len(turned) == len(plain)
        names = [turned.index(f"place {one}".encode()) for one in range(places)]
        assert min(names) == names[place]
        assert sorted(turned) == sorted(plain)
        rest = plain.rindex(f"place {places - 1}".encode()) + 200
        assert turned[rest:] == plain[rest:]


@pytest.mark.parametrize("unseen", [0, 1, 2])
def test_nobody_else_is_seen_in_the_place_of_one_who_was_not(unseen: int) -> None:
    plain = head(3, ended=True, unseen=unseen)
    for place in range(3):
        turned = rules.put_first(plain, place)
        assert len(turned) == len(plain)
        assert turned.count(rules.PICTURE) == (0 if place == unseen else 2)
        first = turned.index(b"place ")
        assert turned[first:].startswith(b"place %d" % place)


def test_nobody_else_is_heard_in_the_place_of_one_who_was_not() -> None:
    seen = [Track(1, "video", "place 0"), Track(2, "audio", "place 0")]
    plain = matroska.head([*seen, Track(3, "video", "place 1")], 0.0)
    turned = rules.put_first(plain, 1)
    assert turned.count(rules.SOUND) == 0
    assert turned.count(rules.PICTURE) == 2
    assert len(turned) == len(plain)


@given(st.binary(max_size=300), st.integers(-3, 9))
def test_what_is_no_head_stays_as_it_is(noise: bytes, place: int) -> None:
    assert len(rules.put_first(noise, place)) == len(noise)
    assert rules.put_first(head(2, ended=True), 7) == head(2, ended=True)


@given(st.binary(max_size=80), st.integers(0, 3))
def test_a_damaged_head_keeps_its_length(noise: bytes, place: int) -> None:
    damaged = b"x" * 10 + rules.TRACKS + noise
    assert len(rules.put_first(damaged, place)) == len(damaged)
