"""Erasing a patient: their keys are gone, so nothing of theirs opens, and no page breaks."""

from __future__ import annotations

from sqlalchemy import func, select, update

from app.accounts import queries as accounts
from app.accounts.models import Authenticator, KnownDevice, Passkey, SignIn
from app.kernel import db
from app.kernel.crypto import keyring
from app.kernel.crypto.models import WrappedKey
from app.kernel.crypto.sealed import sealed_attributes
from app.kernel.models import AuditEvent
from app.messages import operations as messages
from app.messages import queries as conversations
from app.messages.models import Message
from app.plans import queries as plans
from tests.accounts.device import passkey_of
from tests.appointments.test_operations import at, book
from tests.kernel.sealing import in_first_form
from tests.plans import drafts
from tests.support.portal import PASSWORD, Clinic, Portal


def lived_in(clinic: Clinic) -> None:
    """A patient with a plan, answers, readings, a message and a visit to come."""
    drafts.active_at_hand(clinic)
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        book(clinic.patient, clinic.clinician, at(48))
        actor = clinic.portal.actor(clinic.patient)
        messages.send(actor, clinic.patient.patient_id, "what I never told anybody")


def erase(portal: Portal, email: str) -> str:
    """Ask as an operator would."""
    answer = portal.app.test_cli_runner().invoke(args=["care", "erase", email, "--yes"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.output


def test_nothing_of_an_erased_patient_can_be_read(portal_on_each: Portal) -> None:
    clinic = portal_on_each.clinic()
    lived_in(clinic)
    patient = clinic.patient
    assert patient.patient_id is not None
    with portal_on_each.inside():
        actor = portal_on_each.actor(patient)
    assert "Erased." in erase(portal_on_each, patient.email)
    with portal_on_each.inside():
        owned = {patient.patient_id, patient.id}
        keys = select(WrappedKey.wrapped).where(WrappedKey.owner.in_(owned))
        assert set(db.session().scalars(keys)) == {None}
        opened = [
            one.read(getattr(row, one.column), row.id, one.owner(row))
            for one in sealed_attributes()
            for row in db.session().scalars(select(one.model).where(one.is_set))
            if one.owner(row) in owned
        ]
        assert len(opened) > 6
        assert "what I never told anybody" not in opened
        said = conversations.latest(actor, patient.patient_id).messages
        assert [one.text for one in said] == ["[erased]"]
        assert accounts.people([patient.id])[patient.id].name == "Someone who was erased"
        assert all(
            one.said.action == "[erased]" for one in plans.versions(patient.patient_id)[0].lines
        )
        events = select(func.count()).where(AuditEvent.tag == "care.patient_erased")
        assert db.session().scalar(events) == 1


def test_pages_of_everybody_else_go_on_without_them(clinic: Clinic) -> None:
    lived_in(clinic)
    erase(clinic.portal, clinic.patient.email)
    for someone, paths in {
        clinic.clinician: ("/", "/patients", "/visits", "/messages", "/plans"),
        clinic.coordinator: ("/", "/patients", "/visits", "/messages"),
        clinic.administrator: ("/", "/people"),
    }.items():
        for path in paths:
            answer = clinic.portal.visit(someone).get(path)
            assert answer.status_code in {200, 303, 404}, path
            assert clinic.patient.name not in answer.text, path
    chart = clinic.portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    assert chart.status_code == 404


def test_erased_patient_is_signed_out_and_their_address_is_free(clinic: Clinic) -> None:
    with clinic.portal.inside():
        passkey_of(clinic.patient)
    mine = clinic.portal.visit(clinic.patient)
    assert mine.get("/").status_code == 200
    erase(clinic.portal, clinic.patient.email)
    assert mine.get("/").status_code == 303
    refused = clinic.portal.visit().send("/sign-in", email=clinic.patient.email, password=PASSWORD)
    assert "do not match" in refused.text
    with clinic.portal.inside():
        assert accounts.by_email(clinic.patient.email) is None
        assert accounts.found(clinic.patient.name) == []
        for table in (Authenticator, Passkey, KnownDevice, SignIn):
            theirs = select(func.count()).where(table.person_id == clinic.patient.id)
            if table is SignIn:
                theirs = theirs.where(SignIn.ended_at.is_(None))
            assert db.session().scalar(theirs) == 0


def test_keys_of_others_stay_and_verify_counts_what_was_erased(clinic: Clinic) -> None:
    other = clinic.portal.patient(clinic.clinician)
    lived_in(clinic)
    erase(clinic.portal, clinic.patient.email)
    answer = clinic.portal.app.test_cli_runner().invoke(args=["keys", "verify"])
    assert answer.exit_code == 0, answer.output
    assert " 0 were erased" not in answer.output
    assert clinic.portal.visit(other).get("/").status_code == 200
    assert clinic.portal.app.test_cli_runner().invoke(args=["keys", "rotate"]).exit_code == 0


def test_patient_is_not_erased_while_values_are_under_the_settings_keys(clinic: Clinic) -> None:
    lived_in(clinic)
    with clinic.portal.inside(), db.writing() as session:
        row = session.scalars(select(Message)).one()
        old = in_first_form("old", Message.body, row.id)
        session.execute(update(Message).values(sealed_body=old))
    assert "keys rotate" in erase(clinic.portal, clinic.patient.email)
    with clinic.portal.inside():
        assert accounts.by_email(clinic.patient.email) is not None
    assert clinic.portal.app.test_cli_runner().invoke(args=["keys", "rotate"]).exit_code == 0
    assert "Erased." in erase(clinic.portal, clinic.patient.email)


def test_only_patients_are_erased(clinic: Clinic) -> None:
    assert "registered patient" in erase(clinic.portal, clinic.clinician.email)
    assert "registered patient" in erase(clinic.portal, "nobody@nearside.test")
    with clinic.portal.inside():
        assert keyring().keys.of(clinic.patient.patient_id or clinic.patient.id).current
