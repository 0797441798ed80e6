"""Agreeing, refusing and taking back, one purpose at a time.

Whoever stores something on the strength of a consent asks `held` in the same transaction: it and
`answer` wait for one another at the patient's row, so that of a withdrawal and such a storing the
later one knows of the earlier. The patient's row is taken before any row of a higher room.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.care.models import CareTeamMember, Patient
from app.care.models.consents import Consent
from app.care.queries import consents as queries
from app.care.rules import consents as rules
from app.care.rules.consents import Decision, Purpose, Way
from app.kernel import audit, clock, db, news, outbox
from app.kernel.actor import Actor
from app.kernel.crypto import keyring
from app.kernel.refusal import Refusal, Stale

ANSWERED = audit.tag("care.consent_answered", "consent", "purpose", "decision", "version", "way")
COUNTED = audit.tag("care.research_counted", "consent", "count")
# What higher rooms hear, inside the transaction: patient_id, purpose, stands.
NEWS = "care.consent_answered"
CHANGED = "consents"
PSEUDONYM = 16  # Hexadecimal digits: enough that no two of a clinic's patients share one.
NOT_FOR_THEM = _l("Only the patient can decide about this, nobody for them.")
NEW_TEXT = _l("We changed this text after you opened the page. Please read it again.")


def answer(
    actor: Actor, patient_id: UUID, purpose: Purpose, *, agreed: bool, version: int
) -> Decision | None:
    """Write down a yes or a no to this edition; None where it was said before.

    A no after a yes takes it back. Rooms above hear of it before it commits, and end what it
    carried. Raises Stale for an edition that is no longer asked about, Refusal for a proxy.
    """
    with db.writing() as session:
        person = _locked(session, patient_id)
        if not rules.may_be_decided(purpose, by_proxy=actor.person_id != person):
            raise Refusal(NOT_FOR_THEM)
        if version != rules.current(purpose):
            raise Stale(NEW_TEXT)
        before = queries.newest(patient_id).get(purpose)
        said = rules.decision(before, agreed=agreed, version=version)
        if said is None:
            return None
        row = _row(person, patient_id, purpose, said, Way.ASKED)
        row.by_id, row.by_proxy = actor.person_id, actor.person_id != person
        _keep(session, row, actor)
        people = [person, *_members(session, patient_id)]
        outbox.hint(CHANGED, people=people, number=patient_id)
        return said


def registered(patient: Patient, agrees: Iterable[Purpose] = ()) -> None:
    """A person became a patient, and came to be looked after; `agrees` is what else they want."""
    with db.writing() as session:
        for purpose in dict.fromkeys((Purpose.CARE, *agrees)):
            row = _row(patient.person_id, patient.id, purpose, Decision.GIVEN, Way.REGISTERED)
            _keep(session, row)


def end_all(patient: Patient) -> None:
    """Whoever is erased agrees to nothing any more."""
    with db.writing() as session:
        person = _locked(session, patient.id)
        for purpose in queries.agreed(patient.id):
            _keep(session, _row(person, patient.id, purpose, Decision.WITHDRAWN, Way.ERASED))


def counted_for_research() -> list[str]:
    """A made-up name for each patient who agrees to be counted, in no order that tells anything.

    Each is a keyed fingerprint, the same whenever they are counted; nothing leads back from it
    without the portal's keys.
    """
    with db.writing():
        found = queries.who_agree(Purpose.RESEARCH)
        audit.record(COUNTED, entity_id=None, count=len(found))
    return sorted(keyring().blind(str(one), purpose="research")[:PSEUDONYM] for one in found)


def held(patient_id: UUID, purpose: Purpose) -> bool:
    """Whether the consent stands, and goes on standing until the open transaction is over."""
    with db.writing() as session:
        _locked(session, patient_id)
        return queries.gives(patient_id, purpose)


def _row(person: UUID, patient_id: UUID, purpose: Purpose, decision: Decision, way: Way) -> Consent:
    """The patient's next answer about a purpose, to the edition of today."""
    return Consent(
        patient_id=patient_id,
        purpose=purpose,
        number=_next_number(db.session(), patient_id, purpose),
        decision=decision,
        version=rules.current(purpose),
        way=way,
        at=clock.now(),
        by_id=person,
        by_proxy=False,
    )


def _keep(session: Session, row: Consent, actor: Actor | None = None) -> None:
    session.add(row)
    session.flush()
    audit.record(
        ANSWERED,
        actor=actor,
        entity_id=row.id,
        patient_id=row.patient_id,
        purpose=row.purpose.value,
        decision=row.decision.value,
        version=row.version,
        way=row.way.value,
    )
    stands = rules.stands(row.purpose, rules.Answer(row.decision, row.version))
    news.tell(NEWS, patient_id=row.patient_id, purpose=row.purpose, stands=stands)


def _locked(session: Session, patient_id: UUID) -> UUID:
    """Hold the patient's row until the commit, without holding up who only points at it."""
    mine = select(Patient.person_id).where(Patient.id == patient_id)
    return session.scalars(mine.with_for_update(key_share=True)).one()


def _next_number(session: Session, patient_id: UUID, purpose: Purpose) -> int:
    mine = select(Consent.number).where(
        Consent.patient_id == patient_id, Consent.purpose == purpose
    )
    return (session.scalar(mine.order_by(Consent.number.desc()).limit(1)) or 0) + 1


def _members(session: Session, patient_id: UUID) -> list[UUID]:
    """The care team, also while it may not look."""
    team = select(CareTeamMember.person_id).where(CareTeamMember.patient_id == patient_id)
    return list(session.scalars(team))
