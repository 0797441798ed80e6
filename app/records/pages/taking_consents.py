"""What was agreed to and taken back, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView, consents
from app.care.queries.consents import ConsentView
from app.care.rules.consents import FHIR_STATUS, Purpose
from app.clinical import fhir
from app.kernel.actor import Actor
from app.records.pages.consent_words import DECISIONS, TEXTS
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry, made_id

SCOPES = f"{fhir.TERMS}/consentscope"
PURPOSES = f"{fhir.TERMS}/v3-ActReason"
# FHIR R4 Consent.scope and, where HL7 has a word for it, what the data may be used for.
SCOPE = {Purpose.CARE: "treatment", Purpose.RESEARCH: "research"}
USED_FOR = {Purpose.CARE: "TREAT", Purpose.RESEARCH: "HRESCH"}
OF_PRIVACY, OVERRULED = "patient-privacy", "inactive"
# LOINC 59284-0, "Consent Document", of R4's value set for Consent.category.
CATEGORY = fhir.coding(fhir.LOINC, "59284-0")


@RECORD.chapter("consents", _l("What you agree to"), order=20)
def agreed(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every answer (FHIR Consent), the latest first; of each purpose only the newest holds."""
    told: set[Purpose] = set()
    for one in consents.history(patient.id):
        status = OVERRULED if one.purpose in told else FHIR_STATUS[one.decision]
        told.add(one.purpose)
        name = str(TEXTS[one.purpose, one.version].name)
        facts = ((_("Your answer"), str(DECISIONS[one.decision])), (_("Given by"), one.by_name))
        yield Entry(_consent(one, patient, name, status), name, one.at, facts)


def _consent(one: ConsentView, patient: PatientView, name: str, status: str) -> fhir.Resource:
    who = fhir.named(one.by_name, "RelatedPerson") if one.by_proxy else fhir.patient(patient.id)
    used = USED_FOR.get(one.purpose)
    return fhir.given(
        resourceType="Consent",
        id=made_id(patient.id, "consent", one.purpose.value, one.at.isoformat()),
        status=status,
        scope=fhir.concept("", fhir.coding(SCOPES, SCOPE.get(one.purpose, OF_PRIVACY))),
        category=[fhir.concept(name, CATEGORY)],
        patient=fhir.patient(patient.id),
        dateTime=fhir.moment(one.at, patient.zone),
        performer=[who],
        policyRule=fhir.concept(_("Nearside, edition %(number)s", number=one.version)),
        provision={"purpose": [fhir.coding(PURPOSES, used)]} if used else None,
    )
