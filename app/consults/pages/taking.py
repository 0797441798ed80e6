"""Visits as they happened, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.consults.queries.held import HeldVisit, held
from app.kernel import looks
from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.web import times
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry

# HL7 v3 ActCode: an encounter at a distance.
VIRTUAL = fhir.coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR", "virtual")


@RECORD.chapter("consults", _l("Video visits that took place"), order=80)
def consults(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every visit that the clinician came into (FHIR Encounter), the latest first."""
    for one in held(patient.id):
        looks.note(patient.id, "appointment")
        over = times.clock_time(one.finished_at) if one.finished_at else _("It is still going on.")
        name = one.appointment.clinician_name
        yield Entry(_encounter(one), name, one.started_at, ((_("Until"), over),))


def _encounter(one: HeldVisit) -> fhir.Resource:
    visit = one.appointment
    clinician = fhir.named(f"{visit.clinician_name}, {ROLE_LABELS[Role.CLINICIAN]}")
    return {
        "resourceType": "Encounter",
        "id": str(one.id),
        "status": one.state.value,
        "class": VIRTUAL,
        "subject": fhir.patient(visit.patient_id),
        "participant": [{"individual": clinician}],
        "appointment": [{"reference": fhir.urn(visit.id), "type": "Appointment"}],
        "period": fhir.period(one.started_at, one.finished_at, visit.patient_zone),
    }
