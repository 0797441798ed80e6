"""A patient reads who has seen their record, and asks about it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import abort, render_template, request, url_for
from werkzeug import Response

from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.records import operations, queries, room
from app.records.forms import AskForm
from app.records.pages import words
from app.records.pages.consent_words import DECISIONS, TEXTS
from app.records.queries import LookView
from app.web.asking import carried_out
from app.web.boards import TODAY, Card
from app.web.i18n import gettext as _


@room.page("/record/seen", access=signed_in(Role.PATIENT))
def seen() -> str:
    """Who, when, what and why, month by month; one's own looks are a single line."""
    found = queries.month(actors.required(), request.args.get("month", "")) or abort(404)
    return render_template(
        "records/seen.html",
        month=found,
        words=words,
        heading_of=words.month_name,
        texts=TEXTS,
        decisions=DECISIONS,
    )


@room.page(
    "/record/seen/<uuid:look>/ask",
    access=signed_in(Role.PATIENT, writes=True, look=queries.look),
    methods=("GET", "POST"),
)
def ask(look: LookView) -> str | Response:
    """Question one line; the privacy officer answers."""
    form, onward = AskForm(), _month_of(look)
    done = _("Your question is with the privacy officer. The answer appears here.")
    asked = carried_out(form, lambda: _ask(look, form), done, onward)
    return asked or render_template("records/ask.html", line=look.line, form=form, words=words)


def _ask(look: LookView, form: AskForm) -> None:
    operations.ask(look.patient_id, look.id, form.words.data or "")


def _month_of(look: LookView) -> str:
    return url_for("records.seen", month=f"{look.line.reader.day:%Y-%m}")


@TODAY.offers(Role.PATIENT)
def seen_by(_actor: Actor) -> Iterator[Card]:
    """The way to the page; it asks nothing of the database."""
    yield Card("records/_today.html", side=True, order=90)
