"""Who the patient is and who looks after them, for the record that they take with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.accounts.queries import Who, addressing
from app.care import queries
from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel import looks
from app.kernel.actor import ROLE_LABELS, Actor
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


def _called(one: Who) -> str:
    return f"{one.name}, {one.title or ROLE_LABELS[one.role]}"
