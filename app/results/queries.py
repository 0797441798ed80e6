"""Home readings as the patient and their care team may see them, and as the rules need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, SQLColumnExpression, bindparam, select, union_all
from sqlalchemy.orm import aliased

from app.care import queries as care
from app.care.queries import PatientView, proxies
from app.clinical import Sentence, measures
from app.clinical.guidelines import Fact, from_observation
from app.clinical.measures import Alert, Context, Measure
from app.kernel import db, looks
from app.kernel.actor import TEAM, Actor
from app.results import rules
from app.results.models import Observation
from app.results.rules import HOME_TESTS, Meaning, ObservationStatus

ON_A_CHART = 60
ON_A_PAGE = 20
FOR_THE_RULES = 400
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: as it was entered, what it comes to, and what it means."""

    id: UUID
    patient_id: UUID
    measure: Measure
    values: Mapping[str, Decimal]
    unit: str
    canonical: Mapping[str, Decimal]
    context: Context | None
    taken_at: datetime
    zone: str
    note: str
    status: ObservationStatus
    alert: str | None
    attended_at: datetime | None
    before: Mapping[str, Decimal] | None
    entered_by: UUID

    @property
    def meaning(self) -> Meaning:
        """What it means; a weight is read against the one before it."""
        context = self.context.key if self.context else None
        row = self.measure
        compared = {key: row.to_compare(value, self.unit) for key, value in self.values.items()}
        return rules.meaning(row, compared, context, self.unit, self.before)

    @property
    def spoken(self) -> Sentence:
        """The numbers with their unit, as the person entered them."""
        return self.measure.spoken(self.values, self.unit)

    @property
    def same(self) -> Sentence | None:
        """The same in the canonical unit, for a pressure that was entered in another.

        Goals and means of pressure are spoken of in mmHg, so a table says both.
        """
        if self.measure.key != "blood-pressure" or self.unit == self.measure.canonical:
            return None
        whole = {key: measures.round_half_up(value, 0) for key, value in self.canonical.items()}
        return self.measure.spoken(whole, self.measure.canonical)

    @property
    def advice(self) -> tuple[Alert, ...]:
        """What the table of measures says to do about it, most urgent first."""
        context = self.context.key if self.context else None
        return measures.alerts(self.measure, self.values, context, self.unit)

    @property
    def by(self) -> str:
        """The carer who entered it in the patient's place."""
        return proxies.name_of(self.patient_id, self.entered_by)

    @property
    def waits(self) -> bool:
        """Whether it asked to act at once and nobody of the care team has seen to it yet."""
        return self.alert is not None and self.attended_at is None


@dataclass(frozen=True, slots=True)
class Urgent:
    """A dangerous reading that waits for the care team."""

    reading: Reading
    patient: PatientView


def recent(
    patient_id: UUID, keys: Sequence[str] = HOME_TESTS, limit: int = ON_A_CHART
) -> dict[str, list[Reading]]:
    """The latest readings of each measure, newest first: one question for all of them."""
    asked = _recent(tuple(keys), limit)
    rows = db.session().scalars(asked, {"patient": patient_id}).all()
    return {key: _readings([row for row in rows if row.measure == key]) for key in keys}


@cache
def _recent(keys: tuple[str, ...], limit: int) -> Select[Observation]:
    """Built once: writing the statement down takes longer than its answer."""
    newest = [select(_of(bindparam("patient"), key).limit(limit).subquery()) for key in keys]
    found = aliased(Observation, union_all(*newest).subquery())
    return select(found).order_by(*_newest_first(found))


def page(
    patient_id: UUID, key: str, number: int, size: int = ON_A_PAGE
) -> tuple[list[Reading], bool]:
    """One page of a measure's readings, newest first, and whether there are older ones."""
    # One row more says whether there is a next page, and what the last row changed from.
    asked = _of(patient_id, key).limit(size + 1).offset((number - 1) * size)
    found = _readings(db.session().scalars(asked).all())
    return found[:size], len(found) > size


def every(patient_id: UUID, key: str) -> Iterator[Reading]:
    """All of a measure's readings, newest first; doors are the caller's."""
    number, more = 1, True
    while more:
        found, more = page(patient_id, key, number, AT_ONCE)
        yield from found
        number += 1


def latest(patient_id: UUID, key: str) -> Reading | None:
    """The reading taken last."""
    row = db.session().scalar(_of(patient_id, key).limit(1))
    return _readings([row])[0] if row else None


