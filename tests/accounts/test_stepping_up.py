"""A weighty act asks for a second factor again, and loses nothing over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask_socketio import SocketIOTestClient
from sqlalchemy import func, select

from app.accounts import operations
from app.accounts.models import HeldForm
from app.accounts.operations import holding
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from tests.accounts.steps import half_way, new_codes
from tests.accounts.weighty import done, furnish
from tests.support.portal import COOKIE, ORIGIN, Portal, Someone, Visitor
from tests.support.returning import signed_in_again

STORY = 'First line, "quoted" & <b>bold</b>\nsecond line'
LATER = FRESH_FOR + timedelta(seconds=31)


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return furnish(portal)


@pytest.fixture
def began(ana: Someone) -> Iterator[datetime]:
    """The moment of signing in; then ten minutes and a bit go by."""
    moment = clock.now()
    with clock.standing_at(moment + LATER):
        yield moment


def token(visitor: Visitor) -> str:
    """The id of the session that the browser holds."""
    cookie = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    assert cookie is not None
    return cookie.value


def send(visitor: Visitor, fields: dict[str, str]) -> str:
    """Post the weighty form; answers where that leads."""
    return visitor.post("/weighty", fields).headers["Location"].removeprefix(ORIGIN)


def filled_in_time(portal: Portal, ana: Someone) -> tuple[Visitor, dict[str, str]]:
    """A browser whose form was opened while the factor was fresh, and typed into since."""
    visitor = portal.visit(ana)
    with clock.standing_at(clock.now() - LATER):
        visitor.get("/weighty")
    return visitor, {**visitor.filled("/weighty"), "words": STORY}


def confirm(portal: Portal, visitor: Visitor, ana: Someone, path: str) -> str:
    """Give a code on the page at hand; answers where that leads."""
    visitor.get(path)
    fields = {**visitor.filled("/confirm"), "code": portal.code(ana, 0)}
    return visitor.post("/confirm", fields).headers["Location"]


def test_page_opens_within_ten_minutes_of_the_code_and_no_later(
    portal: Portal, ana: Someone
) -> None:
    visitor, moment = portal.visit(ana), clock.now()
    for age, status in ((FRESH_FOR - timedelta(seconds=5), 200), (LATER, 303)):
        with clock.standing_at(moment + age):
            assert visitor.get("/weighty").status_code == status


def test_code_leads_back_to_the_page_under_a_new_session_id(
    portal: Portal, ana: Someone, began: datetime
) -> None:
    visitor = portal.visit(ana)
    before = token(visitor)
    answer = visitor.get("/weighty?part=2")
    assert answer.headers["Location"] == "/confirm?next=/weighty?part%3D2"
    assert confirm(portal, visitor, ana, answer.headers["Location"]) == "/weighty?part=2"
    assert visitor.get("/weighty").status_code == 200
    assert token(visitor) != before
    old = portal.visit()
    old.client.set_cookie(COOKIE, before, domain="nearside.test", secure=True)
    assert old.get("/settings").status_code == 303


def test_posted_form_goes_on_after_the_code_and_counts_once(
    portal: Portal, ana: Someone, began: datetime
) -> None:
    visitor, form = filled_in_time(portal, ana)
    asked = send(visitor, form)
    assert asked == "/confirm?next=/confirm/go-on"
    assert done(portal) == 0
    assert confirm(portal, visitor, ana, asked) == "/confirm/go-on"
    visitor.get("/confirm/go-on")
    again = visitor.filled("/weighty")
    assert again["words"] == STORY
    assert [send(visitor, again) for _ in range(2)] == ["/weighty?done=1"] * 2
    assert done(portal) == 1


def test_waiting_form_is_its_own_sessions_alone(
    portal: Portal, ana: Someone, began: datetime
) -> None:
    visitor, form = filled_in_time(portal, ana)
    send(visitor, form)
    assert STORY.split("\n")[1] in visitor.get("/confirm/go-on").text
    for other in (signed_in_again(portal, ana), portal.visit(portal.person(Role.PATIENT))):
        assert "Nothing is waiting" in other.get("/confirm/go-on").text
    with portal.inside():
        sealed = db.session().scalars(select(HeldForm.sealed_fields)).one()
    assert b"second line" not in sealed


def test_waiting_form_is_forgotten_after_a_quarter_of_an_hour(
    portal: Portal, ana: Someone, began: datetime
) -> None:
    visitor, form = filled_in_time(portal, ana)
    send(visitor, form)
    with clock.standing_at(clock.now() + holding.KEPT_FOR + timedelta(seconds=1)), portal.inside():
        assert operations.held(portal.actor(ana)) is None
        holding.sweep()
        assert db.session().scalar(select(func.count()).select_from(HeldForm)) == 0


@pytest.mark.parametrize(
    "changed",
    [{"csrf_token": "stale"}, {"words": "x" * 220_000}, {"password": "hunter2"}],
    ids=["stale token", "too long", "a secret"],
)
def test_form_that_may_not_go_on_by_itself_is_not_held(
    portal: Portal, ana: Someone, began: datetime, changed: dict[str, str]
) -> None:
    visitor, form = filled_in_time(portal, ana)
    asked = send(visitor, {**form, **changed})
    assert asked == "/confirm?next=/weighty"
    assert confirm(portal, visitor, ana, asked) == "/weighty"
    assert "Nothing is waiting" in visitor.get("/confirm/go-on").text
    page = visitor.get("/weighty").text
    assert ("second line" in page) == ("words" not in changed)
    assert "hunter2" not in page


def test_code_that_is_wrong_confirms_nothing(portal: Portal, ana: Someone, began: datetime) -> None:
    visitor = portal.visit(ana)
    before = token(visitor)
    refused = visitor.send("/confirm", code=portal.code(ana, steps=300))
    assert "That code is not right" in refused.text
    assert token(visitor) == before
    assert visitor.get("/weighty").status_code == 303


def test_recovery_code_signs_in_yet_confirms_only_the_change_of_factors(
    portal: Portal, ana: Someone
) -> None:
    code = new_codes(portal, ana)[0]
    visitor = half_way(portal, ana)
    visitor.send("/sign-in/recovery", recovery_code=code)
    assert visitor.get("/weighty").headers["Location"] == "/confirm?next=/weighty"
    for path in ("/recovery-codes/new", "/authenticator/start"):
        assert visitor.get(path).status_code == 200
    with clock.standing_at(clock.now() + LATER):
        assert visitor.get("/authenticator/start").status_code == 303


def test_socket_of_the_session_stays_through_its_new_id(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    headers = {"Host": "nearside.test", "Cookie": f"{COOKIE}={token(visitor)}"}
    live = portal.app.extensions["live"]
    socket = SocketIOTestClient(portal.app, live.server, headers=headers)
    session_id = portal.actor(ana).session_id
    visitor.send("/confirm", code=portal.code(ana))
    with portal.inside():
        assert live.ended([session_id]) == set()
    sid = live.sockets.of_sessions({session_id})[0]
    assert live.sockets.session_of(sid) == session_id
    socket.disconnect()
    assert live.sockets.session_of(sid) is None
