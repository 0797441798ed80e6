"""Where sound and picture lie: by arrival at first, by sender reports as soon as there are any."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.recording.timeline import AUDIO_RATE, VIDEO_RATE, Clock, PlaceTime

WRAP = 2**32


def test_jitter_does_not_move_the_sound() -> None:
    clock = Clock(AUDIO_RATE)
    late = [0.0, 0.08, 0.03, 0.11, 0.0, 0.06]
    laid = [clock.arrived(960 * n, 10 + 0.02 * n + late[n % 6]) for n in range(3000)]
    steps = [after - before for before, after in itertools.pairwise(laid)]
    assert min(steps) > 0.019
    assert max(steps) < 0.021


def test_a_timestamp_past_its_turn_goes_on() -> None:
    clock = Clock(AUDIO_RATE)
    laid = [clock.arrived((WRAP - 960 + 960 * n) % WRAP, 0.02 * n) for n in range(4)]
    assert laid == pytest.approx([0.0, 0.02, 0.04, 0.06])


def test_silence_keeps_its_length() -> None:
    clock = Clock(AUDIO_RATE)
    clock.arrived(0, 5.0)
    assert clock.arrived(AUDIO_RATE * 30, 35.0) == pytest.approx(35.0)


def test_a_clock_that_runs_fast_is_followed_without_a_jump() -> None:
    clock = Clock(AUDIO_RATE)
    laid = [clock.arrived(round(960 * n * 1.0005) % WRAP, 0.02 * n) for n in range(30_000)]
    assert abs(laid[-1] - 0.02 * 29_999) < 0.05
    assert max(after - before for before, after in itertools.pairwise(laid)) < 0.0205


@pytest.mark.parametrize("leap", [AUDIO_RATE * 3600, -AUDIO_RATE * 3600, 2**31 - 1])
def test_a_timestamp_that_leaps_stays_beside_its_arrival(leap: int) -> None:
    clock = Clock(AUDIO_RATE)
    clock.arrived(1000, 5.0)
    assert clock.arrived((1960 + leap) % WRAP, 5.02) == pytest.approx(5.02)


def place(sound_late: float = 0.02, picture_late: float = 0.18) -> PlaceTime:
    """Sound and picture of one moment, timestamps counted from elsewhere, ten seconds long."""
    time = PlaceTime()
    for step in range(500):
        at = step * 0.02
        time.of_sound(5_000 + round(at * AUDIO_RATE), 100 + at + sound_late)
        time.of_picture(90_000 + round(at * VIDEO_RATE), 100 + at + picture_late)
    return time


def test_before_reports_the_picture_lies_where_it_arrives() -> None:
    assert place().of_picture(990_000, 110.18) == pytest.approx(110.18, abs=0.001)


def test_reports_lay_the_picture_beside_its_sound() -> None:
    time = place()
    time.sound.learn(3.9e9, 5_000)
    time.picture.learn(3.9e9 + 2, 90_000 + 2 * VIDEO_RATE)
    assert time.of_picture(990_000, 110.18) == pytest.approx(110.02, abs=0.001)


def test_a_report_that_makes_no_sense_is_not_followed() -> None:
    time = place()
    time.sound.learn(3.9e9, 5_000)
    time.picture.learn(3.9e9 + 3600, 90_000)
    assert time.of_picture(990_000, 110.18) == pytest.approx(110.18, abs=0.001)


@pytest.mark.parametrize("ntp", [float("nan"), float("inf"), float("-inf")])
def test_a_report_of_no_moment_is_refused(ntp: float) -> None:
    with pytest.raises(ValueError, match="no moment"):
        Clock(AUDIO_RATE).learn(ntp, 0)


def test_another_source_forgets_the_report_of_the_former() -> None:
    time = place()
    time.sound.learn(3.9e9, 5_000)
    time.picture.learn(3.9e9, 90_000)
    time.picture.renew()
    assert time.of_picture(7, 110.18) == pytest.approx(110.18)


Moment = st.tuples(st.booleans(), st.integers(0, WRAP - 1), st.floats(0, 0.5))


@settings(deadline=None)
@given(st.lists(Moment, max_size=60), st.floats(-1e12, 1e12), st.integers(0, WRAP - 1))
def test_nothing_a_sender_says_moves_a_frame_far_from_its_arrival(
    moments: list[tuple[bool, int, float]], ntp: float, timestamp: int
) -> None:
    time, now = PlaceTime(), 50.0
    time.sound.learn(ntp, timestamp)
    time.picture.learn(-ntp, timestamp)
    for sound, stamp, step in moments:
        now += step
        lay = time.of_sound if sound else time.of_picture
        assert abs(lay(stamp, now) - now) <= 2.1