def own(actor: Actor, observation_id: UUID) -> Reading | None:
    """A patient's own reading, mistakes included."""
    mine = care.own(actor)
    row = db.session().get(Observation, observation_id)
    if mine is None or row is None or row.patient_id != mine.id:
        return None
    return _readings([row])[0]


def urgent_one(actor: Actor, observation_id: UUID) -> Urgent | None:
    """One dangerous reading, for the care team, seen to or not.

    Whoever may not read the clinical record learns the number, because somebody must act on it,
    and not what the patient wrote beside it.
    """
    row = db.session().get(Observation, observation_id)
    if row is None or row.alert is None or row.status is not ObservationStatus.FINAL:
        return None
    patient = care.patient(actor, row.patient_id)
    return _urgent(row, patient) if patient else None


def urgent(actor: Actor) -> list[Urgent]:
    """Dangerous readings of the patients this member of staff looks after, oldest first."""
    if actor.role not in TEAM:
        return []
    patients = {one.id: one for one in care.patients(actor)}
    rows = db.session().scalars(_unattended().where(Observation.patient_id.in_(patients)))
    return [_urgent(row, patients[row.patient_id]) for row in rows]


def _urgent(row: Observation, patient: PatientView) -> Urgent:
    return Urgent(_readings([row], notes=patient.clinical)[0], patient)


def unattended(patient_id: UUID, *, notes: bool = True) -> list[Reading]:
    """A patient's dangerous readings that nobody of the care team has seen to yet."""
    rows = db.session().scalars(_unattended_of(), {"patient": patient_id})
    return [_readings([row], notes=notes)[0] for row in rows]


def facts(patient_id: UUID) -> list[Fact]:
    """The readings as facts for the guideline rules; their ids lead to the observations."""
    found = recent(patient_id, limit=FOR_THE_RULES)
    return [_fact(reading) for readings in found.values() for reading in readings]


def _fact(reading: Reading) -> Fact:
    there = reading.taken_at.astimezone(ZoneInfo(reading.zone))
    return from_observation(reading.measure, reading.values, reading.unit, there, str(reading.id))


def _of(patient_id: UUID | BindParameter[UUID], key: str) -> Select[Observation]:
    return (
        select(Observation)
        .where(
            Observation.patient_id == patient_id,
            Observation.measure == key,
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(*_newest_first(Observation))
    )


def _newest_first(found: type[Observation]) -> tuple[SQLColumnExpression[Any], ...]:
    """Readings of the same minute stand as they were entered, on every page alike."""
    return found.taken_at.desc(), found.entered_at.desc(), found.id


def _unattended() -> Select[Observation]:
    return (
        select(Observation)
        .where(
            Observation.alert.is_not(None),
            Observation.attended_at.is_(None),
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(Observation.taken_at, Observation.entered_at)
    )


@cache
def _unattended_of() -> Select[Observation]:
    """Built once: every first page of a patient asks it."""
    return _unattended().where(Observation.patient_id == bindparam("patient"))


def _readings(rows: Sequence[Observation], *, notes: bool = True) -> list[Reading]:
    """Rows of one measure, newest first; each one's meaning may look at the one before it.

    Without `notes`, what was written beside a number stays sealed.
    """
    for row in rows[:1]:
        looks.note(row.patient_id, "reading")
    numbers = [_decimals(row, "canonical") for row in rows]
    before = [*numbers[1:], None] if numbers else []
    found = zip(rows, numbers, before, strict=True)
    return [_reading(*one, note=one[0].note if notes else "") for one in found]


def _decimals(row: Observation, name: str) -> dict[str, Decimal]:
    return {one["key"]: Decimal(one[name]) for one in row.components}


def _reading(
    row: Observation,
    canonical: Mapping[str, Decimal],
    before: Mapping[str, Decimal] | None,
    note: str,
) -> Reading:
    measure = measures.get(row.measure)
    context = next((one for one in measure.contexts if one.key == row.context), None)
    return Reading(
        id=row.id,
        patient_id=row.patient_id,
        measure=measure,
        values=_decimals(row, "value"),
        unit=row.unit,
        canonical=canonical,
        context=context,
        taken_at=row.taken_at,
        zone=row.zone,
        note=note,
        status=row.status,
        alert=row.alert,
        attended_at=row.attended_at,
        before=before,
        entered_by=row.entered_by,
    )
