"""What the questionnaire puts on a patient's first page and on their chart."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel.actor import Actor, Power, Role
from app.questionnaires import queries, rules
from app.questionnaires.pages.patient import go_on
from app.questionnaires.queries import Standing
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _

# What is done hangs above what is next.
FIRST, ORDER = 5, 20


@TODAY.offers(Role.PATIENT, carers=Power.ENTRIES)
def lifestyle_questions(actor: Actor) -> Iterator[Step]:
    """The patient's turn until the answers are sent; afterwards a way to look at them."""
    if mine := care.own(actor):
        yield _step(queries.standing(mine.id))


def _step(standing: Standing) -> Step:
    heading = _("Lifestyle questions")
    count = len(queries.form().parts)
    if standing.begun:
        done = rules.parts_done(queries.form(), standing.draft)
        text = _("%(done)s of %(count)s parts answered. Saved as you go.", done=done, count=count)
        return Step(heading, text, go_on(standing), _("Continue"), turn=True, order=ORDER)
    overview = url_for("questionnaires.overview")
    if standing.sent is None:
        text = _(
            "%(count)s short parts about your daily life. You can stop at any time.", count=count
        )
        return Step(heading, text, overview, _("Begin"), turn=True, order=ORDER)
    text = _("Your answers are with your care team.")
    sent_at = standing.sent.authored_at
    return Step(heading, text, overview, _("Look"), done=True, at=sent_at, order=FIRST)


@CHART.offers(Role.CLINICIAN, Role.COORDINATOR)
def latest_answers(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The latest answers, in short, for whoever reads the clinical record."""
    if not patient.clinical:
        return
    answered = queries.latest(patient.id)
    yield Card(
        "questionnaires/_chart.html", {"answered": answered, "patient": patient}, order=ORDER
    )
