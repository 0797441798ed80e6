"""A person signs in with another address once it is confirmed there; both addresses hear of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message

import pytest
from sqlalchemy import update

from app.accounts import operations, queries
from app.accounts.models import Person
from app.accounts.operations import addressing
from app.accounts.queries import addressing as seen
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from tests.accounts import mailbox
from tests.accounts.mailbox import Mailbox
from tests.accounts.test_notices import words
from tests.doors.asking import contents
from tests.support.portal import PASSWORD, Portal, Someone
from tests.support.returning import signed_in_again

NEW = "ana.new@nearside.test"
LINK = re.compile(r"https://nearside\.test(/e-mail/[0-9a-f-]{36})")


@pytest.fixture
def box(portal: Portal) -> Iterator[Mailbox]:
    """A mail server that the portal knows."""
    with mailbox.opened() as found:
        settings = replace(portal.app.extensions["settings"], mail_server=found.address)
        portal.app.extensions["settings"] = settings
        yield found


def to(box: Mailbox, address: str) -> list[Message]:
    return [one for one in box.messages if one["To"] == address]


def asked(portal: Portal, box: Mailbox, someone: Someone, email: str = NEW) -> str:
    """Ask for this address; answers the path in the letter to it."""
    answer = portal.visit(someone).send("/e-mail", email=email)
    assert answer.headers["Location"] == "/settings"
    portal.work()
    found = LINK.search(words(to(box, email)[-1]))
    assert found is not None
    return found[1]


def signs_in(portal: Portal, email: str) -> bool:
    answer = portal.visit().send("/sign-in", email=email, password=PASSWORD)
    return answer.status_code == 303


def test_new_address_takes_the_place_of_the_old_one_once_it_is_confirmed(
    portal: Portal, box: Mailbox
) -> None:
    ana = portal.person(Role.PATIENT)
    path, visitor = asked(portal, box, ana), portal.visit(ana)
    assert signs_in(portal, ana.email)
    assert not signs_in(portal, NEW)
    assert NEW in visitor.get(path).text
    assert signs_in(portal, ana.email)
    assert visitor.send(path).headers["Location"] == "/settings"
    assert signs_in(portal, NEW.upper())
    assert not signs_in(portal, ana.email)
    assert visitor.get(path).status_code == 404
    portal.work()
    assert "this one opens it no more" in words(to(box, ana.email)[-1]).replace("\n", " ")
    assert "another e-mail address" in words(to(box, NEW)[-1])


def test_old_address_hears_of_it_at_once(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    asked(portal, box, ana)
    (told,) = to(box, ana.email)
    assert "another e-mail address" in words(told)
    assert "/e-mail/" not in words(told)


def test_letter_opens_for_nobody_but_the_one_who_asked(portal: Portal, box: Mailbox) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    path = asked(portal, box, ana)
    assert portal.visit(ben).get(path).status_code == 404
    assert portal.visit().get(path).headers["Location"].startswith("/sign-in")


def test_letter_works_for_a_day_and_the_later_one_alone(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    first, second = asked(portal, box, ana), asked(portal, box, ana, "ana.other@nearside.test")
    assert portal.visit(ana).get(first).status_code == 404
    assert portal.visit(ana).get(second).status_code == 200
    with clock.standing_at(clock.now() + seen.LASTS + timedelta(seconds=1)):
        assert signed_in_again(portal, ana).get(second).status_code == 404


@pytest.mark.parametrize("typed", ["ana", "a@b@c", "two words@x.test", "@x.test"])
def test_what_is_no_address_is_refused(portal: Portal, typed: str) -> None:
    refused = portal.visit(portal.person(Role.PATIENT)).send("/e-mail", email=typed)
    assert "That is not an e-mail address." in refused.text


def test_own_address_and_a_fourth_wish_in_a_day_are_refused(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    assert "already" in visitor.send("/e-mail", email=ana.email.upper()).text
    for number in range(2):
        answer = visitor.send("/e-mail", email=f"ana{number}@x.test")
        assert answer.status_code == 303
    assert "Too many tries" in visitor.send("/e-mail", email="ana9@x.test").text


def test_address_of_somebody_else_is_not_taken_over(portal: Portal, box: Mailbox) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    path = asked(portal, box, ana, ben.email)
    visitor = portal.visit(ana)
    answer = visitor.send(path)
    assert "Somebody signs in with that address already" in visitor.follow(answer).text
    with portal.inside():
        assert queries.by_email(ben.email) == queries.who(ben.id)
        assert queries.by_email(ana.email) == queries.who(ana.id)


def test_whoever_has_just_come_back_has_to_wait(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    path = asked(portal, box, ana)
    with portal.inside(), db.writing() as session:
        until = clock.now() + timedelta(days=7)
        session.execute(update(Person).where(Person.id == ana.id).values(limited_until=until))
    for one in ("/e-mail", path):
        answer = portal.visit(ana).get(one)
        assert answer.status_code == 403
        assert "has to wait" in answer.text


def test_fresh_factor_is_asked_for(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    with clock.standing_at(clock.now() + FRESH_FOR + timedelta(seconds=31)):
        assert visitor.get("/e-mail").headers["Location"] == "/confirm?next=/e-mail"


def test_database_holds_neither_address_nor_token(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    path = asked(portal, box, ana)
    whole = repr(contents(portal.app))
    assert NEW not in whole
    assert path.rpartition("/")[2].replace("-", "") not in whole.replace("-", "")


def test_addresses_are_forgotten_after_a_week_and_with_an_erased_patient(
    portal: Portal, box: Mailbox
) -> None:
    for forget in ("sweep", "erase"):
        ana = portal.person(Role.PATIENT)
        asked(portal, box, ana, f"{forget}@x.test")
        with portal.inside():
            if forget == "erase":
                operations.erase_patient(ana.id)
            else:
                with clock.standing_at(clock.now() + timedelta(days=8)):
                    addressing.sweep()
        assert contents(portal.app)["email_change"] == []
