"""The staff's inbox, and a patient's conversation as their team sees it."""

from __future__ import annotations

from flask import Response, jsonify, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response as AnyResponse

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel import clock, looks
from app.kernel.access import signed_in
from app.kernel.actor import TEAM
from app.messages import queries, room
from app.messages.pages.conversation import (
    Place,
    answer_due,
    converse,
    looked_at,
    read_on,
)
from app.messages.queries import ConversationView
from app.web import times
from app.web.navigation import entry

OF_TEAM = signed_in(*TEAM, writes=True, patient=care.patient)

entry(
    *TEAM,
    label=_l("Messages"),
    endpoint="messages.inbox",
    icon="messages",
    order=40,
    count=queries.unread,
)


@room.page("/inbox", access=signed_in(*TEAM))
def inbox() -> str:
    """Every conversation of the person's patients, the longest unanswered first."""
    found = queries.inbox(actors.required())
    for one in found:
        looks.note(one.patient.id, "list")
    rows = [_row(one) for one in found]
    return render_template("messages/inbox.html", rows=rows)


@room.page("/inbox/since", access=signed_in(*TEAM), goes_on=True)
def inbox_since() -> Response:
    """The inbox as it stands now, for its open page."""
    actor = actors.required()
    rows = [_row(one) for one in queries.inbox(actor)]
    return jsonify(rows=rows, unread=queries.unread(actor))


@room.page("/patients/<uuid:patient>/messages", access=OF_TEAM, methods=("GET", "POST"))
def conversation(patient: PatientView) -> str | AnyResponse:
    """One patient's conversation, and the form to answer."""
    ids = {"patient": patient.id}
    place = Place(patient, "messages.conversation", "messages.conversation_since", ids)
    return converse(place, "messages/conversation.html")


@room.page("/patients/<uuid:patient>/messages/since", access=OF_TEAM, goes_on=True)
def conversation_since(patient: PatientView) -> Response:
    """What came after the last message on the open page."""
    return read_on(patient.id)


@room.page("/patients/<uuid:patient>/messages/read", access=signed_in(*TEAM, patient=care.reader))
def read_only(patient: PatientView) -> str:
    """One patient's conversation, for a clinician who may read it and not write."""
    return looked_at(patient)


def _row(one: ConversationView) -> dict[str, object]:
    due = answer_due(one.patient, one.waiting_since) if one.waiting_since else None
    return {
        "name": one.patient.name,
        "href": url_for("messages.conversation", patient=one.patient.id),
        "unread": one.unread,
        "waiting": times.when(one.waiting_since).striptags() if one.waiting_since else None,
        "due": times.when(due).striptags() if due else None,
        "late": due is not None and due < clock.now(),
        "last": times.when(one.last_at).striptags() if one.last_at else None,
    }
