"""What FHIR R4 demands of the resources in a copy (hl7.org/fhir/R4, "Structure" of each page).

Written down from the specification itself, so that the checks hold where the published schema is
not at hand: elements that must be there, codes of required bindings, and how moments are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.clinical import units
from app.clinical.measures.codes import Code

# Elements with a least number of one, by type and by backbone element.
NEEDED = {
    "Bundle": {"type"},
    "Patient": set[str](),
    "Observation": {"status", "code"},
    "Observation.component": {"code"},
    "Questionnaire": {"status"},
    "QuestionnaireResponse": {"status"},
    "CarePlan": {"status", "intent", "subject"},
    "CarePlan.activity.detail": {"status"},
    "Appointment": {"status", "participant"},
    "Appointment.participant": {"status"},
    "Communication": {"status"},
    "RelatedPerson": {"patient"},
    "Consent": {"status", "scope", "category"},
    "Encounter": {"status", "class"},
    "AuditEvent": {"type", "recorded", "agent", "source"},
    "AuditEvent.agent": {"requestor"},
    "AuditEvent.source": {"observer"},
}
# Required bindings: the codes that the portal may use of them.
STATUSES = {
    "Observation": {"final", "amended", "corrected", "entered-in-error"},
    "Questionnaire": {"draft", "active", "retired", "unknown"},
    "QuestionnaireResponse": {"completed", "amended", "entered-in-error"},
    "CarePlan": {"active", "revoked", "completed"},
    "Appointment": {"booked", "fulfilled", "cancelled", "noshow"},
    "Communication": {"completed"},
    "Consent": {"draft", "proposed", "active", "rejected", "inactive"},
    "Encounter": {"planned", "in-progress", "finished"},
}
DETAIL = {"in-progress", "stopped"}
SYSTEMS = {
    "http://loinc.org",
    "http://unitsofmeasure.org",
    "http://dicom.nema.org/resources/ontology/DCM",
}
HL7 = ("http://terminology.hl7.org/CodeSystem/", "http://hl7.org/fhir/")
OURS = "https://nearside.example/fhir/"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
DAYS = {"birthDate", "date"}
MOMENTS = {
    *("authored", "created", "dateTime", "effectiveDateTime", "end", "recorded", "sent"),
    *("start", "timestamp"),
}


def walk(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every element with its path; places in lists are not part of it."""
    if isinstance(part, list) and part:
        for one in part:
            yield from walk(one, path)
        return
    yield path, part
    if isinstance(part, dict):
        for name, one in part.items():
            yield from walk(one, f"{path}.{name}" if path else name)


def problems(resource: dict[str, Any]) -> list[str]:
    """What R4 would not let pass; nothing, where all is well."""
    kind = resource["resourceType"]
    found = [f"{kind} is a type that nobody checks"] if kind not in NEEDED else []
    for path, part in walk(resource, kind):
        found += [f"{path}: {said}" for said in _element(path, part)]
    return found + [f"{kind}: {said}" for said in _invariants(kind, resource)]


def _element(path: str, part: Any) -> Iterator[str]:
    if part in ("", None, {}, []):
        yield "is empty"
    if isinstance(part, dict):
        yield from (f"needs {name}" for name in NEEDED.get(path, set()) - part.keys())
        if "system" in part and "code" in part:
            yield from _coding(path, part)
    name = path.rpartition(".")[2]
    if isinstance(part, str) and name in MOMENTS | DAYS:
        whole_day = name in DAYS or "scheduledPeriod" in path or path.startswith("RelatedPerson.")
        # A laboratory's report names a day and no clock, which R4's dateTime allows.
        reported = name == "effectiveDateTime" and DAY.fullmatch(part)
        if not (reported or (DAY if whole_day else MOMENT).fullmatch(part)):
            yield f"{part} is no moment with a zone"


def _coding(path: str, part: dict[str, Any]) -> Iterator[str]:
    system, code = part["system"], part["code"]
    known = system in SYSTEMS or system.startswith((*HL7, OURS))
    if not known and path.rpartition(".")[2] != "telecom":
        yield f"{system} is no code system that we know"
    if system == "http://loinc.org" and not code.startswith("LA") and not Code(code).well_formed:
        yield f"{code} has a wrong check digit"
    if system == "http://unitsofmeasure.org" and "value" in part:
        units.convert(1, code, code)  # Raises where it is no unit.


def _invariants(kind: str, resource: dict[str, Any]) -> Iterator[str]:
    """Rules that R4 states beside the structure, by their names there."""
    if kind in STATUSES and resource["status"] not in STATUSES[kind]:
        yield f"status {resource['status']}"
    if kind != "Questionnaire" and str(UUID(resource["id"])) != resource["id"]:
        yield "an id that is no UUID"
    if kind == "Consent" and not {"policy", "policyRule"} & resource.keys():
        yield "ppc-1: policy or policyRule"
    if kind == "Appointment" and ("start" in resource) != ("end" in resource):
        yield "app-2: both ends or none"
    if kind == "Observation" and "valueQuantity" in resource and "component" in resource:
        yield "obs-7: a value beside components"
    for one in resource.get("activity", []):
        if one["detail"]["status"] not in DETAIL:
            yield f"a line's status {one['detail']['status']}"


def dangling(bundle: dict[str, Any]) -> set[str]:
    """References inside the Bundle to what is not in it."""
    entries = bundle["entry"]
    there = {one["fullUrl"] for one in entries}
    asked = {
        part["reference"]
        for one in entries
        for _path, part in walk(one["resource"])
        if isinstance(part, dict) and "reference" in part
    }
    return asked - there
