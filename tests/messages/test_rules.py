"""The promise of an answer, and cursors, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import rules

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Lisbon", "Europe/Budapest", "Pacific/Auckland", "America/St_Johns")


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("2026-11-19T09:00+00:00", "2026-11-20T17:00+00:00"),
        ("2026-11-20T09:00+00:00", "2026-11-23T17:00+00:00"),
        ("2026-11-21T23:30+00:00", "2026-11-23T17:00+00:00"),
        ("2026-11-22T12:00+00:00", "2026-11-23T17:00+00:00"),
        # Clocks went back in between: the hour stays the clinic's 17:00.
        ("2026-10-23T12:00+00:00", "2026-10-26T17:00+00:00"),
        ("2026-10-22T12:00+00:00", "2026-10-23T16:00+00:00"),
    ],
)
def test_answer_is_due_at_five_on_the_next_working_day(written: str, due: str) -> None:
    found = rules.answer_due(datetime.fromisoformat(written), "Europe/Lisbon")
    assert found.astimezone(UTC) == datetime.fromisoformat(due)


@given(
    written=st.integers(0, 15 * 366 * 24 * 60).map(
        lambda minutes: FIRST + timedelta(minutes=minutes)
    ),
    zone=st.sampled_from(ZONES),
)
def test_answer_is_never_due_on_a_day_off_nor_further_than_four_days(
    written: datetime, zone: str
) -> None:
    due = rules.answer_due(written, zone)
    there = due.astimezone(ZoneInfo(zone))
    assert there.weekday() < rules.FIRST_DAY_OFF
    assert there.time() == rules.ANSWER_BY
    assert timedelta(hours=16) <= due - written <= timedelta(days=4)


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("000000012", 12)])
def test_plain_numbers_are_cursors(text: str, number: int) -> None:
    assert rules.cursor(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "1.0", "x", "٣", "²", "1" * 10, "1\0", " 1"])
def test_anything_else_is_not_a_cursor(text: str | None) -> None:
    assert rules.cursor(text) is None
