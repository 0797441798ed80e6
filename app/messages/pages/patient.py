"""A patient's conversation with their care team."""

from __future__ import annotations

from flask import Response, abort, request
from flask_babel import lazy_gettext as _l
from werkzeug import Response as AnyResponse

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.messages import queries, room
from app.messages.pages.conversation import Place, converse, read_on
from app.web.navigation import entry

entry(
    Role.PATIENT,
    label=_l("Messages"),
    endpoint="messages.mine",
    icon="messages",
    order=40,
    count=queries.unread,
    carers=Power.MESSAGES,
)


@room.page(
    "/messages",
    access=signed_in(Role.PATIENT, writes=True, carers=Power.MESSAGES),
    methods=("GET", "POST"),
)
def mine() -> str | AnyResponse:
    """The patient's conversation, and the form to go on with it."""
    place = Place(_own(), "messages.mine", "messages.mine_since", {})
    return converse(place, "messages/mine.html")


@room.page(
    "/messages/since",
    access=signed_in(Role.PATIENT, writes=True, carers=Power.MESSAGES),
    goes_on=True,
)
def mine_since() -> Response:
    """What came after the last message on the open page, while it is of whom they look after."""
    patient = _own()
    # The next message of another conversation must neither be shown there nor count as read.
    if request.args.get("of", str(patient.id)) != str(patient.id):
        abort(409)
    return read_on(patient.id)


def _own() -> PatientView:
    return care.own(actors.required()) or abort(404)
