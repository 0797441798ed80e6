"""What the first page and the chart show of messages."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import looks
from app.kernel.actor import Actor, Power, Role
from app.messages import queries
from app.messages.queries import ConversationView
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _

MOST_STEPS = 5


def _count(unread: int) -> str:
    return str(ngettext("%(num)s new message", "%(num)s new messages", unread))


@TODAY.offers(Role.PATIENT, carers=Power.MESSAGES)
def for_patient(actor: Actor) -> Iterator[Step]:
    """What the care team wrote and the patient has not read."""
    mine = care.own(actor)
    unread, since = queries.waiting(actor, mine) if mine else (0, None)
    if unread:
        yield Step(
            heading=_("Your care team wrote to you"),
            text=_count(unread),
            href=url_for("messages.mine"),
            action=_("Read"),
            at=since,
            order=40,
        )


@TODAY.offers(Role.CLINICIAN, Role.COORDINATOR)
def for_staff(actor: Actor) -> Iterator[Step]:
    """Who has waited longest for an answer; then, quietly, what colleagues wrote."""
    shown = [one for one in queries.inbox(actor) if one.waiting_since or one.unread]
    for one in shown[:MOST_STEPS]:
        looks.note(one.patient.id, "list")
        yield _to_answer(one) if one.waiting_since else _to_read(one)


def _to_answer(one: ConversationView) -> Step:
    """Reading alone answers nobody: this stays until one of the care team has written."""
    return Step(
        heading=_("%(name)s is waiting for an answer", name=one.patient.name),
        text=_count(one.unread) if one.unread else _("You have read it. Nobody has answered yet."),
        href=url_for("messages.conversation", patient=one.patient.id),
        action=_("Read and answer"),
        turn=True,
        at=one.waiting_since,
        order=40,
    )


def _to_read(one: ConversationView) -> Step:
    return Step(
        heading=_("New in the conversation with %(name)s", name=one.patient.name),
        text=_count(one.unread),
        href=url_for("messages.conversation", patient=one.patient.id),
        action=_("Read"),
        at=one.last_at,
        order=40,
    )


@CHART.offers(Role.CLINICIAN, Role.COORDINATOR)
def on_chart(actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The way from a patient's chart to the conversation with them."""
    yield Card(
        "messages/_chart.html",
        {"conversation": queries.of_patient(actor, patient)},
        side=True,
        order=40,
    )
