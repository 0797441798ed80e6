"""Opening a record from outside its care team: the patient and the privacy officer are told."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.accounts.operations import letters
from app.accounts.queries.officers import officers
from app.care import queries as care
from app.care.models import Patient
from app.care.models.breaking import BreakGlass
from app.care.queries import breaking as queries
from app.care.rules import breaking as rules
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import Actor, Role
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, TooMany

OPENED = audit.tag("care.glass_broken", "break_glass")
ENDED = audit.tag("care.break_glass_ended", "break_glass")
REVIEWED = audit.tag("care.break_glass_reviewed", "break_glass")
READ = audit.tag("care.break_glass_read", "patient")
MAIL = "care.break_glass_mail"
CHANGED = "care"

OPENINGS = Limit("break-glass", ((rules.MOST_A_DAY, timedelta(days=1)),))
TRIES = Limit("break-glass-search", ((rules.MOST_TRIES_AN_HOUR, timedelta(hours=1)),))

NEEDS_REASON = _l("Please say why, in 10 to 500 characters. The patient reads it.")
NOBODY = _l("No patient has exactly this name and this date of birth. Please check both.")
SEVERAL = _l("More than one patient is called that and was born that day. %(whom)s")
TOO_OFTEN = _l("You have opened as many records today as anybody may. %(whom)s")
CALL_CLINIC = _l("Please call the clinic: %(phone)s.")
CALL_OFFICER = _l("Please call the privacy officer, %(name)s.")
CALL_SOMEBODY = _l("Please call the clinic.")
REVIEWED_ALREADY = _l("A colleague has looked into this already.")

TO_PATIENT = _l("Somebody outside your care team opened your record")
PATIENT_WORDS = _l(
    "Hello %(name)s,\n\n%(who)s, who does not belong to your care team, opened your record in an"
    " emergency.\n\nWhen: %(when)s\n\nThe reason that they gave is in Nearside: sign in as you"
    " always do and open “Your care team”.\n\nThe privacy officer of the clinic was told as well."
    " If you have a question, call your clinic%(phone)s."
)
TO_OFFICER = _l("A record was opened in an emergency")
OFFICER_WORDS = _l(
    "Hello %(name)s,\n\n%(who)s opened the record of a patient whom they do not look after.\n\n"
    "When: %(when)s\n\nPlease sign in to Nearside and look into it: it waits under “Privacy”."
)

TO_ADMINISTRATOR = _l("A record was opened in an emergency, and nobody looks into it")
ADMINISTRATOR_WORDS = _l(
    "Hello %(name)s,\n\n%(who)s opened the record of a patient whom they do not look after.\n\n"
    "When: %(when)s\n\nNobody answers for privacy in your clinic, so nobody looks into it. Please"
    " have whoever runs the portal appoint a privacy officer, who then finds it under “Privacy”."
)


def open_record(actor: Actor, name: str, born: date, reason: str) -> UUID:
    """Open the record of exactly this patient, for an hour; answers the patient's id.

    Whoever looks after the patient already, or has the record open, is only shown the way. Raises
    Refusal or TooMany.
    """
    if not rules.says_why(reason):
        raise Refusal(NEEDS_REASON, "reason")
    TRIES.take(actor.person_id.hex)
    patient_id = _the_one(name, born)
    if care.chart(actor, patient_id) is not None:
        return patient_id
    try:
        OPENINGS.take(actor.person_id.hex)
    except TooMany:
        raise Refusal(str(TOO_OFTEN) % {"whom": _whom_to_call()}) from None
    with db.writing() as session:
        moment = clock.now()
        row = BreakGlass(
            patient_id=patient_id,
            person_id=actor.person_id,
            reason=reason.strip(),
            opened_at=moment,
            ends_at=moment + rules.LASTS,
        )
        session.add(row)
        session.flush()
        audit.record(OPENED, actor=actor, entity_id=row.id, patient_id=patient_id)
        _tell(row)
    return patient_id


def end(actor: Actor, opening_id: UUID) -> None:
    """Close the record before its hour is over."""
    with db.writing() as session:
        row = session.get_one(BreakGlass, opening_id)
        if row.person_id != actor.person_id or row.ends_at <= clock.now():
            return
        row.ends_at = clock.now()
        audit.record(ENDED, actor=actor, entity_id=row.id, patient_id=row.patient_id)
        outbox.hint(CHANGED, people=[actor.person_id], number=row.patient_id)


def mark_read(actor: Actor) -> None:
    """The patient has read who opened their record."""
    mine = care.own(actor)
    if mine is None or not queries.unread(mine.id):
        return
    with db.writing() as session:
        unread = (BreakGlass.patient_id == mine.id, BreakGlass.read_at.is_(None))
        session.execute(update(BreakGlass).where(*unread).values(read_at=clock.now()))
        audit.record(READ, actor=actor, entity_id=mine.id, patient_id=mine.id)


def review(actor: Actor, opening_id: UUID, finding: str) -> None:
    """Write down what the privacy officer found out; the patient reads it. Raises Refusal."""
    with db.writing() as session:
        row = session.get_one(BreakGlass, opening_id, with_for_update=True)
        if row.reviewed_at is not None:
            raise Refusal(REVIEWED_ALREADY, "answer")
        row.finding, row.reviewed_at, row.reviewed_by = finding, clock.now(), actor.person_id
        audit.record(REVIEWED, actor=actor, entity_id=row.id, patient_id=row.patient_id)
        outbox.hint(CHANGED, people=[_person(row.patient_id)], number=row.id)


def send_mail(opening_id: UUID, person_id: UUID) -> None:
    """Write to the patient, or to a privacy officer; sent twice, it is the same message."""
    row = db.session().get(BreakGlass, opening_id)
    to, who = accounts.who(person_id), accounts.who(row.person_id) if row else None
    if row is None or to is None or who is None:
        return
    subject, text = _letter_for(person_id, row)
    key = f"{row.id.hex}-{person_id.hex}"
    said = {"name": to.name, "who": who.name, "when": row.opened_at}
    letters.write_to(person_id, subject, text, key, **said)


def _letter_for(person_id: UUID, row: BreakGlass) -> tuple[object, object]:
    """The heading and the words: the patient's, the officer's, or those where there is none."""
    if person_id == _person(row.patient_id):
        return TO_PATIENT, PATIENT_WORDS
    if person_id in {one.id for one in officers()}:
        return TO_OFFICER, OFFICER_WORDS
    return TO_ADMINISTRATOR, ADMINISTRATOR_WORDS


def _the_one(name: str, born: date) -> UUID:
    found = queries.found(name, born)
    if len(found) > 1:
        raise Refusal(str(SEVERAL) % {"whom": _whom_to_call()}, "name")
    if not found:
        raise Refusal(NOBODY, "name")
    return found[0]


def _whom_to_call() -> str:
    phone = current_app.extensions["settings"].clinic_phone
    if phone:
        return str(CALL_CLINIC) % {"phone": phone}
    known = officers()
    return str(CALL_OFFICER) % {"name": known[0].name} if known else str(CALL_SOMEBODY)


def _tell(row: BreakGlass) -> None:
    """In the transaction of the opening: nobody opens a record without their being told."""
    watching = officers() or accounts.with_role(Role.ADMINISTRATOR)
    told = [_person(row.patient_id), *(one.id for one in watching)]
    outbox.hint(CHANGED, people=told, number=row.id)
    for person_id in told:
        outbox.put(MAIL, {"opening": str(row.id), "person": str(person_id)})


def _person(patient_id: UUID) -> UUID:
    mine = select(Patient.person_id).where(Patient.id == patient_id)
    return db.session().scalars(mine).one()
