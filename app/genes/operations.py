"""Keeping a genetic report, and taking back one that was a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.care import queries as care
from app.clinical.pharmacogenomics import OutsideCall
from app.genes import rules
from app.genes.models import GeneticReport
from app.genes.rules import ReportStatus, Source
from app.kernel import audit, clock, db
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal

ADDED = audit.tag("genes.report_added", "genetic_report", "source", "results")
MISTAKE = audit.tag("genes.report_marked_as_mistake", "genetic_report")

NOT_YOURS = _l("You are no longer on this patient's care team.")
TAKEN_BACK = _l("This report was marked as a mistake before.")


@dataclass(frozen=True, slots=True)
class Given:
    """A report as it is about to be kept."""

    source: Source
    laboratory: str
    reported_on: date
    calls: Sequence[OutsideCall]


def add(actor: Actor, patient_id: UUID, given: Given) -> UUID:
    """Keep a report for a patient of this clinician's teams; answers its id. Raises Refusal."""
    with db.writing() as session:
        _ask_clinician(actor, patient_id)
        row = GeneticReport(
            patient_id=patient_id,
            status=ReportStatus.FINAL,
            source=given.source,
            reported_on=given.reported_on,
            laboratory=given.laboratory,
            results=rules.written(given.calls),
            entered_at=clock.now(),
            entered_by=actor.person_id,
        )
        session.add(row)
        audit.record(
            ADDED,
            entity_id=row.id,
            patient_id=patient_id,
            source=given.source.value,
            results=len(given.calls),
        )
        return row.id


def mark_as_mistake(actor: Actor, report_id: UUID, reason: str) -> None:
    """Take a report out of what counts: it stays in the record, and nobody reads what it held."""
    with db.writing() as session:
        wanted = select(GeneticReport).where(GeneticReport.id == report_id)
        row = session.scalar(wanted.with_for_update())
        if row is None or row.status is not ReportStatus.FINAL:
            raise Refusal(TAKEN_BACK)
        _ask_clinician(actor, row.patient_id)
        row.status = ReportStatus.ENTERED_IN_ERROR
        row.retracted_at, row.retracted_by = clock.now(), actor.person_id
        row.reason = reason
        audit.record(MISTAKE, entity_id=row.id, patient_id=row.patient_id)


def _ask_clinician(actor: Actor, patient_id: UUID) -> None:
    if care.patient_of_clinician(actor, patient_id) is None:
        raise Refusal(NOT_YOURS)
