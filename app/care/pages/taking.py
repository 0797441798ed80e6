"""Who the patient is and who looks after them, for the record that they take with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.accounts.queries import Who, addressing
from app.care import queries
from app.care.forms.proxies import POWER_WORDS
from app.care.queries import PatientView, proxies
from app.clinical import fhir
from app.kernel import looks
from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.web import times
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry


@RECORD.chapter("patient", _l("You and your care team"), order=10)
def you(actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """The patient (FHIR Patient), with the people of the care team by name and role."""
    looks.note(patient.id, "patient")
    email, team = addressing.email_of(actor), [_called(one) for one in queries.team(patient.id)]
    yield Entry(
        fhir.given(
            resourceType="Patient",
            id=str(patient.id),
            active=True,
            name=[{"text": patient.name}],
            telecom=[{"system": "email", "value": email}],
            gender=patient.sex.value,
            birthDate=patient.birth_date.isoformat(),
            generalPractitioner=[fhir.named(one) for one in team],
        ),
        patient.name,
        facts=(
            (_("Born"), times.day(patient.birth_date)),
            (_("E-mail address"), email),
            (_("Your care team"), "; ".join(team) or _("Nobody at the moment")),
        ),
    )


@RECORD.chapter("carers", _l("Who may act for you"), order=25)
def carers(actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Those who may act for the patient, or will (FHIR RelatedPerson), the newest first."""
    for one in proxies.carers(actor):
        powers = [str(POWER_WORDS[power]) for power in one.powers]
        yield Entry(
            fhir.given(
                resourceType="RelatedPerson",
                id=str(one.id),
                active=one.standing is None,
                patient=fhir.patient(patient.id),
                relationship=fhir.texts([str(ROLE_LABELS[Role.CARER])]),
                name=[{"text": one.name}],
                telecom=[{"system": "email", "value": one.email}] if one.email else [],
                period={"end": one.last_day.isoformat()},
            ),
            one.name,
            facts=(
                (_("May do"), "\n".join(powers)),
                (_("Until the end of"), times.day(one.last_day)),
                *(((_("Not yet here"), _("Invited, but has not come.")),) if one.standing else ()),
            ),
        )


def _called(one: Who) -> str:
    return f"{one.name}, {one.title or ROLE_LABELS[one.role]}"
