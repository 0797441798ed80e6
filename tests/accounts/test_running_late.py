"""The minutes for a step of signing in are over: the page says so, and how to begin again."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest

from app.kernel import clock
from tests.accounts.steps import half_way
from tests.accounts.test_first_passkey import newcomer
from tests.accounts.test_passkeys import SIGN_IN, asked, is_in, owner, use
from tests.support.portal import PASSWORD, Portal, Visitor

ENROL = "/sign-in/authenticator"
OVER = "The fifteen minutes after your password are over"
ANOTHER = "The picture that you saw before can be used no more"
LATE = timedelta(minutes=16)


def key_on(visitor: Visitor) -> str:
    (link,) = re.findall(r'href="(otpauth:[^"]+)"', visitor.get(ENROL).text)
    return pyotp.parse_uri(unescape(link)).secret


@pytest.mark.parametrize("posts", [False, True])
def test_newcomer_who_took_too_long_is_told_so_and_begins_again(
    portal: Portal, posts: bool
) -> None:
    rosa = newcomer(portal)
    began = clock.now()
    with clock.standing_at(began) as move:
        visitor = half_way(portal, rosa)
        first = key_on(visitor)
        form = visitor.filled(ENROL)
        move(began + LATE)
        code = pyotp.TOTP(first).at(clock.now())
        answer = visitor.post(ENROL, {**form, "code": code}) if posts else visitor.get(ENROL)
        assert answer.headers["Location"].startswith("/sign-in?")
        assert OVER in visitor.follow(answer).text
        wrong = visitor.send("/sign-in", email=rosa.email, password="not hers at all")
        assert OVER not in wrong.text
        # The same browser goes on where it was, with another picture, and is told of that once.
        visitor.send("/sign-in", email=rosa.email, password=PASSWORD)
        assert ANOTHER in visitor.get(ENROL).text
        assert ANOTHER not in visitor.get(ENROL).text
        second = key_on(visitor)
        assert first != second
        done = visitor.send(ENROL, code=pyotp.TOTP(second).at(clock.now()))
        assert "/recovery-codes" in done.headers["Location"]


def test_nobody_is_told_of_minutes_who_had_none_to_lose(portal: Portal) -> None:
    rosa = newcomer(portal)
    assert OVER not in portal.visit().get("/sign-in").text
    began = clock.now()
    with clock.standing_at(began) as move:
        visitor = half_way(portal, rosa)
        assert ANOTHER not in visitor.get(ENROL).text
        assert OVER not in visitor.get("/sign-in").text
        move(began + timedelta(hours=13))
        assert OVER not in visitor.get("/sign-in").text
    ana, _device = owner(portal)
    with clock.standing_at(clock.now()) as move:
        known = portal.visit(ana)
        move(clock.now() + timedelta(hours=1))
        assert OVER not in known.follow(known.get("/settings")).text


def test_answer_of_a_device_that_is_sent_twice_is_said_to_be_used(portal: Portal) -> None:
    _ana, device = owner(portal)
    visitor = portal.visit()
    sent, _answer = use(visitor, device)
    again = visitor.post(SIGN_IN, sent)
    assert again.status_code == 409
    assert "counts once" in again.text
    assert "open for too long" not in again.text
    assert is_in(visitor)
    # With another word in it, it is a form that does not fit.
    assert visitor.post(SIGN_IN, {**sent, "next": "/visits"}).status_code == 400


def test_challenge_that_was_used_is_said_to_be_used(portal: Portal) -> None:
    _ana, device = owner(portal)
    visitor, other = portal.visit(), portal.visit()
    form, options = asked(visitor, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
    shell = visitor.client.get_cookie("__Host-shell", domain="nearside.test")
    assert shell is not None
    sent = {**form, "credential": device.sign(options)}
    visitor.post(SIGN_IN, sent)
    other.client.set_cookie("__Host-shell", shell.value, domain="nearside.test", secure=True)
    answer = other.post(SIGN_IN, sent)
    assert "That was used already, or took longer" in other.follow(answer).text
    assert not is_in(other)
