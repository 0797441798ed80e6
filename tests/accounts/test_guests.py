"""A guest's account: no way to sign in, one session, and an end to both."""

from __future__ import annotations

import pytest

from app.accounts import operations, queries
from app.accounts.models import Person
from app.accounts.queries.guests import guest_of
from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.refusal import Refusal
from tests.support.portal import PASSWORD, Clinic, Portal


def admitted() -> tuple[Person, str]:
    with db.writing():
        person_id, token = operations.admit_guest("Europe/Lisbon")
    person = db.session().get(Person, person_id)
    assert person is not None
    return person, token


def test_guest_comes_with_a_session_and_nothing_to_sign_in_with(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        person, token = admitted()
        found = queries.session_of(token)
        assert found is not None
        assert (found[0].stage, found[1].role) == (Stage.FULL, Role.GUEST)
        assert person.email.endswith("@guest.invalid")
        assert not queries.is_enrolled(person.id)
        for typed in ("", PASSWORD, person.password_hash, person.email):
            with pytest.raises(Refusal):
                operations.check_password(person.email, typed, "198.51.100.1")


def test_dismissed_guest_is_out_at_once_and_for_good(portal: Portal) -> None:
    with portal.inside():
        person, token = admitted()
        found = queries.session_of(token)
        assert found is not None
        with db.writing():
            operations.dismiss_guest(person.id)
        assert queries.session_of(token) is None
        assert guest_of(token) == person.id
        assert queries.ended_sessions([found[0].id]) == {found[0].id}
        with db.writing():
            later = operations.open_session(person.id, Stage.FULL)
        assert queries.session_of(later) is None


def test_a_token_of_a_member_or_of_nobody_names_no_guest(clinic: Clinic) -> None:
    with clinic.portal.inside():
        assert guest_of(clinic.portal._tokens[clinic.patient.id]) is None
        assert guest_of("") is guest_of("x" * 200) is None


def test_nobody_but_a_guest_can_be_dismissed(clinic: Clinic) -> None:
    with clinic.portal.inside():
        with db.writing():
            operations.dismiss_guest(clinic.patient.id)
        assert clinic.portal.visit(clinic.patient).get("/").status_code == 200


def test_guests_are_no_accounts_to_look_after(clinic: Clinic) -> None:
    portal, guest = clinic.portal, clinic.guest
    with portal.inside():
        assert guest.id not in {one.id for one in queries.accounts()}
        assert queries.account(portal.actor(clinic.administrator), guest.id) is None


def test_guest_may_sign_in_as_a_member(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.guest)
    assert visitor.get("/").status_code == 404
    assert visitor.get("/sign-in").status_code == 200
    answer = visitor.send("/sign-in", email=clinic.patient.email, password=PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/sign-in/code")
