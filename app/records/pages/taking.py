"""A patient takes a copy of their whole record with them, as one file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import abort, render_template
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.accounts.pages import cookie, stepping_up
from app.care import queries as care
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.records import operations, room
from app.records.pages import packing
from app.web.taking import RECORD

TAKE = signed_in(Role.PATIENT, writes=True, fresh=True, full_trust=True)
stepping_up.saves_file(
    "records.take_file",
    stepping_up.Saving(
        _l("Your record as a file"), "records.take", _l("Back to taking your record along")
    ),
)


@room.page("/record/take", access=signed_in(Role.PATIENT))
def take() -> str:
    """What is in the file, how to keep it safe, and the button."""
    actor = actors.required()
    limited = actor.limited_until if actor.is_limited(clock.now()) else None
    return render_template("records/take.html", chapters=RECORD.headings(), limited_until=limited)


@room.page("/record/take/file", access=TAKE, methods=("POST",))
def take_file() -> Response:
    """The file; nobody gets it before it is written down that it was taken."""
    actor = actors.required()
    patient = care.own(actor) or abort(404)
    operations.count_copy(actor)
    packed = packing.pack(actor, patient)
    operations.note_copy(actor, patient.id, cookie.device())
    answer = Response(packed, mimetype="application/zip")
    today = clock.now().astimezone(ZoneInfo(actor.zone)).date()
    name = f"nearside-record-{today.isoformat()}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
