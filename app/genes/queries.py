"""Genetic reports, for the patient and for those of the care team to whom they are open.

A list says that there are reports; what they hold is opened by `results` alone, after the door
has asked for a fresh second factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.care import queries as care
from app.care.queries import PatientView
from app.clinical.pharmacogenomics import OutsideCall
from app.genes import rules
from app.genes.models import GeneticReport
from app.genes.rules import ReportStatus, Source
from app.kernel import db, looks
from app.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Report:
    """One report without what it holds; `reason` says why it was a mistake."""

    id: UUID
    patient_id: UUID
    status: ReportStatus
    source: Source
    laboratory: str
    reported_on: date
    entered_at: datetime
    by: str
    retracted_at: datetime | None
    reason: str

    @property
    def stands(self) -> bool:
        """Whether it counts; of a mistake nobody is shown what it held."""
        return self.status is ReportStatus.FINAL


@dataclass(frozen=True, slots=True)
class ReportOf:
    """One report with its patient, for the care team."""

    report: Report
    patient: PatientView

    @property
    def id(self) -> UUID:
        """The report's."""
        return self.report.id

    @property
    def patient_id(self) -> UUID:
        """Whose genes they are."""
        return self.patient.id


def of_patient(patient_id: UUID) -> list[Report]:
    """A patient's reports, the newest first; doors are the caller's."""
    asked = select(GeneticReport).where(GeneticReport.patient_id == patient_id)
    newest = (GeneticReport.reported_on.desc(), GeneticReport.entered_at.desc())
    rows = db.session().scalars(asked.order_by(*newest)).all()
    if rows:
        looks.note(patient_id, "reports")
    return _reports(rows)


def own(actor: Actor, report_id: UUID) -> Report | None:
    """A patient's own report."""
    mine = care.own(actor)
    row = db.session().get(GeneticReport, report_id)
    if mine is None or row is None or row.patient_id != mine.id:
        return None
    return _reports([row])[0]


def of_team(actor: Actor, report_id: UUID) -> ReportOf | None:
    """One report, for those of the care team to whom genetic data is open."""
    row = db.session().get(GeneticReport, report_id)
    patient = care.gene_reader(actor, row.patient_id) if row else None
    return ReportOf(_reports([row])[0], patient) if row and patient else None


def of_clinician(actor: Actor, report_id: UUID) -> ReportOf | None:
    """One report, for the clinicians of the care team alone."""
    return of_team(actor, report_id) if actor.role is Role.CLINICIAN else None


def results(report: Report) -> list[OutsideCall]:
    """What a report holds; nothing of one that was a mistake, which may be somebody else's."""
    if not report.stands:
        return []
    looks.note(report.patient_id, "report", report.id)
    row = db.session().get_one(GeneticReport, report.id)
    return rules.read_back(row.results)


def _reports(rows: Sequence[GeneticReport]) -> list[Report]:
    people = accounts.people({row.entered_by for row in rows})
    return [
        Report(
            id=row.id,
            patient_id=row.patient_id,
            status=row.status,
            source=row.source,
            laboratory=row.laboratory,
            reported_on=row.reported_on,
            entered_at=row.entered_at,
            by=people[row.entered_by].name if row.entered_by in people else "",
            retracted_at=row.retracted_at,
            reason=row.reason,
        )
        for row in rows
    ]
