"""The privacy officer answers what patients ask about looks at their records."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug import Response

from app.care import queries as care
from app.care.operations import breaking as emergencies
from app.care.queries import breaking
from app.care.queries.breaking import Opening
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.records import operations, queries, room
from app.records.forms import AnswerForm, FindingForm
from app.records.pages import words
from app.records.queries import QuestionView
from app.web.asking import carried_out
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _
from app.web.navigation import entry

entry(
    Role.ADMINISTRATOR,
    label=_l("Privacy"),
    endpoint="records.questions",
    icon="questions",
    order=30,
    count=lambda actor: queries.open_count(actor) + breaking.review_count(actor),
    only=lambda actor: actor.officer,
)


@room.page("/privacy", access=signed_in(Role.ADMINISTRATOR, officer=True))
def questions() -> str:
    """The questions and the emergencies that wait, the oldest first."""
    actor = actors.required()
    openings = breaking.to_review(actor)
    names = care.by_ids({one.patient_id for one in openings})
    return render_template(
        "records/questions.html",
        questions=queries.open_questions(actor),
        openings=openings,
        patients=names,
    )


@room.page(
    "/privacy/<uuid:question>",
    access=signed_in(Role.ADMINISTRATOR, writes=True, officer=True, question=queries.question),
    methods=("GET", "POST"),
)
def answer(question: QuestionView) -> str | Response:
    """What the patient asks, about whom; and the form to answer."""
    form, onward = AnswerForm(), url_for("records.questions")
    done = _("The answer is sent. The patient reads it beside the line.")
    sent = carried_out(form, lambda: _answer(question, form), done, onward)
    shown = {"question": question, "form": form, "words": words}
    return sent or render_template("records/answer.html", **shown)


@room.page(
    "/privacy/openings/<uuid:opening>",
    access=signed_in(Role.ADMINISTRATOR, writes=True, officer=True, opening=breaking.opening),
    methods=("GET", "POST"),
)
def look_into(opening: Opening) -> str | Response:
    """Who opened whose record, when and why; and the form to say what was found out."""
    form, onward = FindingForm(), url_for("records.questions")
    done = _("Noted. The patient reads it on the page of their care team.")
    if noted := carried_out(form, lambda: _review(opening, form), done, onward):
        return noted
    patient = care.by_ids({opening.patient_id})[opening.patient_id]
    return render_template("records/opening.html", opening=opening, patient=patient, form=form)


def _review(opening: Opening, form: FindingForm) -> None:
    emergencies.review(actors.required(), opening.id, form.answer.data or "")


def _answer(question: QuestionView, form: AnswerForm) -> None:
    person = care.by_ids({question.patient_id})[question.patient_id].person_id
    operations.answer(actors.required(), question.id, person, form.answer.data or "")


@TODAY.offers(Role.ADMINISTRATOR)
def waiting(actor: Actor) -> Iterator[Step]:
    """Somebody waits for an answer."""
    if count := queries.open_count(actor):
        yield Step(
            str(
                ngettext("%(num)s question about privacy", "%(num)s questions about privacy", count)
            ),
            _("A patient asks who looked at their record, and why."),
            url_for("records.questions"),
            _("Read and answer"),
            turn=True,
            order=10,
        )


@TODAY.offers(Role.ADMINISTRATOR)
def emergencies_waiting(actor: Actor) -> Iterator[Step]:
    """A record was opened from outside its care team."""
    if count := breaking.review_count(actor):
        yield Step(
            str(
                ngettext(
                    "%(num)s record was opened in an emergency",
                    "%(num)s records were opened in an emergency",
                    count,
                )
            ),
            _("Somebody outside the care team opened it, and gave a reason."),
            url_for("records.questions"),
            _("Look into it"),
            turn=True,
            order=5,
        )
