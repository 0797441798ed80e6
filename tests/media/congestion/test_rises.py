"""A better picture is tried one at a time, and less often where it was taken back."""

from __future__ import annotations

from app.media.congestion.rises import BLAMED_US, LONGEST_US, PROVEN_US, RIPE_US, Rises
from app.media.congestion.share import Given

SPEAKER, OTHER = 1, 2
HEARD, SMALL, FULL = Given(audio=True), Given(True, "low"), Given(True, "high")
BOTH = (SPEAKER, OTHER)


def step(rises: Rises, given: dict[int, Given], now: int, fitting: tuple[int, ...] = BOTH):
    """One look at which nothing changes: whose turn it is."""
    rises.learn(given, given, fitting, now)
    return rises.ripe(given, BOTH, now)


def test_what_fits_for_a_while_is_tried_for_one_who_speaks_first() -> None:
    rises, given = Rises(), {SPEAKER: HEARD, OTHER: HEARD}
    assert step(rises, given, 0) == set()
    assert step(rises, given, RIPE_US - 1) == set()
    assert step(rises, given, RIPE_US) == {SPEAKER}


def test_where_there_is_plenty_everybody_rises_at_once() -> None:
    rises, given = Rises(), {SPEAKER: HEARD, OTHER: HEARD}
    step(rises, given, 0)
    assert rises.ripe(given, BOTH, RIPE_US - 1, ample=True) == set()
    assert rises.ripe(given, BOTH, RIPE_US, ample=True) == {SPEAKER, OTHER}


def test_what_stopped_fitting_meanwhile_waits_anew() -> None:
    rises, given = Rises(), {SPEAKER: HEARD, OTHER: HEARD}
    step(rises, given, 0)
    step(rises, given, RIPE_US // 2, (OTHER,))
    assert step(rises, given, RIPE_US) == {OTHER}


def test_everybodys_small_picture_comes_before_a_large_one() -> None:
    rises, given = Rises(), {SPEAKER: SMALL, OTHER: HEARD}
    step(rises, given, 0)
    assert step(rises, given, RIPE_US) == {OTHER}


def test_after_a_rise_the_next_one_waits_until_that_has_held() -> None:
    rises, heard = Rises(), {SPEAKER: HEARD, OTHER: HEARD}
    step(rises, heard, 0)
    given = {SPEAKER: SMALL, OTHER: HEARD}
    rises.learn(heard, given, BOTH, RIPE_US)
    assert step(rises, given, 2 * RIPE_US - 1) == set()
    assert step(rises, given, 2 * RIPE_US) == {OTHER}


def tried(rises: Rises, now: int, *, held: int) -> tuple[int, int]:
    """The speaker gets the large picture once it is due, and loses it: the wait, and the end."""
    began, small, large = now, {SPEAKER: SMALL}, {SPEAKER: FULL}
    while step(rises, small, now, (SPEAKER,)) == set():
        now += 100_000
    rises.learn(small, large, (), now)
    rises.learn(large, small, (), now + held)
    return now - began, now + held


def test_what_was_taken_back_soon_is_tried_after_twice_the_wait_each_time() -> None:
    rises, now, waits = Rises(), 0, []
    for _ in range(8):
        wait, now = tried(rises, now, held=BLAMED_US - 1)
        waits.append(wait)
    assert waits[:4] == [RIPE_US, 2 * RIPE_US, 4 * RIPE_US, 8 * RIPE_US]
    assert waits[-1] == LONGEST_US


def test_a_fall_long_after_a_rise_is_not_that_rises_doing() -> None:
    rises, now = Rises(), 0
    for _ in range(3):
        wait, now = tried(rises, now, held=BLAMED_US)
        assert wait == RIPE_US


def test_one_that_held_for_long_is_trusted_again() -> None:
    rises = Rises()
    _, now = tried(rises, 0, held=BLAMED_US - 1)
    wait, now = tried(rises, now, held=PROVEN_US + 1)
    assert wait == 2 * RIPE_US
    assert tried(rises, now, held=1)[0] == RIPE_US


def test_what_jammed_the_line_is_remembered_for_its_own_step_alone() -> None:
    rises = Rises()
    _, now = tried(rises, 0, held=1)
    heard = {SPEAKER: HEARD}
    step(rises, heard, now, (SPEAKER,))
    assert step(rises, heard, now + RIPE_US, (SPEAKER,)) == {SPEAKER}
