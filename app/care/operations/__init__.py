"""Registering patients and putting people on their care teams."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, update

from app.accounts import operations as accounts
from app.care.models import CareTeamMember, Patient
from app.care.models.breaking import BreakGlass
from app.care.models.invitations import Invitation
from app.care.operations import consents
from app.care.rules import Sex
from app.care.rules.consents import Purpose
from app.kernel import audit, clock, db
from app.kernel.crypto import keyring

REGISTERED = audit.tag("care.patient_registered", "patient")
ERASED = audit.tag("care.patient_erased", "patient")
JOINED = audit.tag("care.team_joined", "person")


def register(
    person_id: UUID, *, birth_date: date, sex: Sex, agrees: Iterable[Purpose] = ()
) -> UUID:
    """Make a person a patient, who agrees to be looked after by that; answers the patient's id.

    `agrees` names what else they were asked about meanwhile, and said yes to.
    """
    with db.writing() as session:
        row = Patient(
            person_id=person_id, born=birth_date.isoformat(), sex=sex, created_at=clock.now()
        )
        session.add(row)
        session.flush()
        audit.record(REGISTERED, entity_id=row.id, patient_id=row.id)
        consents.registered(row, agrees)
        return row.id


def join_team(patient_id: UUID, person_id: UUID) -> None:
    """Put a member of staff on a patient's care team."""
    with db.writing() as session:
        session.add(CareTeamMember(patient_id=patient_id, person_id=person_id, since=clock.now()))
        audit.record(JOINED, entity_id=person_id, patient_id=patient_id)


def erase(patient_id: UUID) -> None:
    """Destroy the keys of a patient: nothing that was sealed for them opens again, anywhere.

    Backups of the database are covered as well, where their keys are kept apart from them and
    are younger. Nobody is on their care team from then on, so no page leads to what is left.
    """
    with db.writing() as session:
        row = session.get_one(Patient, patient_id)
        audit.record(ERASED, entity_id=patient_id, patient_id=patient_id)
        consents.end_all(row)
        session.execute(delete(CareTeamMember).where(CareTeamMember.patient_id == patient_id))
        open_ones = (BreakGlass.patient_id == patient_id, BreakGlass.ends_at > clock.now())
        session.execute(update(BreakGlass).where(*open_ones).values(ends_at=clock.now()))
        session.execute(delete(Invitation).where(Invitation.patient_id == patient_id))
        keyring().keys.shred(patient_id)
        accounts.erase_patient(row.person_id)
