"""Genetic reports, as clinicians keep them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from uuid import UUID

from werkzeug.test import TestResponse

from app.genes import operations, queries, rules
from app.genes.operations import Given
from tests.care import circle
from tests.support.portal import Clinic, Visitor

LABORATORY = "Laboratory of the North"
DAY = date(2026, 11, 2)
TABLE = "CYP2C19\t*1/*2\nCYP2D6\t*1/*4\nSLCO1B1\t*1/*5\n"
# Words that stand on a page which shows what was found, and on no other.
FOUND = "CYP2C19"


def add(clinic: Clinic, table: str = TABLE, laboratory: str = LABORATORY, day: date = DAY) -> UUID:
    """A report of the clinic's patient, kept by its clinician."""
    source, calls = rules.read_file(table.encode(), "report.tsv")
    given = Given(source, laboratory, day, calls)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        return operations.add(actor, circle.patient_of(clinic), given)


def mark(clinic: Clinic, report: UUID, reason: str) -> None:
    """The clinic's clinician says that it was a mistake."""
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        operations.mark_as_mistake(actor, report, reason)


def there(clinic: Clinic) -> list[UUID]:
    """The reports of the clinic's patient, the newest first."""
    with clinic.portal.inside():
        return [one.id for one in queries.of_patient(circle.patient_of(clinic))]


def address(clinic: Clinic) -> str:
    """The form that takes a file."""
    return f"/patients/{clinic.patient.patient_id}/genes/file"


def send(clinic: Clinic, data: bytes, name: str = "report.tsv", **said: str) -> TestResponse:
    """The clinic's clinician sends a file, by the form."""
    return send_as(clinic.portal.visit(clinic.clinician), clinic, data, name, **said)


def send_as(
    visitor: Visitor, clinic: Clinic, data: bytes, name: str = "report.tsv", **said: str
) -> TestResponse:
    """The same in a browser of the test's own."""
    path = address(clinic)
    visitor.get(path)
    told = {"laboratory": LABORATORY, "reported_on": DAY.isoformat(), **said}
    return visitor.post(path, {**visitor.filled(path), **told, "file": (BytesIO(data), name)})
