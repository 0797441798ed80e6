"""Failures in a row slow whoever tries, and are counted however slowly they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import clock, db, limits
from app.kernel.limits import Slowing, Streak
from app.kernel.refusal import TooMany
from tests.support.portal import Portal

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SLOW = Slowing("test", 3, MINUTE, HOUR, 24 * HOUR)
ROW = Streak("test", 100)


def waits(key: str) -> int:
    """How many seconds this try has to wait; 0 when it is let through."""
    try:
        SLOW.take(key)
    except TooMany as refused:
        return refused.seconds
    return 0


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (0, timedelta()),
        (2, timedelta()),
        (3, MINUTE),
        (4, 2 * MINUTE),
        (8, 32 * MINUTE),
        (9, HOUR),
        (10_000, HOUR),
    ],
)
def test_wait_doubles_up_to_an_hour(failures: int, wait: timedelta) -> None:
    assert SLOW.delay(failures) == wait


def test_each_failure_past_the_free_ones_waits_longer(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        assert [waits("ana") for _ in range(3)] == [0, 0, 0]
        for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
            asked = waits("ana")
            assert asked == minutes * 60 + 1
            move(clock.now() + timedelta(seconds=asked))
            assert waits("ana") == 0


def test_refused_tries_make_the_wait_no_longer(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        for _ in range(20):
            waits("ana")
        move(NOON + MINUTE)
        assert waits("ana") == 0


def test_right_answer_and_a_quiet_day_forget(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        for _ in range(3):
            waits("ana")
        SLOW.forget("ana")
        assert [waits("ana") for _ in range(4)] == [0, 0, 0, 61]
        move(NOON + 25 * HOUR)
        assert [waits("ana") for _ in range(4)] == [0, 0, 0, 61]
        assert waits("ben") == 0


def test_crowd_at_once_is_let_through_three_times(portal_on_each: Portal) -> None:
    def one(_turn: int) -> bool:
        with portal_on_each.inside():
            return waits("ana") == 0

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(40))) == 3


def test_row_of_failures_outlives_weeks_and_sweeping(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        assert [ROW.take("ana") for _ in range(3)] == [1, 2, 3]
        move(NOON + timedelta(weeks=20))
        limits.sweep()
        assert ROW.take("ana") == 4
        assert ROW.take("ben") == 1
        ROW.forget("ana")
        assert ROW.take("ana") == 1


def test_counting_inside_a_transaction_is_a_mistake(portal: Portal) -> None:
    for one in (SLOW, ROW):
        with (
            portal.inside(),
            db.writing(),
            pytest.raises(RuntimeError, match="before a transaction"),
        ):
            one.take("ana")
