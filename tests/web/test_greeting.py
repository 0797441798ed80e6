"""People are greeted by the clock where they live."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.kernel import clock
from app.kernel.actor import Role
from app.web import pages
from tests.support.portal import Portal
from tests.web.test_times import reader


@pytest.mark.parametrize(
    ("moment", "greeting"),
    [
        ("00:00", "Good evening"),
        ("00:19", "Good evening"),
        ("04:59", "Good evening"),
        ("05:00", "Good morning"),
        ("11:59", "Good morning"),
        ("12:00", "Good afternoon"),
        ("17:59", "Good afternoon"),
        ("18:00", "Good evening"),
        ("23:59", "Good evening"),
    ],
)
def test_nobody_is_wished_a_good_morning_in_the_night(
    portal: Portal, moment: str, greeting: str
) -> None:
    # Lisbon keeps UTC in winter.
    at = datetime.fromisoformat(f"2026-11-22T{moment}").replace(tzinfo=UTC)
    with reader(portal, "Europe/Lisbon"), clock.standing_at(at):
        assert pages._greeting() == greeting


def test_greeting_follows_the_readers_zone_and_not_the_servers(portal: Portal) -> None:
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with reader(portal, "Asia/Kolkata"), clock.standing_at(at):
        assert pages._greeting() == "Good morning"


def test_greeting_stands_on_the_first_page_of_staff(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.COORDINATOR, "Marta Silva"))
    with clock.standing_at(clock.now().replace(hour=0, minute=19)):
        assert "Good evening" in visitor.get("/").text
