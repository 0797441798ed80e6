"""The privacy officer answers what patients ask about looks at their records."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug import Response

from app.care import queries as care
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.records import operations, queries, room
from app.records.forms import AnswerForm
from app.records.pages import words
from app.records.queries import QuestionView
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _
from app.web.navigation import entry

entry(
    Role.ADMINISTRATOR,
    label=_l("Privacy"),
    endpoint="records.questions",
    icon="questions",
    order=30,
    count=queries.open_count,
)


@room.page("/privacy", access=signed_in(Role.ADMINISTRATOR))
def questions() -> str:
    """The questions that wait, the oldest first."""
    found = queries.open_questions(actors.required())
    return render_template("records/questions.html", questions=found)


@room.page(
    "/privacy/<uuid:question>",
    access=signed_in(Role.ADMINISTRATOR, writes=True, question=queries.question),
    methods=("GET", "POST"),
)
def answer(question: QuestionView) -> str | Response:
    """What the patient asks, about whom; and the form to answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            _answer(question, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("The answer is sent. The patient reads it beside the line."), "good")
            return redirect(url_for("records.questions"), 303)
    return render_template("records/answer.html", question=question, form=form, words=words)


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
