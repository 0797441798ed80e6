"""Answers that were sent, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import Sentence, fhir, questionnaires
from app.kernel.actor import Actor
from app.questionnaires import queries
from app.questionnaires.queries import Answered
from app.questionnaires.rules import Given
from app.web.i18n import gettext as _
from app.web.speech import say
from app.web.taking import RECORD, Entry, made_id


@RECORD.chapter("answers", _l("Your answers"), order=50)
def answers(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """The questions (FHIR Questionnaire), each response as it was sent, and what it tells of.

    A draft that was not sent stays out: nobody but its writer has it yet.
    """
    sent = False
    for one in queries.every(patient.id):
        if not sent:
            yield Entry(questionnaires.lifestyle_file())
            sent = True
        yield _response(one)
        yield from _observations(one)


def _response(one: Answered) -> Entry:
    there = one.authored_at.astimezone(ZoneInfo(one.zone))
    subject = fhir.patient(one.patient_id)
    resource = queries.form().to_response(one.answers, there)
    source = fhir.named(one.by, "RelatedPerson") if one.by else subject
    own = {"id": str(one.id), "status": one.status.value, "subject": subject, "source": source}
    sent_by = ((_("Sent by"), one.by),) if one.by else ()
    given_answers = tuple(
        (say(given.question), said)
        for part in one.parts
        for given in part.given
        if (said := _said(given))
    )
    facts = (*sent_by, *given_answers)
    return Entry({**resource, **own}, say(queries.form().title), one.authored_at, facts)


def _observations(one: Answered) -> Iterator[Entry]:
    """What the questionnaire marks as worth a code of its own, such as the height."""
    there = one.authored_at.astimezone(ZoneInfo(one.zone))
    for resource in queries.form().observations(one.answers, there):
        own = {
            "id": made_id(one.id, resource["code"]["coding"][0]["code"]),
            "subject": fhir.patient(one.patient_id),
            "derivedFrom": [{"reference": fhir.urn(one.id), "type": "QuestionnaireResponse"}],
        }
        yield Entry({**resource, **own})


def _said(given: Given) -> str:
    if given.answer is None:
        return ""
    if isinstance(given.answer, bool):
        return _("Yes") if given.answer else _("No")
    words = say(given.answer) if isinstance(given.answer, Sentence) else given.answer
    return f"{words} {say(given.unit)}" if given.unit else words
