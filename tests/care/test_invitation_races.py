"""One link, however many use it at once, makes one account: on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts.models import SignIn
from app.care.models import CareTeamMember, Patient
from app.care.models.invitations import Invitation
from app.care.operations import invitations, welcoming
from app.care.queries import invitations as seen
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal, Stale
from tests.accounts.test_races import CROWD, at_once
from tests.care.inviting import BORN, PASSWORD, invited, link, newcomer
from tests.support.portal import Portal, Visitor

WRONG = BORN.replace(month=3)


def waiting(portal: Portal, path: str) -> Visitor:
    """A browser that gave the right answer and is about to choose a password."""
    visitor = portal.visit()
    visitor.follow(visitor.send(path, born=BORN.isoformat()))
    return visitor


def test_one_link_posted_by_fifty_browsers_makes_one_account(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    number = invited(portal, clinic.coordinator, clinic.clinician)
    path = f"/welcome/{link(portal, number)}"
    crowd = [waiting(portal, path) for _ in range(CROWD)]

    def post(turn: int) -> bool:
        fields = {**crowd[turn].filled(path), "password": f"{PASSWORD} {turn}"}
        answer = crowd[turn].post(path, fields)
        assert answer.status_code in {303, 404}
        return answer.status_code == 303

    assert at_once(post) == 1
    with portal.inside():
        row = db.session().get_one(Invitation, number)
        sessions = select(func.count()).where(SignIn.person_id == row.person_id)
        assert db.session().scalar(sessions) == 1
        members = select(func.count()).where(CareTeamMember.patient_id == row.patient_id)
        assert db.session().scalar(members) == 2


def test_fifty_guesses_at_once_are_five(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    number = invited(portal, clinic.coordinator, clinic.clinician)
    opened = link(portal, number)

    def guess(turn: int) -> bool:
        with portal.inside():
            one = seen.welcome(None, opened)
            if not one.is_open:
                return False
            with pytest.raises(Refusal) as refused:
                welcoming.prove(one, WRONG, f"198.51.100.{turn}")
            return not isinstance(refused.value, Stale)

    assert at_once(guess) == 4
    with portal.inside():
        assert db.session().get_one(Invitation, number).state.value == "closed"


def test_taking_back_and_coming_at_once_never_both_happen(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    for _ in range(5):
        number = invited(portal, clinic.coordinator, clinic.clinician)
        opened = link(portal, number)
        with portal.inside():
            one = seen.welcome(None, opened)
            welcoming.prove(one, BORN, "198.51.100.1")
        done = at_once_two(portal, one, number)
        assert sorted(done) == [False, True]


def at_once_two(portal: Portal, one: seen.Welcome, number: UUID) -> list[bool]:
    """Somebody comes while the coordinator takes the invitation back."""

    def come() -> bool:
        with portal.inside():
            try:
                welcoming.finish(one, PASSWORD, "")
            except Stale:
                return False
            return True

    def take_back() -> bool:
        with portal.inside():
            try:
                invitations.withdraw(number)
            except Stale:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        return [turn.result() for turn in (pool.submit(come), pool.submit(take_back))]


def test_two_coordinators_who_invite_one_address_make_one_account(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    staff = [portal.person(Role.COORDINATOR) for _ in range(8)]
    actors = [portal.actor(one) for one in staff]
    wanted = newcomer()

    def invite(turn: int) -> bool:
        if turn >= len(actors):
            return False
        with portal.inside():
            invitations.invite(actors[turn], wanted, [clinic.clinician.id])
        return True

    assert at_once(invite) == 8
    with portal.inside():
        rows = db.session().scalars(select(Invitation)).all()
        assert len({row.person_id for row in rows}) == 1
        assert len([row for row in rows if row.patient_id]) == 1
        born = select(func.count()).where(Patient.person_id == rows[0].person_id)
        assert db.session().scalar(born) == 1
