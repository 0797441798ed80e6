"""Signing in, as a person meets it."""

from __future__ import annotations

import pytest

from app.accounts import operations
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from tests.accounts.steps import half_way, new_codes
from tests.support.portal import PASSWORD, Portal

WRONG = "do not match"


def test_stranger_is_led_to_sign_in_and_then_back(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    answer = visitor.get("/settings")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/settings"
    visitor.follow(answer)
    step = visitor.post(
        "/sign-in", {**visitor.filled("/sign-in"), "email": ana.email, "password": PASSWORD}
    )
    assert step.headers["Location"] == "/sign-in/code?next=/settings"
    visitor.follow(step)
    done = visitor.post(
        "/sign-in/code", {**visitor.filled("/sign-in/code"), "code": portal.code(ana)}
    )
    assert done.headers["Location"] == "/settings"
    assert visitor.follow(done).status_code == 200


def test_password_alone_opens_nothing(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    for path in ("/", "/settings"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in/code")


def test_wrong_password_and_unknown_person_get_the_same_answer(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    known = visitor.send("/sign-in", email=ana.email, password="not the right one")
    unknown = visitor.send("/sign-in", email="nobody@nearside.test", password="not the right one")
    assert WRONG in known.text
    assert WRONG in unknown.text
    assert "<title>Error: Sign in" in known.text


def test_eleventh_wrong_password_waits(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    for _ in range(10):
        visitor.send("/sign-in", email=ana.email, password="not the right one")
    answer = visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    assert "Too many tries" in answer.text


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "\uff11\uff12\uff13\uff14\uff15\uff16", "abcdef", "123456\0"]
)
def test_nonsense_is_not_a_code(portal: Portal, typed: str) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside(), pytest.raises(Refusal, match="code"):
        operations.confirm_with_code(portal.actor(ana), typed, "test")


@pytest.mark.parametrize("steps", [-10, -2, 2, 6, 10])
def test_code_of_a_wrong_clock_is_refused_with_a_hint(portal: Portal, steps: int) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = half_way(portal, ana)
    with clock.standing_at(clock.now()):
        refused = visitor.send("/sign-in/code", code=portal.code(ana, steps=steps))
    assert refused.status_code == 422
    assert "That code is from another time. Please set your phone" in refused.text


@pytest.mark.parametrize("steps", [-11, 11])
def test_code_of_another_hour_is_simply_wrong(portal: Portal, steps: int) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = half_way(portal, ana)
    with clock.standing_at(clock.now()):
        refused = visitor.send("/sign-in/code", code=portal.code(ana, steps=steps))
    assert "That code is not right" in refused.text


def test_sign_out_ends_the_session_on_the_server(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    here, copy = portal.visit(ana), portal.visit(ana)
    here.send("/sign-out", page="/settings")
    assert copy.get("/settings").status_code == 303


def test_recovery_code_signs_in_once_however_it_is_typed(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    codes = new_codes(portal, ana)
    half = half_way(portal, ana)
    done = half.send("/sign-in/recovery", recovery_code=codes[0].lower().replace("-", " "))
    assert done.headers["Location"] == "/"
    assert "You have 9 recovery codes left." in half.follow(done).text
    again = half_way(portal, ana)
    refused = again.send("/sign-in/recovery", recovery_code=codes[0])
    assert "used already" in refused.text
