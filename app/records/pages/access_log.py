"""Who has seen a record, as a table for people and as FHIR AuditEvents for programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from zoneinfo import ZoneInfo

from app.accounts.queries import Who
from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel.actor import ROLE_LABELS, Role
from app.kernel.looks import BREAK_GLASS, CARE_TEAM, EXPORT, OWN
from app.records import queries
from app.records.pages import words
from app.records.queries import LookWith
from app.web.i18n import gettext as _
from app.web.taking import somebody

# Without it, spreadsheets take UTF-8 for an older alphabet.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for a formula, or for the end of the cell before (OWASP, CSV injection).
# The wide forms are those of East Asian keyboards, which some spreadsheets read alike.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
DEFUSED = "'"

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
SHOWN = fhir.coding(DICOM, "110110", "Patient Record")
EXPORTED = fhir.coding(DICOM, "110106", "Export")
ACT_REASON = f"{fhir.TERMS}/v3-ActReason"
# HL7 v3 ActReason; whoever is here for another reason has it in words alone.
PURPOSES = {OWN: "PATRQT", EXPORT: "PATRQT", CARE_TEAM: "TREAT", BREAK_GLASS: "BTG"}
PERSON = fhir.coding(f"{fhir.TERMS}/audit-entity-type", "1", "Person")
PATIENT = fhir.coding(f"{fhir.TERMS}/object-role", "1", "Patient")
SUCCESS = "0"


def table(patient: PatientView) -> Iterator[bytes]:
    """The lines of a CSV file (RFC 4180), the earliest look first."""
    yield BYTE_ORDER_MARK.encode()
    head = (_("When"), _("Who"), _("Role"), _("Saw"), _("Why"), _("Marked"))
    yield line(head)
    for one in queries.every_look(patient.id):
        yield line(_cells(one, patient))


def line(cells: Iterable[str]) -> bytes:
    """One line; no cell of it is ever worked out as a formula."""
    held = StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL).writerow([defused(one) for one in cells])
    return held.getvalue().encode()


def defused(cell: str) -> str:
    """The cell as plain text: a mark before it where it would begin a formula."""
    return f"{DEFUSED}{cell}" if cell.startswith(FORMULAS) else cell


def _cells(one: LookWith, patient: PatientView) -> tuple[str, ...]:
    there = one.look.at.astimezone(ZoneInfo(patient.zone))
    marked = words.mark(one.look.why)
    return (
        there.isoformat(" ", "seconds"),
        _name(one.who),
        _role(one.who),
        words.saw(one.look),
        _why(one),
        marked[0] if marked else "",
    )


def events(patient: PatientView) -> Iterator[fhir.Resource]:
    """The same looks as FHIR R4 AuditEvents."""
    for one in queries.every_look(patient.id):
        yield _event(one, patient)


def _event(one: LookWith, patient: PatientView) -> fhir.Resource:
    look, who = one.look, one.who
    taken = look.why == EXPORT
    code = PURPOSES.get(look.why)
    purpose = fhir.coding(ACT_REASON, code) if code else None
    subject = {**fhir.patient(patient.id), "display": patient.name}
    own = who is not None and who.role is Role.PATIENT
    return {
        "resourceType": "AuditEvent",
        "id": str(look.id),
        "type": EXPORTED if taken else SHOWN,
        "action": "E" if taken else "R",
        "recorded": fhir.instant(look.at, patient.zone),
        "outcome": SUCCESS,
        "purposeOfEvent": [fhir.concept(_why(one), *([purpose] if purpose else []))],
        "agent": [
            {
                "role": [fhir.concept(_role(who))],
                "who": subject if own else somebody(_name(who), who.role if who else None),
                "name": _name(who),
                "requestor": True,
            }
        ],
        "source": {"observer": {"display": "Nearside"}},
        "entity": [
            {
                "what": subject,
                "type": PERSON,
                "role": PATIENT,
                "description": words.saw(look),
            }
        ],
    }


def _why(one: LookWith) -> str:
    said = f"{words.why(one.look.why)} {one.reason}".rstrip()
    if not one.finding:
        return said
    return f"{said} {_('What the privacy officer found out:')} {one.finding}"


def _name(who: Who | None) -> str:
    return who.name if who else _("Somebody who has left the clinic")


def _role(who: Who | None) -> str:
    return (who.title or str(ROLE_LABELS[who.role])) if who else _("Not known any more")
