"""Whoever guesses is slowed down and in the end shut out; the owner never is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import argon2
import pytest
from sqlalchemy import Connection, event, select

from app.accounts import operations, queries
from app.accounts.models import AccountNotice
from app.accounts.operations import failures, sessions
from app.accounts.operations.sessions import ADDRESS_TRIES
from app.accounts.rules import MOST_SESSIONS, Happening
from app.kernel import clock, db
from app.kernel.actor import Role, Stage
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal, TooMany
from tests.accounts.steps import half_way, new_codes
from tests.accounts.test_known_devices import own_device
from tests.accounts.test_passkeys import is_in, owner, use
from tests.support.portal import PASSWORD, Portal, Someone, Visitor

HERE = "198.51.100.7"
HOUR = timedelta(hours=1)
WRONG = "not the right one"
CLOSED = "no password is taken here any more"


@pytest.fixture
def move() -> Iterator[Any]:
    """A clock that stands, and what moves it."""
    with clock.standing_at(clock.now()) as moving:
        yield moving


def said(portal: Portal, email: str, password: str = WRONG, address: str = HERE) -> str:
    """What a stranger is told who tries this; "in" when they are let through."""
    with portal.inside():
        try:
            operations.check_password(email, password, address)
        except Refusal as refusal:
            return str(refusal.sentence)
        return "in"


def fail(portal: Portal, email: str, times: int, move: Any) -> None:
    """Fail so often in a row, as slowly as that has to be."""
    for _ in range(times):
        assert "do not match" in said(portal, email)
        move(clock.now() + HOUR + timedelta(seconds=1))


def told(portal: Portal, someone: Someone) -> list[Happening]:
    with portal.inside():
        mine = select(AccountNotice.what).where(AccountNotice.person_id == someone.id)
        return list(db.session().scalars(mine))


def test_stranger_waits_longer_with_each_guess_and_never_over_an_hour(
    portal: Portal, move: Any
) -> None:
    ana = portal.person(Role.PATIENT)
    assert all("do not match" in said(portal, ana.email) for _ in range(10))
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        with portal.inside(), pytest.raises(TooMany) as refused:
            operations.check_password(ana.email, PASSWORD, HERE)
        assert refused.value.seconds == minutes * 60 + 1
        move(clock.now() + timedelta(seconds=refused.value.seconds))
        assert "do not match" in said(portal, ana.email)
    move(clock.now() + HOUR + timedelta(seconds=1))
    assert said(portal, ana.email, PASSWORD) == "in"


@pytest.mark.parametrize("spelt", ["  {}", "{} ", "UPPER", "full-width"])
def test_address_written_another_way_is_counted_as_the_same(portal: Portal, spelt: str) -> None:
    ana = portal.person(Role.PATIENT)
    other = {
        "UPPER": ana.email.upper(),
        "full-width": "".join(
            chr(ord(one) + 0xFEE0) if one.isalpha() else one for one in ana.email
        ),
    }.get(spelt, spelt.format(ana.email))
    for turn in range(10):
        assert "do not match" in said(portal, other if turn % 2 else ana.email)
    assert "Too many tries" in said(portal, other)
    assert "Too many tries" in said(portal, ana.email)


def test_hundred_failures_close_the_password_for_strangers_and_not_for_the_owner(
    portal: Portal, move: Any
) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    fail(portal, ana.email, 99, move)
    assert told(portal, ana) == []
    fail(portal, ana.email, 1, move)
    assert told(portal, ana) == [Happening.PASSWORD_CLOSED]
    assert CLOSED in said(portal, ana.email, PASSWORD)
    answer = own.send("/sign-in", email=ana.email, password=PASSWORD)
    assert answer.status_code == 303
    assert own.send("/sign-in/code", code=portal.code(ana)).status_code == 303


def test_stranger_is_told_the_same_of_nobody_after_a_hundred(portal: Portal, move: Any) -> None:
    fail(portal, "ghost@nearside.test", 100, move)
    assert CLOSED in said(portal, "ghost@nearside.test")


def test_right_password_in_between_begins_the_row_anew(portal: Portal, move: Any) -> None:
    ana = portal.person(Role.PATIENT)
    fail(portal, ana.email, 60, move)
    assert said(portal, ana.email, PASSWORD) == "in"
    fail(portal, ana.email, 60, move)
    assert said(portal, ana.email, PASSWORD) == "in"
    assert told(portal, ana) == []


def test_passkey_works_where_the_password_is_closed(portal: Portal, move: Any) -> None:
    ana, device = owner(portal)
    fail(portal, ana.email, 100, move)
    assert CLOSED in said(portal, ana.email, PASSWORD)
    visitor = portal.visit()
    use(visitor, device)
    assert is_in(visitor)


def test_new_password_opens_the_way_again(portal: Portal, move: Any) -> None:
    ana, device = owner(portal)
    fail(portal, ana.email, 100, move)
    visitor = portal.visit()
    use(visitor, device)
    new = "marble otter eleven lanterns"
    answer = visitor.send("/password", password=PASSWORD, new_password=new)
    assert answer.status_code == 303
    assert said(portal, ana.email, new) == "in"


def wrong_code(portal: Portal, someone: Someone, began: datetime) -> str:
    """What a wrong code on a device that nobody knows is told, one of the first it tried."""
    actor = portal.actor(someone)
    with portal.inside():
        try:
            operations.confirm_with_code(actor, f"{(clock.now() - began).seconds % 10**6:06}", "x")
        except Refusal as refusal:
            return str(refusal.sentence)
        return "in"


def test_hundred_wrong_codes_close_the_phone_and_leave_the_other_factors(
    portal: Portal, move: Any
) -> None:
    ana, device = owner(portal)
    codes, began = new_codes(portal, ana), clock.now()
    for _ in range(100):
        assert set(wrong_code(portal, ana, began).split()) & {"right,", "another"}
        move(clock.now() + HOUR + timedelta(seconds=1))
    assert told(portal, ana)[-1] is Happening.CODES_CLOSED
    half = half_way(portal, ana)
    assert "no code is taken here" in half.send("/sign-in/code", code=portal.code(ana)).text
    assert half.send("/sign-in/recovery", recovery_code=codes[0]).status_code == 303
    visitor = portal.visit()
    use(visitor, device)
    assert is_in(visitor)
    with portal.inside():
        failures.forget_all(sessions.AUTHENTICATOR, ana.id.hex)
    assert half_way(portal, ana).send("/sign-in/code", code=portal.code(ana)).status_code == 303


def test_network_full_of_strangers_keeps_no_known_device_out(portal: Portal) -> None:
    ana, device = owner(portal)
    own = own_device(portal, ana)
    with portal.inside():
        for _ in range(60):
            ADDRESS_TRIES.take("127.0.0.1")
    assert "Too many tries" in portal.visit().send("/sign-in", email="x@x.test", password="x").text
    assert own.send("/sign-in", email=ana.email, password=PASSWORD).status_code == 303
    use(own, device)
    assert is_in(own)


def test_browser_known_to_somebody_else_is_counted_with_its_network(portal: Portal) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    with portal.inside():
        for _ in range(60):
            ADDRESS_TRIES.take("127.0.0.1")
    assert "Too many tries" in own.send("/sign-in", email=ben.email, password=PASSWORD).text


@contextmanager
def statements(portal: Portal) -> Iterator[list[str]]:
    """What the database is asked meanwhile, without the values."""
    found: list[str] = []

    def note(_c: Connection, _cursor: object, asked: str, *_rest: object) -> None:
        found.append(asked)

    engine = portal.app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_wrong_password_costs_the_same_work_for_people_and_for_nobody(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = portal.person(Role.PATIENT)
    with_salt: list[bytes] = []
    verify = argon2.low_level.verify_secret

    def counted(hashed: bytes, *rest: Any) -> bool:
        with_salt.append(hashed)
        return verify(hashed, *rest)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted)
    said(portal, "warm-up@nearside.test")
    work = []
    for email in (ana.email, "ghost@nearside.test"):
        before = len(with_salt)
        with statements(portal) as asked:
            assert "do not match" in said(portal, email)
        parameters = [argon2.extract_parameters(one.decode()) for one in with_salt[before:]]
        work.append((parameters, asked))
    assert len(work[0][0]) == 1
    assert work[0] == work[1]


def full(portal: Portal, someone: Someone) -> Visitor:
    """A browser that signs in by recovery code."""
    visitor = half_way(portal, someone)
    answer = visitor.send("/sign-in/recovery", recovery_code=new_codes(portal, someone)[0])
    assert answer.status_code == 303
    return visitor


def test_eleventh_session_ends_the_oldest_and_says_so(portal: Portal, move: Any) -> None:
    ana = portal.person(Role.PATIENT)
    browsers = [portal.visit(ana)]
    for _ in range(MOST_SESSIONS - 1):
        move(clock.now() + timedelta(seconds=31))
        browsers.append(full(portal, ana))
    assert all(is_in(one) for one in browsers)
    assert Happening.OLDEST_ENDED not in told(portal, ana)
    browsers.append(full(portal, ana))
    assert [is_in(one) for one in browsers] == [False] + [True] * MOST_SESSIONS
    assert told(portal, ana).count(Happening.OLDEST_ENDED) == 1


def test_twelve_who_sign_in_at_once_leave_ten(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana, halves = portal.person(Role.PATIENT), []
    for _ in range(12):
        with portal.inside():
            with db.writing():
                token = operations.open_session(ana.id, Stage.PASSWORD)
            found = queries.session_of(token)
            assert found is not None
            halves.append(replace(portal.actor(ana), session_id=found[0].id))

    def sign_in(turn: int) -> None:
        with portal.inside():
            sessions.complete(halves[turn], sessions.AUTHENTICATOR)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(sign_in, range(12)))
    with portal.inside():
        assert len(queries.own_sessions(halves[0])) == MOST_SESSIONS


def test_whom_an_administrator_signs_out_is_told(portal: Portal) -> None:
    ana, admin = portal.person(Role.PATIENT), portal.person(Role.ADMINISTRATOR)
    portal.visit(admin).send(f"/people/{ana.id}/sign-out")
    assert told(portal, ana) == [Happening.SESSIONS_ENDED]
    with portal.inside():
        tags = db.session().scalars(select(AuditEvent.tag)).all()
    assert "accounts.signed_out" in tags
