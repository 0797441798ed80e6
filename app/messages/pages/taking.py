"""Messages, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel.actor import ROLE_LABELS, STAFF, Actor, Role
from app.messages import queries
from app.messages.queries import MessageView
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry, made_id, somebody


@RECORD.chapter("messages", _l("Your messages"), order=60)
def messages(actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """The whole conversation with the care team (FHIR Communication), the oldest first."""
    after, more = 0, True
    while more:
        stretch = queries.since(actor, patient.id, after)
        for one in stretch.messages:
            yield _message(one, patient)
        after, more = stretch.last, stretch.newer


def _message(one: MessageView, patient: PatientView) -> Entry:
    own, whole = fhir.patient(patient.id), f"{one.author}, {ROLE_LABELS[one.author_role]}"
    other = somebody(whole, one.author_role)
    resource = fhir.given(
        resourceType="Communication",
        id=made_id(patient.id, "message", one.id),
        status="completed",
        subject=own,
        recipient=[own] if one.author_role in STAFF else [],
        sender=own if one.author_role is Role.PATIENT else other,
        sent=fhir.moment(one.at, patient.zone),
        payload=[{"contentString": one.text}] if one.text else [],
    )
    return Entry(resource, whole, one.at, ((_("Wrote"), one.text),))
