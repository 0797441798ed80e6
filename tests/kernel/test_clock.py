"""One clock, which tests can stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from app.kernel import clock


def test_clock_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_stopped_clock_stands_moves_and_runs_on() -> None:
    there = datetime(2026, 3, 28, 23, 30, tzinfo=timezone(-timedelta(hours=5)))
    with clock.standing_at(there) as move:
        assert clock.now() == clock.now() == there
        assert clock.now().tzinfo is UTC
        move(there + timedelta(hours=1))
        assert clock.now() == there + timedelta(hours=1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
