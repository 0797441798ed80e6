"""Genetic results, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.genes import queries, rules
from app.genes.queries import Report
from app.genes.rules import GeneFound
from app.kernel.actor import Actor
from app.web.i18n import gettext as _
from app.web.speech import say
from app.web.taking import RECORD, Entry, made_id

# HL7's guide to genomics reporting (STU 2, profile Genotype) codes a genotype and its gene so.
GENOTYPE = fhir.coding(fhir.LOINC, "84413-4")
GENE_STUDIED = fhir.coding(fhir.LOINC, "48018-6")
LABORATORY = fhir.coding(f"{fhir.TERMS}/observation-category", "laboratory")


@RECORD.chapter("genes", _l("Your genes"), order=45)
def genes(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every gene of every report (FHIR Observation); what was a mistake stays out."""
    for report in queries.of_patient(patient.id):
        for one in rules.told(queries.results(report)).genes:
            heading = " ".join((one.gene, *one.found))
            facts = (
                (_("What it means"), say(one.means)),
                (_("Laboratory"), report.laboratory),
                (_("Entered by"), report.by),
            )
            yield Entry(_observation(report, one, patient), heading, report.entered_at, facts)


def _observation(report: Report, one: GeneFound, patient: PatientView) -> fhir.Resource:
    return fhir.given(
        resourceType="Observation",
        id=made_id(report.id, "gene", one.gene),
        status=report.status.value,
        category=[fhir.concept("", LABORATORY)],
        code=fhir.concept("", GENOTYPE),
        subject=fhir.patient(patient.id),
        effectiveDateTime=report.reported_on.isoformat(),
        issued=fhir.instant(report.entered_at, patient.zone),
        performer=[fhir.named(report.laboratory, "Organization")],
        valueCodeableConcept=fhir.concept(" ".join((one.gene, *one.found))),
        interpretation=fhir.texts([one.called, say(one.means)]),
        note=fhir.texts(say(doubt) for doubt in one.doubts),
        component=[
            {
                "code": fhir.concept("", GENE_STUDIED),
                "valueCodeableConcept": fhir.concept(one.gene),
            }
        ],
    )
