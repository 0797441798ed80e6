"""Who joins and leaves a care team, and which coordinator of it reads the clinical record."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.care import operations, queries
from app.care.models import CareTeamMember, Patient
from app.care.rules import grounds
from app.kernel import audit, clock, db, news, outbox
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal

LEFT = audit.tag("care.team_left", "person")
GRANTED = audit.tag("care.clinical_record_granted", "person")
REVOKED = audit.tag("care.clinical_record_revoked", "person")
GENES_GRANTED = audit.tag("care.genetic_data_granted", "person")
GENES_REVOKED = audit.tag("care.genetic_data_revoked", "person")

CHANGED = "care"
# Told before somebody leaves; whoever hears it may refuse.
LEAVES = "care.member_leaves"

NOT_YOURS = _l("You are no longer on this patient's care team.")
LAST_CLINICIAN = _l("Nobody else treats this patient. Please add another clinician first.")
NOT_STAFF = _l("Please choose somebody from the list.")
THERE_ALREADY = _l("They are on the care team already.")
GONE = _l("They are no longer on the care team.")
NOT_YET = _l("Please open the clinical record to them first.")


def add(actor: Actor, patient_id: UUID, person_id: UUID) -> None:
    """Put a colleague on the care team; raises Refusal."""
    who = accounts.who(person_id)
    if who is None or who.role not in {Role.CLINICIAN, Role.COORDINATOR}:
        raise Refusal(NOT_STAFF, "colleague")
    try:
        with db.writing():
            _ask_clinician(actor, patient_id)
            operations.join_team(patient_id, person_id)
            db.session().flush()
            _tell(patient_id)
    except IntegrityError:
        raise Refusal(THERE_ALREADY, "colleague") from None


def remove(actor: Actor, member_id: UUID) -> None:
    """Take somebody off the care team; the last clinician stays. Raises Refusal."""
    with db.writing() as session:
        row = _locked(session, actor, member_id)
        _ask_leaving(row)
        news.tell(LEAVES, patient_id=row.patient_id, person_id=row.person_id)
        _tell(row.patient_id)
        session.delete(row)
        audit.record(LEFT, entity_id=row.person_id, patient_id=row.patient_id)


def grant(actor: Actor, member_id: UUID) -> None:
    """Open the clinical record to a coordinator of the team; raises Refusal."""
    with db.writing() as session:
        row = _locked(session, actor, member_id)
        who = accounts.who(row.person_id)
        if who is None or not grounds.may_be_granted(who.role):
            raise Refusal(NOT_STAFF)
        if row.granted_at is not None:
            return
        row.granted_at, row.granted_by = clock.now(), actor.person_id
        audit.record(GRANTED, entity_id=row.person_id, patient_id=row.patient_id)
        _tell(row.patient_id)


def revoke(actor: Actor, member_id: UUID) -> None:
    """Close it again: what they ask for next is not there. Raises Refusal."""
    with db.writing() as session:
        row = _locked(session, actor, member_id)
        if row.granted_at is None:
            return
        _close_genes(row)
        row.granted_at = row.granted_by = None
        audit.record(REVOKED, entity_id=row.person_id, patient_id=row.patient_id)
        _tell(row.patient_id)


def grant_genes(actor: Actor, member_id: UUID) -> None:
    """Open genetic data too to a coordinator who reads the clinical record; raises Refusal."""
    with db.writing() as session:
        row = _locked(session, actor, member_id)
        if row.granted_at is None:
            raise Refusal(NOT_YET)
        if row.genes_granted_at is not None:
            return
        row.genes_granted_at, row.genes_granted_by = clock.now(), actor.person_id
        audit.record(GENES_GRANTED, entity_id=row.person_id, patient_id=row.patient_id)
        _tell(row.patient_id)


def revoke_genes(actor: Actor, member_id: UUID) -> None:
    """Close genetic data to them again; the clinical record stays open. Raises Refusal."""
    with db.writing() as session:
        row = _locked(session, actor, member_id)
        _close_genes(row)
        _tell(row.patient_id)


def _close_genes(row: CareTeamMember) -> None:
    if row.genes_granted_at is None:
        return
    row.genes_granted_at = row.genes_granted_by = None
    audit.record(GENES_REVOKED, entity_id=row.person_id, patient_id=row.patient_id)


def _locked(session: Session, actor: Actor, member_id: UUID) -> CareTeamMember:
    """A place on the team, for changing it; one change of a team at a time.

    Without the lock two clinicians could take each other off at once, and leave nobody.
    """
    team = select(CareTeamMember.patient_id).where(CareTeamMember.id == member_id)
    held = select(Patient.id).where(Patient.id.in_(team)).with_for_update(key_share=True)
    session.execute(held)
    row = session.get(CareTeamMember, member_id, populate_existing=True)
    if row is None:
        raise Refusal(GONE)
    _ask_clinician(actor, row.patient_id)
    return row


def _ask_clinician(actor: Actor, patient_id: UUID) -> None:
    if queries.patient_of_clinician(actor, patient_id) is None:
        raise Refusal(NOT_YOURS)


def _ask_leaving(row: CareTeamMember) -> None:
    treating = {one.id for one in queries.team_with(row.patient_id, Role.CLINICIAN)}
    if treating == {row.person_id}:
        raise Refusal(LAST_CLINICIAN)


def _tell(patient_id: UUID) -> None:
    outbox.hint(CHANGED, people=queries.everyone(patient_id), number=patient_id)
