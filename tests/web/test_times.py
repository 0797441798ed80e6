"""Times are said on the reader's clock, and the nights when clocks change are no exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask_login import AnonymousUserMixin
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from app.kernel import actor as actors
from app.kernel.actor import Actor, Role, Stage
from app.web import times
from tests.support.portal import ORIGIN, Portal

# Hypothesis draws naive times and gives them their zone.
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2020, 2040))


@contextmanager
def reader(portal: Portal, zone: str | None) -> Iterator[None]:
    """A request of somebody who lives by this zone."""
    from uuid import uuid4

    from flask import g

    with portal.app.test_request_context("/", base_url=ORIGIN):
        who = Actor(uuid4(), uuid4(), Role.PATIENT, "Ana", zone or "", "en", Stage.FULL)
        g._login_user = who if zone else AnonymousUserMixin()
        assert (actors.current() is None) == (zone is None)
        yield


@pytest.mark.parametrize(
    ("zone", "moment", "said"),
    [
        # Lisbon: summer time begins on 28 March 2027 at 01:00 UTC.
        ("Europe/Lisbon", "2027-03-28T00:59", "00:59, Sunday 28 March 2027, Lisbon time"),
        ("Europe/Lisbon", "2027-03-28T01:00", "02:00, Sunday 28 March 2027, Lisbon time"),
        # The hour that happens twice.
        ("Europe/Lisbon", "2026-10-25T00:30", "01:30, Sunday 25 October 2026, Lisbon time"),
        ("Europe/Lisbon", "2026-10-25T01:30", "01:30, Sunday 25 October 2026, Lisbon time"),
        # Another day than in UTC, on both sides.
        ("America/New_York", "2026-11-22T03:15", "22:15, Saturday 21 November 2026, New York time"),
        ("Pacific/Auckland", "2026-11-22T12:00", "01:00, Monday 23 November 2026, Auckland time"),
        ("Asia/Kolkata", "2026-11-22T12:00", "17:30, Sunday 22 November 2026, Kolkata time"),
        (None, "2026-11-22T12:00", "12:00, Sunday 22 November 2026, UTC time"),
    ],
)
def test_time_is_said_on_the_readers_clock(
    portal: Portal, zone: str | None, moment: str, said: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with reader(portal, zone):
        assert times.when(at) == f'<time datetime="{moment}:00Z">{said}</time>'
        assert times.clock_time(at) == said[:5]


def test_day_of_a_moment_is_the_readers_day_and_a_date_stays_itself(portal: Portal) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with reader(portal, "Europe/Budapest"):
        assert times.day(late) == "23 November 2026"
        assert times.day(date(2026, 11, 22)) == "22 November 2026"
    with reader(portal, "America/Lima"):
        assert times.day(late) == "22 November 2026"
        assert times.day(date(2026, 11, 22)) == "22 November 2026"


@given(
    moment=st.datetimes(
        min_value=FIRST,
        max_value=LAST,
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(["Europe/Lisbon", "America/St_Johns", "Asia/Kathmandu", "UTC"]),
)
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_machine_time_is_the_same_moment_wherever_it_is_read(
    portal: Portal, moment: datetime, zone: str
) -> None:
    with reader(portal, zone):
        markup = str(times.when(moment))
    machine = markup.split('"')[1]
    found = datetime.fromisoformat(machine)
    assert timedelta(0) <= moment - found < timedelta(seconds=1)
