"""Coming by the link of an invitation."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.care.models.invitations import Invitation
from app.care.operations import invitations
from app.kernel import clock, db
from app.kernel.models import AuditEvent
from tests.care.inviting import BORN, PASSWORD, invited, link
from tests.doors.asking import contents
from tests.support.inspection import told, words
from tests.support.portal import COOKIE, Clinic, Visitor

WRONG = {"born": "1944-03-01"}
RIGHT = {"born": BORN.isoformat()}


def said(visitor: Visitor) -> str:
    assert visitor.page is not None
    return words(visitor.page)


@pytest.fixture
def number(clinic: Clinic) -> UUID:
    return invited(clinic.portal, clinic.coordinator, clinic.clinician)


@pytest.fixture
def path(clinic: Clinic, number: UUID) -> str:
    return f"/welcome/{link(clinic.portal, number)}"


def proved(clinic: Clinic, path: str) -> Visitor:
    """A browser that gave the right answer."""
    visitor = clinic.portal.visit()
    visitor.follow(visitor.send(path, **RIGHT))
    assert "Choose a password" in said(visitor)
    return visitor


def choose(visitor: Visitor, path: str, password: str = PASSWORD) -> int:
    answer = visitor.post(path, {**visitor.filled(path), "password": password})
    return answer.status_code


def test_invited_patient_arrives_with_a_password_a_phone_and_codes(
    clinic: Clinic, number: UUID, path: str
) -> None:
    portal, rosa = clinic.portal, proved(clinic, path)
    rosa.follow(rosa.post(path, {**rosa.filled(path), "password": PASSWORD}))
    assert "Connect your authenticator app" in said(rosa)
    assert rosa.get("/settings").status_code == 303
    with portal.inside():
        person = db.session().get_one(Invitation, number).person_id
        factor = accounts.authenticator_of(person)
        assert factor is not None
        code = pyotp.TOTP(factor.secret).at(clock.now())
    rosa.follow(rosa.send("/sign-in/authenticator", code=code))
    assert "Keep these recovery codes" in said(rosa)
    rosa.follow(rosa.send("/recovery-codes"))
    assert "Rosa Lima" in said(rosa)
    again = portal.visit()
    with portal.inside():
        email = db.session().get_one(Invitation, number).email
    assert again.send("/sign-in", email=email, password=PASSWORD).status_code == 303


def test_machines_that_open_links_change_nothing(clinic: Clinic, path: str) -> None:
    scanner = clinic.portal.visit()
    before = everything(clinic)
    for _ in range(20):
        assert scanner.get(path).status_code == 200
        assert scanner.client.head(path, base_url="https://nearside.test").status_code == 200
    assert everything(clinic) == before
    assert choose(proved(clinic, path), path) == 303


def everything(clinic: Clinic) -> object:
    return contents(clinic.portal.app)


def test_page_says_nothing_of_who_was_invited(clinic: Clinic, path: str) -> None:
    text = told(clinic.portal.visit().get(path).text)
    assert "Rosa" not in text
    assert "or make a passkey on your device" in text
    assert "1944" not in text
    assert clinic.clinician.name not in text


def dead(clinic: Clinic, number: UUID, path: str, how: str) -> str:
    """A link that leads nowhere, for this reason."""
    if how == "unknown":
        return f"/welcome/{uuid4()}"
    if how == "used":
        assert choose(proved(clinic, path), path) == 303
    if how == "closed":
        guesser = clinic.portal.visit()
        for _ in range(5):
            guesser.send(path, **WRONG)
    if how == "replaced":
        with clinic.portal.inside():
            invitations.send_again(clinic.portal.actor(clinic.coordinator), number)
    if how == "taken back":
        with clinic.portal.inside():
            invitations.withdraw(number)
    return path


@pytest.mark.parametrize("how", ["unknown", "used", "closed", "replaced", "taken back"])
def test_links_that_lead_nowhere_cannot_be_told_apart(
    clinic: Clinic, number: UUID, path: str, how: str
) -> None:
    gone = dead(clinic, number, path, how)
    expected = clinic.portal.visit().get(f"/welcome/{uuid4()}")
    visitor = clinic.portal.visit()
    answer = visitor.get(gone)
    assert answer.status_code == expected.status_code == 404
    assert said(visitor) == words_of(clinic)
    visitor.get("/sign-in")
    keys = visitor.filled("/sign-in")
    posted = visitor.post(gone, {**keys, **RIGHT})
    assert posted.status_code == 404
    assert visitor.client.get_cookie(COOKIE, domain="nearside.test") is None


def words_of(clinic: Clinic) -> str:
    visitor = clinic.portal.visit()
    visitor.get(f"/welcome/{uuid4()}")
    return said(visitor)


def test_link_of_yesterday_leads_nowhere(clinic: Clinic, path: str) -> None:
    late = clock.now() + timedelta(hours=24, seconds=1)
    with clock.standing_at(late):
        assert clinic.portal.visit().get(path).status_code == 404


def test_password_after_the_last_minute_is_too_late(clinic: Clinic, path: str) -> None:
    with clock.standing_at(clock.now() + timedelta(hours=23, minutes=50)):
        rosa = proved(clinic, path)
    with clock.standing_at(clock.now() + timedelta(hours=24, minutes=1)):
        assert choose(rosa, path) == 404


def test_fifth_wrong_date_closes_the_link_even_to_the_right_one(
    clinic: Clinic, number: UUID, path: str
) -> None:
    guesser = clinic.portal.visit()
    for left in (4, 3, 2, 1):
        guesser.send(path, **WRONG)
        assert f"Tries left: {left}." in said(guesser)
        assert said(guesser).startswith("Error:")
    keys = guesser.filled(path)
    assert guesser.post(path, {**keys, **WRONG}).status_code == 404
    assert clinic.portal.visit().get(path).status_code == 404
    marta = clinic.portal.visit(clinic.coordinator)
    marta.get("/patients/invitations")
    assert "Closed after five wrong dates of birth" in said(marta)
    with clinic.portal.inside():
        tags = db.session().scalars(select(AuditEvent.tag).where(AuditEvent.entity_id == number))
        assert tags.all().count("care.invitation_failed") == 5


def test_right_date_forgives_the_wrong_ones_before(clinic: Clinic, path: str) -> None:
    rosa = clinic.portal.visit()
    for _ in range(4):
        rosa.send(path, **WRONG)
    rosa = proved(clinic, path)
    other = clinic.portal.visit()
    other.send(path, **WRONG)
    assert "Tries left: 4." in said(other)
    assert choose(rosa, path) == 303


def test_right_answer_counts_in_the_browser_that_gave_it_and_for_half_an_hour(
    clinic: Clinic, path: str
) -> None:
    rosa = proved(clinic, path)
    other = clinic.portal.visit()
    other.get(path)
    assert "Choose a password" not in said(other)
    keys = other.filled(path)
    assert other.post(path, {**keys, "password": PASSWORD}).status_code == 422
    with clock.standing_at(clock.now() + timedelta(minutes=31)):
        assert choose(rosa, path) == 422
        assert "Welcome to Nearside" in said(rosa)
    assert choose(proved(clinic, path), path) == 303


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "Please choose a password."),
        ("short", "at least 12 characters"),
        ("passwordpassword", "easy to guess"),
        ("rosalimarosalima", "easy to guess"),
        ("x" * 129, "at most 128 characters"),
    ],
)
def test_weak_password_is_refused_and_the_link_goes_on(
    clinic: Clinic, path: str, password: str, told: str
) -> None:
    rosa = proved(clinic, path)
    assert choose(rosa, path, password) == 422
    assert told in said(rosa)
    assert choose(rosa, path) == 303


def test_member_who_opens_a_link_stays_who_they_are(clinic: Clinic, path: str) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(path)
    assert "You are signed in already" in said(visitor)
    visitor.get("/settings")
    answer = visitor.post(path, {**visitor.filled("/sign-out"), **RIGHT})
    assert answer.status_code == 200
    assert visitor.get("/settings").status_code == 200
    assert choose(proved(clinic, path), path) == 303


def test_nobody_tries_links_without_end(clinic: Clinic) -> None:
    portal = clinic.portal
    links = [link(portal, invited(portal, clinic.coordinator, clinic.clinician)) for _ in range(7)]
    with clock.standing_at(clock.now()):  # Tries are counted in windows of five minutes.
        for fresh in links[:6]:
            guesser = portal.visit()
            for _ in range(5):
                guesser.send(f"/welcome/{fresh}", **WRONG)
        guesser = portal.visit()
        guesser.send(f"/welcome/{links[6]}", **RIGHT)
    assert "Too many tries" in said(guesser)
