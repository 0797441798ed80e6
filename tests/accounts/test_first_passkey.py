"""Whoever signs in first may make a passkey in place of connecting an app, and nobody may twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import operations, queries
from app.accounts.models import AccountNotice
from app.accounts.operations import first_factors
from app.accounts.operations.notices import MAIL
from app.accounts.rules import Happening
from app.kernel import clock, db
from app.kernel.actor import Actor, Role, Stage
from app.kernel.models import Outbox
from app.kernel.refusal import Refusal
from tests.accounts.device import Device
from tests.accounts.steps import half_way
from tests.accounts.test_passkeys import asked, is_in, noted, use
from tests.support.inspection import words
from tests.support.portal import COOKIE, PASSWORD, Portal, Someone, Visitor
from tests.support.returning import signed_in_again

FIRST, BEGIN, CHOOSE, ENROL = (
    "/sign-in/first-passkey",
    "/sign-in/first-passkey/begin",
    "/sign-in/password",
    "/sign-in/authenticator",
)
CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}")
ASKED = "Please connect an authenticator app as well"


def newcomer(portal: Portal, role: Role = Role.PATIENT, *, lent: bool = False) -> Someone:
    """Somebody who has a password and nothing else yet."""
    email = f"new{role.value}@nearside.test"
    with portal.inside():
        number = operations.create_person(
            email=email,
            name="Rosa Lima",
            role=role,
            password=PASSWORD,
            zone="Europe/Lisbon",
            lent=lent,
        )
    return Someone(number, "Rosa Lima", email, role)


def said(visitor: Visitor) -> str:
    assert visitor.page is not None
    return words(visitor.page)


def make(visitor: Visitor, device: Device) -> Any:
    """Have this device make the first passkey."""
    form, options = asked(visitor, FIRST, FIRST, BEGIN)
    return visitor.post(FIRST, {**form, "name": "Tablet", "credential": device.create(options)})


def begun(portal: Portal) -> tuple[Someone, Device, list[str]]:
    """Somebody who began with a passkey; answers their recovery codes as well."""
    rosa, device = newcomer(portal), Device()
    visitor = half_way(portal, rosa)
    page = visitor.follow(make(visitor, device)).text
    codes = CODE.findall(page)
    assert visitor.send("/recovery-codes").headers["Location"] == "/"
    return rosa, device, codes


def test_newcomer_makes_a_passkey_gets_codes_and_signs_in_with_it_alone(portal: Portal) -> None:
    rosa, device = newcomer(portal), Device()
    visitor = half_way(portal, rosa)
    visitor.get(ENROL)
    assert f'href="{FIRST}"' in visitor.get(ENROL).text
    answer = make(visitor, device)
    assert answer.headers["Location"] == "/recovery-codes"
    assert len(set(CODE.findall(visitor.follow(answer).text))) == 10
    assert visitor.send("/recovery-codes").headers["Location"] == "/"
    assert "With a passkey." in visitor.get("/settings").text
    assert noted(portal, "accounts.passkey_added") == 1
    again = portal.visit()
    _sent, entered = use(again, device)
    assert entered.headers["Location"] == "/"
    assert is_in(again)


def told(portal: Portal, rosa: Someone) -> list[Happening]:
    """What Rosa was told, of which each also waits to be mailed."""
    with portal.inside():
        rows = db.session().scalars(select(AccountNotice).where(AccountNotice.person_id == rosa.id))
        found = list(rows)
        letters = {
            one.payload["notice"]
            for one in db.session().scalars(select(Outbox).where(Outbox.kind == MAIL))
        }
    assert letters == {str(one.id) for one in found}
    return [one.what for one in found]


def test_first_passkey_is_told(portal: Portal) -> None:
    rosa, device = newcomer(portal), Device()
    assert make(half_way(portal, rosa), device).status_code == 303
    assert told(portal, rosa) == [Happening.PASSKEY_ADDED]


def test_first_app_is_told(portal: Portal) -> None:
    rosa = newcomer(portal)
    visitor = half_way(portal, rosa)
    visitor.get(ENROL)
    actor = actor_of(portal, visitor)
    with portal.inside():
        secret = operations.begin_enrolment(actor)
        operations.confirm_enrolment(actor, pyotp.TOTP(secret).at(clock.now()))
    assert told(portal, rosa) == [Happening.AUTHENTICATOR_REPLACED]


def test_password_alone_adds_no_other_factor_from_then_on(portal: Portal) -> None:
    """Who learns the password must not get in by connecting a phone of their own."""
    rosa, _device, _codes = begun(portal)
    thief = half_way(portal, rosa)
    assert thief.get(ENROL).headers["Location"] == "/sign-in/code"
    assert thief.get(FIRST).headers["Location"] == "/sign-in/code"
    assert "Your passkey" in thief.get("/sign-in/code").text
    assert 'name="code"' not in thief.get("/sign-in/code").text
    actor = actor_of(portal, thief)
    with portal.inside():
        waiting = queries.authenticator_of(rosa.id)
        assert waiting is not None
        code = pyotp.TOTP(waiting.secret).at(clock.now())
        acts: list[Callable[[], object]] = [
            lambda: operations.confirm_enrolment(actor, code),
            lambda: operations.verify_second_factor(actor, code),
            lambda: first_factors.enrol(actor, None, "{}", "x"),
        ]
        for act in acts:
            with pytest.raises(Refusal):
                act()
    assert not is_in(thief)


def actor_of(portal: Portal, visitor: Visitor) -> Actor:
    """Who this browser is, as operations see them."""
    held = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    assert held is not None
    with portal.inside():
        found = queries.session_of(held.value)
        assert found is not None
        one, who = found
        return Actor(who.id, one.id, who.role, who.name, who.zone, "en", Stage(one.stage))


def test_recovery_code_lets_in_whoever_lost_the_device(portal: Portal) -> None:
    rosa, _device, codes = begun(portal)
    visitor = half_way(portal, rosa)
    visitor.get("/sign-in/code")
    assert "I do not have that device" in said(visitor)
    visitor.get("/sign-in/recovery")
    assert "I have my device: use the passkey" in said(visitor)
    assert "when you set up how you sign in" in said(visitor)
    done = visitor.send("/sign-in/recovery", recovery_code=codes[0])
    assert done.headers["Location"] == "/"
    assert visitor.send("/authenticator/start").headers["Location"] == "/authenticator"


def test_app_is_asked_for_kindly_until_it_is_connected(portal: Portal) -> None:
    rosa, _device, _codes = begun(portal)
    visitor = signed_in_again(portal, rosa)
    assert ASKED in visitor.get("/").text
    visitor.get("/authenticator/start")
    assert "Connect an authenticator app" in said(visitor)
    visitor.send("/authenticator/start")
    visitor.get("/authenticator")
    actor = actor_of(portal, visitor)
    with portal.inside():
        secret = operations.replacement_secret(actor)
    assert secret is not None
    done = visitor.send("/authenticator", code=pyotp.TOTP(secret).at(clock.now()))
    assert "Your authenticator app is connected." in visitor.follow(done).text
    assert noted(portal, "accounts.authenticator_enrolled") == 1
    assert ASKED not in visitor.get("/").text
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30)
    assert half_way(portal, rosa).send("/sign-in/code", code=code).headers["Location"] == "/"


def test_sentences_hold_for_people_without_codes(portal: Portal) -> None:
    rosa, _device, _codes = begun(portal)
    visitor = signed_in_again(portal, rosa)
    visitor.get("/confirm")
    assert "This shows that nobody else is using your open page." in said(visitor)
    visitor.get("/sessions")
    assert "close at once, or at their next step" in said(visitor)


def test_people_with_an_app_are_asked_for_nothing(portal: Portal) -> None:
    assert ASKED not in portal.visit(portal.person(Role.PATIENT)).get("/").text


def test_clinician_who_signs_with_codes_begins_with_an_app(portal: Portal) -> None:
    visitor = half_way(portal, newcomer(portal, Role.CLINICIAN))
    assert FIRST not in visitor.get(ENROL).text
    assert visitor.get(FIRST).headers["Location"] == ENROL
    visitor.get(ENROL)
    answer = visitor.post(BEGIN, visitor.filled(ENROL))
    assert answer.status_code == 303
    assert not is_in(visitor)


def test_password_that_an_operator_knows_is_replaced_before_a_passkey_is_made(
    portal: Portal,
) -> None:
    rosa, device = newcomer(portal, lent=True), Device()
    visitor = half_way(portal, rosa)
    assert visitor.get(FIRST).headers["Location"] == CHOOSE
    page = visitor.get(CHOOSE)
    assert visitor.post(BEGIN, visitor.filled(CHOOSE)).status_code == 303
    assert visitor.post(FIRST, visitor.filled(CHOOSE)).headers["Location"] == CHOOSE
    actor = actor_of(portal, visitor)
    with portal.inside():
        with pytest.raises(Refusal) as refused:
            first_factors.enrol(actor, None, "{}", "x")
        assert "of your own first" in str(refused.value.sentence)
    assert "Choose a password of your own" in page.text
    visitor.get(CHOOSE)
    chosen = visitor.send(CHOOSE, password="quiet harbour nine lanterns")
    assert chosen.headers["Location"] == ENROL
    assert make(visitor, device).headers["Location"] == "/recovery-codes"


def test_of_an_app_and_a_passkey_at_once_one_becomes_the_first(portal_on_each: Portal) -> None:
    portal = portal_on_each
    answers: list[str | None] = []
    rosa, device = newcomer(portal), Device()
    with_app, with_key = half_way(portal, rosa), half_way(portal, rosa)
    with_app.get(ENROL)
    form, options = asked(with_key, FIRST, FIRST, BEGIN)
    with portal.inside():
        waiting = queries.authenticator_of(rosa.id)
        assert waiting is not None
        code = pyotp.TOTP(waiting.secret).at(clock.now())
    both = threading.Barrier(2)

    def send(visitor: Visitor, path: str, fields: dict[str, Any]) -> None:
        both.wait()
        answers.append(visitor.post(path, fields).headers.get("Location"))

    made = {**form, "name": "Tablet", "credential": device.create(options)}
    typed = {**with_app.filled(ENROL), "code": code}
    acts = (
        threading.Thread(target=send, args=(with_app, ENROL, typed)),
        threading.Thread(target=send, args=(with_key, FIRST, made)),
    )
    for one in acts:
        one.start()
    for one in acts:
        one.join(timeout=30)
    assert sorted(map(str, answers)) == ["/recovery-codes", "None"]
    with portal.inside():
        keys = noted(portal, "accounts.passkey_added")
        assert queries.is_enrolled(rosa.id) is (keys == 0)
