"""Whoever was invited and never came is erased after a while, and nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.care.models import Patient
from app.care.models.invitations import Invitation
from app.care.operations import invitations
from app.care.rules import invitations as rules
from app.care.rules.invitations import InvitationState
from app.kernel import clock, db
from app.kernel.models import AuditEvent
from tests.care.inviting import PASSWORD, ROSA, invited, link
from tests.care.test_inviting import come
from tests.support.portal import Clinic, Portal, Someone

BEGAN = datetime(2026, 11, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "serial", "expired_for", "lapsed"),
    [
        (InvitationState.SENT, 1, rules.KEPT_FOR, False),
        (InvitationState.SENT, 1, rules.KEPT_FOR + MINUTE, True),
        (InvitationState.OPENED, 3, rules.KEPT_FOR + MINUTE, True),
        (InvitationState.CLOSED, 1, rules.KEPT_FOR + MINUTE, True),
        (InvitationState.DONE, 1, rules.KEPT_FOR + MINUTE, False),
        (InvitationState.SENT, 1, None, True),
        (InvitationState.SENT, 2, None, False),
    ],
)
def test_it_counts_from_the_end_of_the_last_link(
    state: InvitationState, serial: int, expired_for: timedelta | None, lapsed: bool
) -> None:
    now = BEGAN + 10 * rules.KEPT_FOR
    until = None if expired_for is None else now - expired_for
    assert rules.has_lapsed(state, serial, BEGAN, until, now) is lapsed


def test_letter_that_was_never_written_counts_from_the_invitation() -> None:
    for age, lapsed in ((rules.KEPT_FOR, False), (rules.KEPT_FOR + MINUTE, True)):
        state = InvitationState.SENT
        assert rules.has_lapsed(state, 1, BEGAN, None, BEGAN + age) is lapsed


@contextmanager
def later(days: float) -> Iterator[None]:
    with clock.standing_at(clock.now() + timedelta(days=days)):
        yield


def swept(portal: Portal, days: float) -> int:
    """How many go when the clinic is that much older."""
    with portal.inside(), later(days):
        return invitations.sweep()


def left(portal: Portal) -> tuple[int, list[str]]:
    """How many invitations there are, and whose names anybody can still read."""
    with portal.inside():
        count = db.session().scalar(select(func.count()).select_from(Invitation)) or 0
        names = [one.name for one in db.session().scalars(select(Person))]
    return count, [one for one in names if one == ROSA]


def test_who_never_came_is_erased_and_may_be_invited_again(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    email = "rosa@example.org"
    number = invited(portal, clinic.coordinator, clinic.clinician, email=email)
    link(portal, number)
    with portal.inside():
        patient_id = db.session().get_one(Invitation, number).patient_id
    assert swept(portal, 30.9) == 0
    assert left(portal) == (1, [ROSA])
    assert swept(portal, 31.1) == 1
    assert left(portal) == (0, [])
    with portal.inside():
        assert accounts.by_email(email) is None
        assert patient_id is not None
        assert db.session().get_one(Patient, patient_id).birth_date.year == 1850
        asked = select(AuditEvent).where(AuditEvent.tag == invitations.LAPSED.name)
        (event,) = db.session().scalars(asked)
    assert (event.entity_id, event.patient_id) == (number, patient_id)
    again = invited(portal, clinic.coordinator, email=email)
    assert come(portal, again).get("/sign-in/authenticator").status_code == 200


def test_who_came_stays_and_signs_in(clinic: Clinic) -> None:
    portal, email = clinic.portal, "rosa@example.org"
    come(portal, invited(portal, clinic.coordinator, clinic.clinician, email=email))
    assert swept(portal, 400) == 0
    assert left(portal) == (1, [ROSA])
    assert portal.visit().send("/sign-in", email=email, password=PASSWORD).status_code == 303


def test_another_letter_gives_another_thirty_days(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    link(portal, number)
    with later(29), portal.inside():
        invitations.send_again(portal.actor(clinic.coordinator), number)
        assert swept(portal, 60) == 0, "its letter is not written yet"
        portal.work()
        assert swept(portal, 30.9) == 0
        assert swept(portal, 31.1) == 1


def test_invitation_of_somebody_with_an_account_goes_and_the_account_stays(
    clinic: Clinic,
) -> None:
    portal, ana = clinic.portal, clinic.portal.patient(name="Ana Reis")
    number = invited(portal, clinic.coordinator, email=ana.email)
    portal.work()
    assert swept(portal, 31.1) == 1
    with portal.inside():
        assert db.session().get(Invitation, number) is None
    assert signs_in(portal, ana)


def signs_in(portal: Portal, someone: Someone) -> bool:
    return portal.visit(someone).get("/settings").status_code == 200
