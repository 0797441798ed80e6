"""A password that an operator knows opens only the page on which its owner chooses another."""

from __future__ import annotations

import re

import pytest

from app.accounts import operations, queries
from app.accounts.operations import changing
from app.kernel.actor import Actor, Stage
from app.kernel.refusal import Refusal
from tests.support.portal import Portal, Visitor

EMAIL = "imre@example.org"
ADD = ("accounts", "add", EMAIL, "Imre Kov\u00e1cs", "clinician")
OWN = "violet anchor seven kettles"
STEP = "/sign-in/password"


def added(portal: Portal, *more: str) -> str:
    """An account made from the command line; answers the password that the operator reads."""
    said = portal.app.test_cli_runner().invoke(args=[*ADD, *more]).output
    found = re.search(r"first: (.+)$", said.strip())
    assert found, said
    return found[1]


def arrived(portal: Portal, password: str) -> Visitor:
    visitor = portal.visit()
    visitor.send("/sign-in", email=EMAIL, password=password)
    visitor.get(STEP)
    return visitor


def test_password_is_made_up_anew_each_time_and_hard_to_guess(portal: Portal) -> None:
    first = added(portal)
    assert re.fullmatch(r"[a-z2-7]{5}(-[a-z2-7]{5}){3}", first)
    assert operations.made_up() != operations.made_up()


def test_lent_password_leads_to_a_choice_and_then_to_the_second_factor(portal: Portal) -> None:
    imre = arrived(portal, added(portal))
    for path in ("/", "/sign-in/code", "/sign-in/authenticator"):
        landed = imre.follow(imre.get(path))
        while landed.status_code == 303:
            landed = imre.follow(landed)
        assert "Choose a password of your own" in landed.text, path
    done = imre.send(STEP, password=OWN)
    assert done.headers["Location"].startswith("/sign-in/authenticator")
    assert "Connect your authenticator app" in imre.follow(done).text
    # It is asked once.
    assert imre.get(STEP).status_code == 303


def test_authenticator_is_not_connected_before_the_choice(portal: Portal) -> None:
    imre = arrived(portal, added(portal))
    answer = imre.post("/sign-in/authenticator", {**imre.filled(STEP), "code": "123456"})
    assert answer.headers["Location"].startswith(STEP)
    with portal.inside():
        person = queries.by_email(EMAIL)
        assert person is not None
        assert queries.authenticator_of(person.id) is None


def test_lent_and_weak_ones_are_refused_and_the_lent_one_ends(portal: Portal) -> None:
    lent = added(portal)
    imre = arrived(portal, lent)
    same = imre.send(STEP, password=lent)
    assert "only you know" in same.text
    weak = imre.send(STEP, password="password1234")
    assert "easy to guess" in weak.text
    imre.send(STEP, password=OWN)
    again = portal.visit().send("/sign-in", email=EMAIL, password=lent)
    assert "do not match" in again.text


def test_whoever_lent_it_is_put_out_and_cannot_choose_a_second_time(portal: Portal) -> None:
    lent = added(portal)
    operator, imre = arrived(portal, lent), arrived(portal, lent)
    fields = operator.filled(STEP)
    imre.send(STEP, password=OWN)
    late = operator.post(STEP, {**fields, "password": "another seven violet anchors"})
    assert late.status_code in {303, 422}
    assert operator.get("/sign-in/authenticator").headers["Location"].startswith("/sign-in")
    assert arrived(portal, OWN).get("/sign-in/authenticator").status_code == 200


def test_one_choice_wins(portal: Portal) -> None:
    added(portal, "--password", OWN)
    with portal.inside():
        found = queries.session_of(operations.check_password(EMAIL, OWN, "127.0.0.1"))
        assert found is not None
        one, row = found
        stage = Stage.PASSWORD
        actor = Actor(row.id, one.id, row.role, row.name, row.zone, row.language, stage)
        changing.choose_own(actor, "first of the two anchors")
        with pytest.raises(Refusal):
            changing.choose_own(actor, "second of the two anchors")
