"""Changing one's own factors: what was before opens nothing any more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.accounts import operations, queries
from app.accounts.models import Authenticator
from app.kernel import clock, db
from app.kernel.actor import Role
from tests.accounts.steps import half_way, new_codes
from tests.support.portal import Portal, Someone, Visitor
from tests.support.returning import signed_in_again


def test_new_recovery_codes_void_the_old_ones(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    old = new_codes(portal, ana)
    visitor = portal.visit(ana)
    answer = visitor.send("/recovery-codes/new")
    assert answer.headers["Location"] == "/recovery-codes"
    shown = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}", visitor.follow(answer).text)
    assert len(set(shown)) == 10
    assert not set(shown) & set(old)
    refused = half_way(portal, ana).send("/sign-in/recovery", recovery_code=old[0])
    assert "used already" in refused.text
    taken = half_way(portal, ana).send("/sign-in/recovery", recovery_code=shown[0])
    assert taken.headers["Location"] == "/"
    assert "You have 9 unused recovery codes." in visitor.get("/settings").text


def new_phone(portal: Portal, visitor: Visitor, someone: Someone) -> pyotp.TOTP:
    """Begin to connect another phone; answers what it holds."""
    visitor.send("/authenticator/start")
    visitor.get("/authenticator")
    with portal.inside():
        secret = operations.replacement_secret(portal.actor(someone))
    assert secret is not None
    return pyotp.TOTP(secret)


def test_new_phone_takes_the_place_of_the_old_one(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    old = portal.code(ana)
    here, there = portal.visit(ana), signed_in_again(portal, ana)
    phone = new_phone(portal, here, ana)
    answer = here.send("/authenticator", code=phone.at(clock.now()))
    assert answer.headers["Location"] == "/settings"
    assert "Your new phone is connected" in here.follow(answer).text
    assert there.get("/settings").status_code == 303
    refused = half_way(portal, ana).send("/sign-in/code", code=old)
    assert "That code is not right" in refused.text
    done = half_way(portal, ana).send("/sign-in/code", code=portal.code(ana))
    assert done.headers["Location"] == "/"


def test_old_phone_works_until_the_new_one_has_shown_its_code(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    new_phone(portal, visitor, ana)
    refused = visitor.send("/authenticator", code=portal.code(ana))
    assert "That code is not right" in refused.text
    done = half_way(portal, ana).send("/sign-in/code", code=portal.code(ana))
    assert done.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-300, "from another time"), (60, "from another time"), (330, "not right")],
)
def test_new_phone_with_a_wrong_clock_is_told_so(portal: Portal, seconds: int, said: str) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    phone = new_phone(portal, visitor, ana)
    with clock.standing_at(clock.now()):
        theirs = clock.now() + timedelta(seconds=seconds)
        refused = visitor.send("/authenticator", code=phone.at(theirs))
        assert f"That code is {said}" in refused.text
        done = visitor.send("/authenticator", code=phone.at(clock.now()))
    assert done.headers["Location"] == "/settings", "the right clock still connects the phone"


def test_key_opens_the_app_of_this_very_device(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT, "Ana Reis & Filha")
    here = portal.visit(ana)
    phone = new_phone(portal, here, ana)
    assert opens_app(here.get("/authenticator")) == phone.secret
    with portal.inside(), db.writing() as session:
        session.execute(delete(Authenticator).where(Authenticator.person_id == ana.id))
    shown = opens_app(half_way(portal, ana).get("/sign-in/authenticator"))
    with portal.inside():
        factor = queries.authenticator_of(ana.id)
        assert factor is not None
        assert shown == factor.secret


def opens_app(page: TestResponse) -> str:
    """The key in the link that opens an authenticator app, for Nearside and for Ana."""
    (link,) = re.findall(r'href="(otpauth:[^"]+)"', page.text)
    found = pyotp.parse_uri(unescape(link))
    assert (found.issuer, found.name) == ("Nearside", "Ana Reis & Filha")
    return found.secret


def test_picture_that_waited_too_long_is_said_to_be_old(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    new_phone(portal, visitor, ana)
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        fresh = signed_in_again(portal, ana)
        late = fresh.get("/authenticator")
    assert "can be used for fifteen minutes" in late.text


def test_secret_of_a_new_phone_that_was_left_on_the_screen_is_forgotten(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    phone = new_phone(portal, portal.visit(ana), ana)
    with clock.standing_at(clock.now() + timedelta(minutes=16)), portal.inside():
        assert operations.replacement_secret(portal.actor(ana)) is None
    with portal.inside():
        factor = queries.authenticator_of(ana.id)
        assert factor is not None
        assert factor.secret != phone.secret
