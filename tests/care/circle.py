"""Care teams and emergencies, made by the people who make them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from app.care.models.breaking import BreakGlass
from app.care.operations import breaking, teams
from app.care.queries import teams as queries
from app.kernel import clock, db
from app.kernel.actor import Role
from tests.support.portal import Clinic, Portal, Someone

BORN = "1958-03-01"
REASON = "Found on the street, cannot speak."


def patient_of(clinic: Clinic) -> UUID:
    """The id of the clinic's patient."""
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


def place_of(clinic: Clinic, someone: Someone) -> UUID:
    """Somebody's place on the care team of the clinic's patient."""
    with clinic.portal.inside():
        found = queries.members(patient_of(clinic))
    return next(one.id for one in found if one.who.id == someone.id)


def grant(clinic: Clinic) -> None:
    """The clinician opens the clinical record to the coordinator."""
    place = place_of(clinic, clinic.coordinator)
    with clinic.portal.inside():
        teams.grant(clinic.portal.actor(clinic.clinician), place)


def grant_genes(clinic: Clinic, place: UUID | None = None) -> None:
    """The clinician opens genetic data too: to the coordinator, if nobody else is named."""
    place = place or place_of(clinic, clinic.coordinator)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        teams.grant(actor, place)
        teams.grant_genes(actor, place)


def colleague(clinic: Clinic, role: Role = Role.COORDINATOR) -> UUID:
    """A further member of the team; answers their place on it."""
    # The name of somebody whom every test knows, which no page needs to translate.
    fresh = clinic.portal.person(role, clinic.coordinator.name)
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.clinician)
        teams.add(actor, patient_of(clinic), fresh.id)
    return place_of(clinic, fresh)


def broken(portal: Portal, clinician: Someone, patient: Someone, reason: str = REASON) -> UUID:
    """A clinician opens a record in an emergency, by the form's own operation."""
    with portal.inside():
        actor = portal.actor(clinician)
        return breaking.open_record(actor, patient.name, date.fromisoformat(BORN), reason)


def open_now(portal: Portal, clinician: Someone, patient: Someone, reason: str) -> UUID:
    """An opening that counts against nobody's limit; answers its id."""
    assert patient.patient_id is not None
    moment = clock.now()
    with portal.inside(), db.writing() as session:
        row = BreakGlass(
            patient_id=patient.patient_id,
            person_id=clinician.id,
            reason=reason,
            opened_at=moment,
            ends_at=moment + timedelta(hours=1),
        )
        session.add(row)
        session.flush()
        return row.id
