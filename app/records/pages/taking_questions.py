"""What a patient asked about looks at their record, for the copy that they take with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel.actor import Actor
from app.records import queries
from app.records.queries import QuestionView
from app.web.i18n import gettext as _
from app.web.taking import RECORD, Entry


@RECORD.chapter("questions", _l("Your questions about who has seen your record"), order=90)
def asked(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every question with its answer (FHIR Communication), the earliest first."""
    for one in queries.questions_of(patient.id):
        yield _entry(one, patient)


def _entry(one: QuestionView, patient: PatientView) -> Entry:
    name = one.who.name if one.who else _("Somebody who has left the clinic")
    words = one.words or _("You added no words of your own.")
    answer = one.answer if one.answered_at else _("The privacy officer has not answered yet.")
    own = fhir.patient(patient.id)
    resource = fhir.given(
        resourceType="Communication",
        id=str(one.id),
        status="completed",
        topic=fhir.concept(_("What %(name)s saw", name=name)),
        subject=own,
        sender=own,
        sent=fhir.moment(one.asked_at, patient.zone),
        payload=[{"contentString": words}],
        note=fhir.texts([answer]),
    )
    facts = ((_("You asked"), words), (_("The answer"), answer))
    return Entry(resource, _("What %(name)s saw", name=name), one.asked_at, facts)
