"""Entering a reading, taking a mistake back, and seeing to a dangerous one."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.care import queries as care
from app.care.operations import acting
from app.kernel import audit, clock, db, news, outbox
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.results import queries, rules
from app.results.models import Observation
from app.results.rules import Entry, Examined, ObservationStatus
from app.web.speech import say

RECORDED = audit.tag("results.recorded", "observation", "measure", "alert")
MISTAKE = audit.tag("results.marked_as_mistake", "observation", "measure")
ATTENDED = audit.tag("results.urgent_attended", "observation")

THE_SAME = _l(
    "We have this reading of that minute already, so it is safe."
    " If you measured twice, please change the time by a minute."
)
ARE_YOU_SURE = _l("Please look at the number again.")
TAKEN_BACK = _l("This reading was marked as a mistake before.")


def record(actor: Actor, entry: Entry, *, note: str = "", sure: str = "") -> UUID:
    """Keep one reading, as entered and in the canonical unit; answers its id.

    `sure` is the token of the numbers that the person said yes to when they were asked.
    """
    patient_id = acting.shown_to(actor)
    try:
        with db.writing() as session:
            acting.ask_still(actor, patient_id)
            found = examine(patient_id, entry, actor.zone)
            _refuse(found, sure)
            row = _row(actor, patient_id, entry, found)
            if note:
                row.note = note
            session.add(row)
            session.flush()
            _tell(row)
            return row.id
    except IntegrityError as same:
        raise Refusal(THE_SAME, "clock") from same


def examine(patient_id: UUID, entry: Entry, zone: str) -> Examined:
    """Read an entry beside this patient's last readings, now."""
    key = entry.measure.key
    last = queries.recent(patient_id, (key,), rules.LAST_FEW)[key]
    usual = rules.usual(entry.measure, [one.canonical for one in last])
    return rules.examine(entry, zone, clock.now(), usual)


def mark_as_mistake(actor: Actor, observation_id: UUID) -> None:
    """Take an own reading out of what counts; it stays in the record as an error."""
    with db.writing() as session:
        row = _locked(session, observation_id)
        patient_id = row.patient_id
        acting.ask_still(actor, patient_id)
        if row.status is not ObservationStatus.FINAL:
            raise Refusal(TAKEN_BACK)
        row.status = ObservationStatus.ENTERED_IN_ERROR
        row.retracted_at = clock.now()
        audit.record(MISTAKE, entity_id=row.id, patient_id=patient_id, measure=row.measure)
        outbox.hint("results", people=care.clinical_readers(patient_id), number=row.id)
        news.tell("results.recorded", patient_id=patient_id)


def attend(actor: Actor, observation_id: UUID) -> None:
    """Say that one of the care team has seen to a dangerous reading; the first one counts."""
    with db.writing() as session:
        row = _locked(session, observation_id)
        if row.attended_at is not None:
            return
        row.attended_at = clock.now()
        row.attended_by = actor.person_id
        audit.record(ATTENDED, entity_id=row.id, patient_id=row.patient_id)
        outbox.hint("results", people=care.clinical_readers(row.patient_id), number=row.id)


def _locked(session: Session, observation_id: UUID) -> Observation:
    where = Observation.id == observation_id
    return session.execute(select(Observation).where(where).with_for_update()).scalar_one()


def _refuse(found: Examined, sure: str) -> None:
    for field, sentence in found.problems.items():
        raise Refusal(say(sentence), field)
    if found.questions and sure != found.token:
        raise Refusal(ARE_YOU_SURE, "sure")


def _row(actor: Actor, patient_id: UUID, entry: Entry, found: Examined) -> Observation:
    taken_at, moment = found.taken_at, clock.now()
    if taken_at is None:
        raise ValueError("an entry without problems has its moment")
    measure, canonical = entry.measure, found.checked.canonical
    alert = rules.urgent_alert(measure, canonical, entry.context, taken_at, moment)
    return Observation(
        patient_id=patient_id,
        measure=measure.key,
        code=measure.code(entry.context),
        status=ObservationStatus.FINAL,
        context=entry.context,
        unit=entry.unit,
        canonical_unit=measure.canonical,
        components=_components(entry, found),
        canonical=rules.spelled(measure, canonical),
        taken_at=taken_at,
        zone=actor.zone,
        entered_at=moment,
        entered_by=actor.person_id,
        alert=alert.key if alert else None,
    )


def _components(entry: Entry, found: Examined) -> list[dict[str, str]]:
    single = len(entry.measure.components) == 1
    return [
        {
            "key": part.key,
            # A single number carries the code of its circumstance, such as fasting.
            "code": entry.measure.code(entry.context) if single else part.loinc,
            "entered": found.checked.entries[part.key].entered,
            "value": format(found.checked.entries[part.key].value, "f"),
            "canonical": format(found.checked.entries[part.key].canonical, "f"),
        }
        for part in entry.measure.components
    ]


def _tell(row: Observation) -> None:
    audit.record(
        RECORDED,
        entity_id=row.id,
        patient_id=row.patient_id,
        measure=row.measure,
        alert=row.alert,
    )
    outbox.hint("results", people=care.clinical_readers(row.patient_id), number=row.id)
    if row.alert:
        team = [one.id for one in care.team(row.patient_id)]
        outbox.hint("results.urgent", people=team, number=row.id)
    news.tell("results.recorded", patient_id=row.patient_id)
