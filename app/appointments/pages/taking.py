"""Visits as they were planned, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.appointments import queries
from app.appointments.pages.shown import STATE_WORDS
from app.appointments.queries import AppointmentView
from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel import looks
from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry

ACCEPTED = "accepted"


@RECORD.chapter("visits", _l("Your visits"), order=70)
def visits(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every visit (FHIR Appointment), the latest first."""
    for one in queries.of_patient(patient.id):
        looks.note(patient.id, "appointment")
        length = ngettext("%(num)s minute", "%(num)s minutes", one.minutes)
        facts = ((_("State"), str(STATE_WORDS[one.state])), (_("Planned for"), str(length)))
        yield Entry(_appointment(one), one.clinician_name, one.starts_at, facts)


def _appointment(one: AppointmentView) -> fhir.Resource:
    clinician = fhir.named(f"{one.clinician_name}, {ROLE_LABELS[Role.CLINICIAN]}")
    return {
        "resourceType": "Appointment",
        "id": str(one.id),
        "status": one.state.value,
        "start": fhir.instant(one.starts_at, one.patient_zone),
        "end": fhir.instant(one.ends_at, one.patient_zone),
        "minutesDuration": one.minutes,
        "participant": [
            {"actor": fhir.patient(one.patient_id), "status": ACCEPTED},
            {"actor": clinician, "status": ACCEPTED},
        ],
    }
