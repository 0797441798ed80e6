"""A person changes their own password; whoever else was in can be put out with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import AccountNotice, KnownDevice
from app.accounts.rules import Happening
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from tests.accounts.test_known_devices import own_device
from tests.accounts.test_passkeys import is_in
from tests.support.portal import COOKIE, PASSWORD, Portal, Someone, Visitor
from tests.support.returning import signed_in_again

NEW = "marble otter eleven lanterns"
PAGE = "/password"


def change(visitor: Visitor, **fields: str) -> str:
    """Send the form; answers what the person is shown, or where they are led."""
    answer = visitor.send(PAGE, **{"password": PASSWORD, "new_password": NEW} | fields)
    return answer.headers.get("Location") or answer.text


def signs_in(portal: Portal, someone: Someone, password: str) -> bool:
    answer = portal.visit().send("/sign-in", email=someone.email, password=password)
    return answer.status_code == 303


def test_new_password_takes_the_place_of_the_old_one(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    assert change(visitor) == "/settings"
    assert "Your password is changed." in visitor.get("/settings").text
    assert signs_in(portal, ana, NEW)
    assert not signs_in(portal, ana, PASSWORD)
    with portal.inside():
        assert list(db.session().scalars(select(AccountNotice.what))) == [
            Happening.PASSWORD_CHANGED
        ]


def test_session_goes_on_under_another_id(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    before = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    change(visitor)
    after = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    assert before
    assert after
    assert before.value != after.value
    old = portal.visit()
    old.client.set_cookie(COOKIE, before.value, domain="nearside.test", secure=True)
    assert not is_in(old)
    assert is_in(visitor)


def test_everywhere_else_ends_when_the_person_wishes(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own_device(portal, ana)
    here, there = signed_in_again(portal, ana), signed_in_again(portal, ana)
    here.get(PAGE)
    fields = {**here.filled(PAGE), "password": PASSWORD, "new_password": NEW}
    assert fields.pop("everywhere")
    assert here.post(PAGE, fields).status_code == 303
    assert is_in(there)
    assert change(here, password=NEW, new_password=PASSWORD) == "/settings"
    assert not is_in(there)
    assert is_in(here)
    with portal.inside():  # The browser at hand has given both factors just now, and is known.
        assert db.session().scalar(select(func.count()).select_from(KnownDevice)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "not the right one"}, "not your present password"),
        ({"password": ""}, "Please enter your present password."),
        ({"new_password": "short"}, "at least 12 characters"),
        ({"new_password": "password1234"}, "easy to guess"),
        ({"new_password": PASSWORD}, "Please choose another one"),
        ({"new_password": "x" * 129}, "at most 128 characters"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    portal: Portal, fields: dict[str, str], words: str
) -> None:
    ana = portal.person(Role.PATIENT)
    assert words in change(portal.visit(ana), **fields)
    assert signs_in(portal, ana, PASSWORD)


def test_open_page_is_no_place_to_guess_at_the_password(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    for _ in range(5):
        assert "not your present password" in change(visitor, password="not the right one")
    assert "Too many tries" in change(visitor)


def test_new_passwords_that_do_not_fit_are_not_held_against_anyone(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    for _ in range(8):
        assert "at least 12 characters" in change(visitor, new_password="short")
    assert change(visitor) == "/settings"


def test_fresh_factor_is_asked_for(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    with clock.standing_at(clock.now() + FRESH_FOR + timedelta(seconds=31)):
        assert visitor.get(PAGE).headers["Location"] == "/confirm?next=/password"
