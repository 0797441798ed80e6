"""A coordinator invites a patient, and follows what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.care import queries as care
from app.care.models import Patient
from app.care.models.invitations import Invitation
from app.care.operations import invitations, mailing
from app.care.queries import invitations as queries
from app.care.rules.invitations import Standing
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent, Outbox
from app.kernel.refusal import Refusal
from tests.care.inviting import BORN, PASSWORD, ROSA, invited, latest, letter, link, newcomer
from tests.support.inspection import words
from tests.support.portal import Clinic, Portal, Visitor

LIST = "/patients/invitations"
FIELDS = {"name": ROSA, "born": BORN.isoformat(), "sex": "female", "zone": "Europe/Lisbon"}


def said(visitor: Visitor) -> str:
    assert visitor.page is not None
    return words(visitor.page)


def fill_in(clinic: Clinic, visitor: Visitor, email: str) -> str:
    """Send the form as a coordinator fills it in; answers what comes of it."""
    chosen = {"clinicians": str(clinic.clinician.id), "email": email}
    answer = visitor.send(f"{LIST}/new", **FIELDS, **chosen)
    if answer.status_code == 303:
        visitor.follow(answer)
    return said(visitor)


def come(portal: Portal, number: UUID) -> Visitor:
    """Follow the newest link, answer its question and choose a password."""
    path, visitor = f"/welcome/{link(portal, number)}", portal.visit()
    visitor.follow(visitor.send(path, born=BORN.isoformat()))
    assert visitor.post(path, {**visitor.filled(path), "password": PASSWORD}).status_code == 303
    return visitor


def test_coordinator_sees_how_far_each_invited_person_is(clinic: Clinic) -> None:
    portal, marta = clinic.portal, clinic.portal.visit(clinic.coordinator)
    marta.get("/patients")
    assert "Invitations" in said(marta)
    seen = fill_in(clinic, marta, "rosa@example.org")
    assert "A letter with a link goes to rosa@example.org." in seen
    assert "The letter is on its way" in seen
    with portal.inside():
        number = latest(clinic.coordinator)
    path = f"/welcome/{link(portal, number)}"
    marta.get(LIST)
    assert "Sent, not opened yet" in said(marta)
    rosa = portal.visit()
    rosa.follow(rosa.send(path, born=BORN.isoformat()))
    marta.get(LIST)
    assert "Opened, no password chosen yet" in said(marta)
    rosa.post(path, {**rosa.filled(path), "password": PASSWORD})
    marta.get(LIST)
    assert "Done: they have an account" in said(marta)
    assert "Send again" not in said(marta)


def test_invitation_that_nobody_used_is_shown_as_over(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    link(portal, number)
    with clock.standing_at(clock.now() + timedelta(hours=24, minutes=1)), portal.inside():
        found = queries.invitation(portal.actor(clinic.coordinator), number)
        assert found is not None
        assert found.standing is Standing.EXPIRED


def test_team_looks_after_the_patient_from_the_moment_they_come(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    for someone in (clinic.coordinator, clinic.clinician):
        assert ROSA not in portal.visit(someone).get("/patients").text
    come(portal, number)
    for someone in (clinic.coordinator, clinic.clinician):
        assert ROSA in portal.visit(someone).get("/patients").text
    with portal.inside():
        row = db.session().get_one(Invitation, number)
        assert row.patient_id is not None
        assert {one.id for one in care.team(row.patient_id)} == {
            clinic.coordinator.id,
            clinic.clinician.id,
        }


def test_only_clinicians_can_be_chosen(clinic: Clinic) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    chosen = {"clinicians": str(clinic.administrator.id), "email": "rosa@example.org"}
    answer = marta.send(f"{LIST}/new", **FIELDS, **chosen)
    assert answer.status_code == 422
    with clinic.portal.inside():
        assert accounts.by_email("rosa@example.org") is None


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("email", "rosa", "Please write the whole e-mail address"),
        ("email", "rosa@example.org\r\nBcc: all@example.org", "Please write the whole e-mail"),
        ("born", "1850-01-01", "Is the year right?"),
        ("born", "2999-01-01", "Is the year right?"),
        ("born", "yesterday", "Please enter a date of birth"),
        ("zone", "Mars/Phobos", "Please choose a time zone"),
        ("name", "   ", "Please write the person"),
        ("sex", "", "Please choose one"),
    ],
)
def test_what_cannot_be_is_refused_kindly(
    clinic: Clinic, field: str, typed: str, told: str
) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    known = {**FIELDS, "email": "rosa@example.org", "clinicians": str(clinic.clinician.id)}
    answer = marta.send(f"{LIST}/new", **{**known, field: typed})
    assert answer.status_code == 422
    assert told in said(marta)
    with clinic.portal.inside():
        assert db.session().scalar(select(func.count()).select_from(Invitation)) == 0


def test_letter_tells_the_invited_what_to_do_and_nothing_of_who_they_are(clinic: Clinic) -> None:
    number = invited(clinic.portal, clinic.coordinator, clinic.clinician)
    text = letter(clinic.portal, number)
    assert clinic.coordinator.name in text
    assert "date of birth" in text
    assert ROSA not in text
    # A link may hold any four digits.
    assert "1944" not in re.sub(r"https?://\S+", "", text)


def test_link_is_kept_nowhere(clinic: Clinic) -> None:
    number = invited(clinic.portal, clinic.coordinator, clinic.clinician)
    with clinic.portal.inside():
        waiting = db.session().scalars(select(Outbox)).all()
        payloads = [row.payload for row in waiting if row.kind == mailing.MAIL]
    assert payloads == [{"invitation": str(number), "serial": 1}]
    found = link(clinic.portal, number)
    with clinic.portal.inside():
        row = db.session().get_one(Invitation, number)
        assert row.token_hash is not None
        assert found.hex not in row.token_hash
        engine = db.database().engine
    held = b"".join(file.read_bytes() for file in _files(str(engine.url.database)))
    assert number.hex.encode() in held, "the test must be looking at the right file"
    for spelled in (str(found), found.hex):
        assert spelled.encode() not in held
    assert found.bytes not in held


def _files(database: str) -> list[Path]:
    return sorted(Path(database).parent.glob(Path(database).name + "*"))


def test_address_in_use_is_told_only_of_ones_own_patients(clinic: Clinic) -> None:
    portal, marta = clinic.portal, clinic.portal.visit(clinic.coordinator)
    mine, stranger = clinic.patient, portal.patient()
    assert f"You look after {mine.name} already" in fill_in(clinic, marta, mine.email)
    others = [fill_in(clinic, marta, one.email) for one in (stranger, clinic.administrator)]
    new = fill_in(clinic, marta, "nobody@example.org")
    for answer, email in zip(others, (stranger.email, clinic.administrator.email), strict=True):
        assert f"A letter with a link goes to {email}." in answer
        assert stranger.name not in answer
    assert "A letter with a link goes to nobody@example.org." in new
    portal.work()
    marta.get(LIST)
    assert said(marta).count("Sent, not opened yet") == 3


def test_whoever_has_an_account_is_told_so_by_letter_alone(clinic: Clinic) -> None:
    stranger = clinic.portal.patient()
    number = invited(clinic.portal, clinic.coordinator, email=stranger.email)
    text = letter(clinic.portal, number)
    assert "You have an account with this address already" in text
    assert "/welcome/" not in text
    with clinic.portal.inside():
        assert db.session().get_one(Invitation, number).token_hash is None


def test_same_address_is_not_invited_twice_by_one_coordinator(clinic: Clinic) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    for email in ("rosa@example.org", clinic.portal.patient().email):
        fill_in(clinic, marta, email)
        assert "You invited this address already" in fill_in(clinic, marta, email.upper())
    with clinic.portal.inside():
        assert db.session().scalar(select(func.count()).select_from(Invitation)) == 2


def test_taken_back_invitation_leaves_nobody_behind(clinic: Clinic) -> None:
    portal, marta = clinic.portal, clinic.portal.visit(clinic.coordinator)
    fill_in(clinic, marta, "rosa@example.org")
    with portal.inside():
        number = latest(clinic.coordinator)
    path = f"/welcome/{link(portal, number)}"
    marta.follow(marta.send(f"{LIST}/{number}/withdraw"))
    assert "The invitation is taken back." in said(marta)
    assert "rosa@example.org" not in marta.get(LIST).text
    assert portal.visit().get(path).status_code == 404
    with portal.inside():
        assert accounts.by_email("rosa@example.org") is None
        newest = select(Patient).order_by(Patient.created_at.desc()).limit(1)
        patient = db.session().scalars(newest).one()
        assert care.by_ids({patient.id})[patient.id].name == "Someone who was erased"
    assert "A letter with a link goes to" in fill_in(clinic, marta, "rosa@example.org")


def test_taking_back_what_was_never_new_leaves_the_account_alone(clinic: Clinic) -> None:
    portal, stranger = clinic.portal, clinic.portal.patient()
    number = invited(portal, clinic.coordinator, email=stranger.email)
    marta = portal.visit(clinic.coordinator)
    assert marta.send(f"{LIST}/{number}/withdraw").status_code == 303
    assert portal.visit(stranger).get("/settings").status_code == 200


def test_new_link_shuts_the_old_one(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    old = link(portal, number)
    marta = portal.visit(clinic.coordinator)
    marta.follow(marta.send(f"{LIST}/{number}/send"))
    assert "A letter with a new link goes to" in said(marta)
    new = link(portal, number, serial=2)
    assert portal.visit().get(f"/welcome/{old}").status_code == 404
    assert portal.visit().get(f"/welcome/{new}").status_code == 200


def test_who_has_come_can_be_neither_sent_for_nor_taken_back(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    come(portal, number)
    marta = portal.visit(clinic.coordinator)
    for step in ("send", "withdraw"):
        marta.send(f"{LIST}/{number}/{step}")
        assert "This person has come by now" in said(marta)
    with portal.inside():
        person = db.session().get_one(Invitation, number).person_id
        assert db.session().get_one(Person, person).active


def test_nobody_sends_letters_without_end(clinic: Clinic) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.coordinator)
        for _ in range(20):
            invitations.invite(actor, newcomer(), [clinic.clinician.id])
        with pytest.raises(Refusal, match="refused"):
            invitations.invite(actor, newcomer(), [clinic.clinician.id])


def test_invitations_are_for_coordinators_and_each_sees_their_own(clinic: Clinic) -> None:
    portal = clinic.portal
    number = invited(portal, clinic.coordinator, clinic.clinician)
    other = portal.person(Role.COORDINATOR)
    assert ROSA not in portal.visit(other).get(LIST).text
    assert portal.visit(other).get(f"{LIST}/{number}/withdraw").status_code == 404
    for someone in (clinic.clinician, clinic.administrator, clinic.patient):
        assert portal.visit(someone).get(LIST).status_code == 404


def test_each_step_is_written_down(clinic: Clinic) -> None:
    number = invited(clinic.portal, clinic.coordinator, clinic.clinician)
    come(clinic.portal, number)
    with clinic.portal.inside():
        asked = select(AuditEvent.tag).where(AuditEvent.entity_id == number)
        assert db.session().scalars(asked.order_by(AuditEvent.at)).all() == [
            "care.invited",
            "care.invitation_opened",
            "care.invitation_finished",
        ]
