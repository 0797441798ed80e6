"""Sessions end when they should, everywhere, and enrolment happens once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts import operations, queries, rules
from app.accounts.models import Authenticator, Person, SignIn
from app.kernel import clock, db
from app.kernel.actor import Actor, Role, Stage
from tests.support.portal import PASSWORD, Portal, Someone


def newcomer(portal: Portal) -> Actor:
    """Someone with a password and no authenticator yet."""
    with portal.inside():
        person_id = operations.create_person(
            email="new@nearside.test", name="New", role=Role.PATIENT, password=PASSWORD, zone="UTC"
        )
        with db.writing():
            token = operations.open_session(person_id, Stage.PASSWORD)
        found = queries.session_of(token)
        assert found is not None
        session_id = found[0].id
    return Actor(person_id, session_id, Role.PATIENT, "New", "UTC", "en", Stage.PASSWORD)


def status(portal: Portal, someone: Someone, after: timedelta) -> int:
    with clock.standing_at(clock.now() + after):
        return portal.visit(someone).get("/settings").status_code


def test_enrolment_opened_eight_times_at_once_shows_one_secret(portal_on_each: Portal) -> None:
    portal = portal_on_each
    actor = newcomer(portal)

    def begin(_number: int) -> str:
        with portal.inside():
            return operations.begin_enrolment(actor)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(begin, range(8)))) == 1
    with portal.inside():
        assert db.session().scalar(select(func.count()).select_from(Authenticator)) == 1


def test_secret_that_waited_too_long_for_its_code_is_another_one(portal: Portal) -> None:
    actor = newcomer(portal)
    began = clock.now()
    with portal.inside(), clock.standing_at(began) as move:
        first = operations.begin_enrolment(actor)
        move(began + rules.SECRET_WAITS)
        assert operations.begin_enrolment(actor) == first
        move(began + rules.SECRET_WAITS + timedelta(seconds=1))
        assert operations.begin_enrolment(actor) != first


def test_secret_that_a_code_has_confirmed_is_shown_to_nobody(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside(), pytest.raises(LookupError):
        operations.begin_enrolment(portal.actor(ana))


def test_session_that_rests_too_long_asks_to_sign_in_again(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    assert status(portal, ana, rules.IDLE_PATIENT + timedelta(seconds=1)) == 303


def test_session_in_use_goes_on_until_twelve_hours_have_passed(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    with clock.standing_at(clock.now()) as move:
        began = clock.now()
        for turn in range(1, 29):
            move(began + turn * timedelta(minutes=25))
            assert visitor.get("/settings").status_code == 200
        move(began + timedelta(hours=12, minutes=1))
        assert visitor.get("/settings").status_code == 303


def test_person_who_is_no_longer_active_is_out_at_once(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit(ana)
    with portal.inside(), db.writing() as session:
        session.execute(update(Person).where(Person.id == ana.id).values(active=False))
    assert visitor.get("/settings").status_code == 303
    refused = portal.visit().send("/sign-in", email=ana.email, password=PASSWORD)
    assert "do not match" in refused.text


def test_sockets_of_ended_and_of_too_old_sessions_are_told_apart_from_living_ones(
    portal: Portal,
) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    hers, his = portal.actor(ana).session_id, portal.actor(ben).session_id
    with portal.inside():
        operations.end_every_session(ana.id)
        assert queries.ended_sessions([hers, his]) == {hers}
        with clock.standing_at(clock.now() + timedelta(hours=13)):
            assert queries.ended_sessions([hers, his]) == {hers, his}


def test_database_holds_no_token_that_would_open_a_session(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside():
        hashes = db.session().scalars(select(SignIn.token_hash)).all()
    assert portal._tokens[ana.id] not in hashes
    for stolen in hashes:
        visitor = portal.visit()
        visitor.client.set_cookie("__Host-session", stolen, domain="nearside.test", secure=True)
        assert visitor.get("/settings").status_code == 400


def test_new_session_after_the_code_replaces_the_one_of_the_password(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    half = visitor.client.get_cookie("__Host-session", domain="nearside.test")
    visitor.send("/sign-in/code", code=portal.code(ana))
    full = visitor.client.get_cookie("__Host-session", domain="nearside.test")
    assert half
    assert full
    assert half.value != full.value
    old = portal.visit()
    old.client.set_cookie("__Host-session", half.value, domain="nearside.test", secure=True)
    assert old.get("/sign-in/code").headers["Location"].startswith("/sign-in?")


def test_portal_hashes_passwords_at_full_strength() -> None:
    program = "from app.accounts.operations import passwords; print(passwords._hasher().hash('x'))"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
