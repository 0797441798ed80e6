"""Nobody can keep the owner of an account out by guessing at it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import rules
from app.accounts.models import AccountNotice, KnownDevice
from app.accounts.rules import Happening
from app.kernel import db
from app.kernel.actor import Role
from tests.accounts.steps import half_way, new_codes
from tests.support.portal import COOKIE, PASSWORD, Portal, Someone, Visitor

BROWSER = "__Host-browser"
TOO_MANY = "Too many tries"


def own_device(portal: Portal, someone: Someone) -> Visitor:
    """A browser that has signed this person in, and is signed out again."""
    visitor = half_way(portal, someone)
    visitor.send("/sign-in/code", code=portal.code(someone))
    visitor.send("/sign-out", page="/settings")
    return visitor


def guess(visitor: Visitor, someone: Someone, times: int) -> str:
    """Try wrong passwords; answers what the last try was told."""
    said = ""
    for _ in range(times):
        said = visitor.send("/sign-in", email=someone.email, password="not the right one").text
    return said


def test_owner_signs_in_on_a_known_device_while_strangers_guess(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    assert TOO_MANY in guess(portal.visit(), ana, 11)
    answer = own.send("/sign-in", email=ana.email, password=PASSWORD)
    assert answer.status_code == 303


def test_guesses_on_a_known_device_are_counted_as_well(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    assert TOO_MANY in guess(own, ana, 11)


def test_stranger_with_the_password_cannot_use_up_the_owners_codes(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    own.send("/sign-in", email=ana.email, password=PASSWORD)
    thief = half_way(portal, ana)
    for _ in range(6):
        said = thief.send("/sign-in/code", code="000000").text
    assert TOO_MANY in said
    refused = own.send("/sign-in/code", code="000000")
    assert "That code is not right" in refused.text


def test_device_of_one_person_is_a_strangers_for_another(portal: Portal) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    guess(portal.visit(), ben, 10)
    assert TOO_MANY in guess(own, ben, 1)


@pytest.mark.parametrize("token", ["", "made-up", "x" * 3_000])
def test_made_up_token_makes_no_known_device(portal: Portal, token: str) -> None:
    ana = portal.person(Role.PATIENT)
    own_device(portal, ana)
    stranger = portal.visit()
    stranger.client.set_cookie(BROWSER, token, domain="nearside.test", secure=True)
    assert TOO_MANY in guess(stranger, ana, 11)


def test_unknown_person_is_answered_as_a_known_one_up_to_the_limit(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    ghost = Someone(ana.id, "Ghost", "ghost@nearside.test", Role.PATIENT)
    for times in (1, 9, 1):
        pages = [guess(portal.visit(), one, times) for one in (ana, ghost)]
        assert len({TOO_MANY in page for page in pages}) == 1
        assert len({"do not match" in page for page in pages}) == 1


def test_only_the_hash_of_a_browsers_token_is_stored(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    cookie = own.client.get_cookie(BROWSER, domain="nearside.test")
    assert cookie is not None
    assert own.client.get_cookie(COOKIE, domain="nearside.test") is None
    with portal.inside():
        (row,) = db.session().scalars(select(KnownDevice))
    assert cookie.value != row.token_hash


def test_person_is_told_of_a_second_device_and_not_of_the_first(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    own = own_device(portal, ana)
    own.send("/sign-in", email=ana.email, password=PASSWORD)

    def told() -> list[Happening]:
        with portal.inside():
            return list(db.session().scalars(select(AccountNotice.what)))

    assert told() == []
    other = half_way(portal, ana)
    other.send("/sign-in/recovery", recovery_code=new_codes(portal, ana)[0])
    assert told() == [Happening.CODE_USED, Happening.NEW_DEVICE]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_tries_of_one_network_are_counted_together(address: str, network: str) -> None:
    assert rules.network_of(address) == network
