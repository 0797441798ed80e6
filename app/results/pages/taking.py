"""Home readings, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.clinical.measures import Measure
from app.kernel.actor import Actor
from app.results import queries
from app.results.queries import Reading
from app.results.rules import HOME_TESTS
from app.web.i18n import gettext as _
from app.web.speech import say
from app.web.taking import RECORD, Entry, Facts

CATEGORIES = f"{fhir.TERMS}/observation-category"
VITAL, LABORATORY = "vital-signs", "laboratory"


@RECORD.chapter("readings", _l("Your home readings"), order=40)
def readings(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every reading (FHIR Observation); what was a mistake stays out, as on the pages."""
    for key in HOME_TESTS:
        for one in queries.every(patient.id, key):
            heading = f"{say(one.measure.label)}: {say(one.spoken)}"
            yield Entry(_observation(one), heading, one.taken_at, _facts(one))


def _facts(one: Reading) -> Facts:
    said = say(one.meaning.says)
    whose = f"{said} ({one.meaning.guideline})" if one.meaning.guideline else said
    facts = [(_("What it means"), whose)]
    if one.context:
        facts.append((_("Measured"), say(one.context.label)))
    if one.note:
        facts.append((_("Note") if one.by else _("You wrote"), one.note))
    if one.by:
        facts.append((_("Entered by"), one.by))
    return tuple(facts)


def _observation(one: Reading) -> fhir.Resource:
    measure = one.measure
    category = VITAL if measure.kind == VITAL else LABORATORY
    code = measure.code(one.context.key if one.context else None)
    values, unit, entered = _numbers(one)
    return fhir.given(
        resourceType="Observation",
        id=str(one.id),
        status=one.status.value,
        category=[fhir.concept("", fhir.coding(CATEGORIES, category))],
        code=fhir.concept(say(measure.label), fhir.coding(fhir.LOINC, code)),
        subject=fhir.patient(one.patient_id),
        effectiveDateTime=fhir.moment(one.taken_at, one.zone),
        performer=[fhir.named(one.by, "RelatedPerson")] if one.by else [],
        interpretation=fhir.texts([say(one.meaning.says)]),
        note=fhir.texts([entered, one.note]),
        **_values(measure, values, unit),
    )


def _numbers(one: Reading) -> tuple[Mapping[str, Decimal], str, str]:
    """The numbers with their unit, and a word on how they were entered where that differs.

    LOINC gives a concentration one code by mass and another by amount; ours are those by mass.
    """
    if one.measure.analyte is None or one.unit == one.measure.canonical:
        return one.values, one.unit, ""
    entered = _("Entered as %(value)s", value=say(one.spoken))
    return one.canonical, one.measure.canonical, entered


def _values(measure: Measure, values: Mapping[str, Decimal], unit: str) -> dict[str, Any]:
    label = measure.choice(unit).label
    if len(measure.components) == 1:
        return {"valueQuantity": _quantity(values[measure.components[0].key], unit, label)}
    return {
        "component": [
            {
                "code": fhir.concept(say(part.label), fhir.coding(fhir.LOINC, part.loinc)),
                "valueQuantity": _quantity(values[part.key], unit, label),
            }
            for part in measure.components
        ]
    }


def _quantity(value: Decimal, unit: str, label: str) -> fhir.Part:
    number = int(value) if value == value.to_integral_value() else float(value)
    return {"value": number, "unit": label, "system": fhir.UCUM, "code": unit}
