"""What a patient agrees to now, and what they said before. Asked at every use, by every room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlalchemy.orm import aliased

from app.accounts import queries as accounts
from app.care.models import CareTeamMember, Patient
from app.care.models.consents import Consent
from app.care.rules import consents as rules
from app.care.rules.consents import Answer, Decision, Purpose, Way
from app.kernel import clock, db, looks
from app.kernel.actor import Actor

# For how long a care team is reminded that it may not look after somebody any more.
REMINDED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One answer, as the patient reads it."""

    purpose: Purpose
    decision: Decision
    version: int
    way: Way
    at: datetime
    by_name: str
    by_proxy: bool

    @property
    def answer(self) -> Answer:
        """What was said, for the rules."""
        return Answer(self.decision, self.version)

    @property
    def stands(self) -> bool:
        """Whether, being the newest, it is a consent that counts today."""
        return rules.stands(self.purpose, self.answer)


@dataclass(frozen=True, slots=True)
class LetGo:
    """A patient who took back that their team looks after them."""

    patient_id: UUID
    name: str
    at: datetime


def gives(patient_id: UUID, purpose: Purpose) -> bool:
    """Whether the patient's consent to this purpose stands now.

    Known once per request or socket event, and never inside a writing transaction. Where something
    is about to be stored on the strength of it, ask `operations.consents.held` instead.
    """
    return rules.stands(purpose, newest(patient_id).get(purpose))


def newest(patient_id: UUID) -> dict[Purpose, Answer]:
    """The newest answer about each purpose that was answered."""
    return db.remembered(("care.consents", patient_id), lambda: _newest(patient_id))


def _newest(patient_id: UUID) -> dict[Purpose, Answer]:
    said = select(Consent.purpose, Consent.decision, Consent.version)
    mine = said.where(Consent.patient_id == patient_id).order_by(Consent.number)
    return {
        purpose: Answer(decision, version)
        for purpose, decision, version in db.session().execute(mine)
    }


def agreed(patient_id: UUID) -> list[Purpose]:
    """Everything the patient agrees to now."""
    return [one for one in Purpose if gives(patient_id, one)]


def who_agree(purpose: Purpose) -> list[UUID]:
    """The patients whose consent to this purpose stands now."""
    said = select(Consent.patient_id, Consent.decision, Consent.version)
    rows = db.session().execute(said.where(Consent.purpose == purpose).order_by(Consent.number))
    last = {patient: Answer(decision, version) for patient, decision, version in rows}
    return [patient for patient, one in last.items() if rules.stands(purpose, one)]


def to_be_asked(patient_id: UUID) -> list[Purpose]:
    """What the patient is to be asked about, at their next sign-in."""
    said = newest(patient_id)
    return [one for one in Purpose if rules.is_to_be_asked(one, said.get(one))]


def history(patient_id: UUID) -> list[ConsentView]:
    """Every answer there ever was, the latest first."""
    looks.note(patient_id, "consent")
    mine = select(Consent).where(Consent.patient_id == patient_id)
    rows = db.session().scalars(mine.order_by(Consent.at.desc(), Consent.number.desc())).all()
    names = accounts.people({one.by_id for one in rows})
    return [
        ConsentView(
            one.purpose,
            one.decision,
            one.version,
            one.way,
            one.at,
            names[one.by_id].name,
            one.by_proxy,
        )
        for one in rows
    ]


def let_go(actor: Actor) -> list[LetGo]:
    """The patients of this member of staff's teams who took their consent to care back lately."""
    later = aliased(Consent)
    newer = select(later.id).where(
        later.patient_id == Consent.patient_id,
        later.purpose == Purpose.CARE,
        later.number > Consent.number,
    )
    asked = (
        select(Patient.id, Patient.person_id, Consent.at)
        .join(CareTeamMember, CareTeamMember.patient_id == Patient.id)
        .join(Consent, Consent.patient_id == Patient.id)
        .where(
            CareTeamMember.person_id == actor.person_id,
            Consent.purpose == Purpose.CARE,
            Consent.decision != Decision.GIVEN,
            Consent.at > clock.now() - REMINDED_FOR,
            ~newer.exists(),
        )
        .order_by(Consent.at)
    )
    rows = db.session().execute(asked).all()
    names = accounts.people({one.person_id for one in rows})
    for one in rows:
        looks.note(one.id, "list")
    return [LetGo(one.id, names[one.person_id].name, one.at) for one in rows]


def is_cared_for(patient_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether the consent to care of the patient in this column stands, for statements."""
    last = (
        select(Consent.decision)
        .where(Consent.patient_id == patient_id, Consent.purpose == Purpose.CARE)
        .order_by(Consent.number.desc())
        .limit(1)
        .correlate(Patient, CareTeamMember)
        .scalar_subquery()
    )
    return last == Decision.GIVEN
