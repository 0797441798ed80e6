"""A care team as its clinicians look after it, and as the patient knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.queries import Who
from app.care import queries as care
from app.care.models import CareTeamMember
from app.care.queries import PatientView
from app.care.rules import grounds
from app.kernel import db, looks
from app.kernel.actor import Actor, Role

STAFF = (Role.CLINICIAN, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a patient's care team."""

    id: UUID
    patient_id: UUID
    who: Who
    since: datetime
    granted_at: datetime | None
    granted_by: str
    genes_granted_at: datetime | None
    genes_granted_by: str

    @property
    def clinical(self) -> bool:
        """Whether they may read answers, readings, plans and notes."""
        granted = self.granted_at is not None
        return grounds.of_member(self.who.role, granted=granted) in grounds.CLINICAL

    @property
    def grantable(self) -> bool:
        """Whether a clinician of the team decides about that."""
        return grounds.may_be_granted(self.who.role)

    @property
    def may_have_genes(self) -> bool:
        """Whether genetic data can be opened to them: to whom the clinical record is open."""
        return self.grantable and self.granted_at is not None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member with their patient, for a clinician of the same team."""

    member: Member
    patient: PatientView

    @property
    def id(self) -> UUID:
        """The member's place on the team."""
        return self.member.id

    @property
    def patient_id(self) -> UUID:
        """Whose team it is."""
        return self.patient.id


def members(patient_id: UUID) -> list[Member]:
    """Everybody on a patient's care team, clinicians first; doors are the caller's."""
    looks.note(patient_id, "team")
    asked = select(CareTeamMember).where(CareTeamMember.patient_id == patient_id)
    rows = db.session().scalars(asked).all()
    named = {
        one for row in rows for one in (row.person_id, row.granted_by, row.genes_granted_by) if one
    }
    people = accounts.people(named)
    found = [
        Member(
            row.id,
            row.patient_id,
            people[row.person_id],
            row.since,
            row.granted_at,
            people[row.granted_by].name if row.granted_by else "",
            row.genes_granted_at,
            people[row.genes_granted_by].name if row.genes_granted_by else "",
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.who.role is not Role.CLINICIAN, one.who.name))


def member(actor: Actor, member_id: UUID) -> MemberView | None:
    """One member, for the clinicians of the same care team."""
    row = db.session().get(CareTeamMember, member_id)
    patient = care.patient_of_clinician(actor, row.patient_id) if row else None
    if row is None or patient is None:
        return None
    found = next(one for one in members(patient.id) if one.id == member_id)
    return MemberView(found, patient)


def grantable(actor: Actor, member_id: UUID) -> MemberView | None:
    """One member about whose reading a clinician of the same care team decides."""
    found = member(actor, member_id)
    return found if found is not None and found.member.grantable else None


def given_genes(actor: Actor, member_id: UUID) -> MemberView | None:
    """One member to whom genetic data can be opened, for a clinician of the same care team."""
    found = grantable(actor, member_id)
    return found if found is not None and found.member.may_have_genes else None


def colleagues(patient_id: UUID) -> list[Who]:
    """The staff who could join a patient's care team, by name."""
    there = {one.who.id for one in members(patient_id)}
    return [one for one in accounts.with_role(*STAFF) if one.id not in there]
