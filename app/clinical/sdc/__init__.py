"""FHIR R4 questionnaires with Structured Data Capture: asked, worked out, checked.

    form = sdc.load(questionnaire)
    response = form.start({"patient": patient, "now": now})
    form.enabled(response); form.calculate(response); form.problems(response)

Sources: FHIR R4 Questionnaire, https://hl7.org/fhir/R4/questionnaire.html, and SDC 4.0.0,
https://build.fhir.org/ig/HL7/sdc/. FHIRPath is worked out by fhirpathpy (MIT).
"""

from __future__ import annotations

from app.clinical.errors import FormError
from app.clinical.sdc.form import Form, load, loads
from app.clinical.sdc.item import Finding, Item
from app.clinical.sdc.valuesets import Resolver

__all__ = ["Finding", "Form", "FormError", "Item", "Resolver", "load", "loads"]
