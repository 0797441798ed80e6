"""The list of visits, calling one off, and a file for one's own calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response as AnyResponse

from app.appointments import operations, queries, room, rules
from app.appointments.forms import EndForm
from app.appointments.pages.shown import shown
from app.appointments.queries import AppointmentView
from app.appointments.rules import AppointmentState
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _
from app.web.navigation import entry

EVERYONE = (Role.PATIENT, Role.CLINICIAN, Role.COORDINATOR)
STAFF = (Role.CLINICIAN, Role.COORDINATOR)
STAMP = "%Y%m%dT%H%M%SZ"

entry(
    *EVERYONE,
    label=_l("Visits"),
    endpoint="appointments.visits",
    icon="visits",
    order=50,
    carers=Power.VISITS,
)


@room.page("/visits", access=signed_in(*EVERYONE, carers=Power.VISITS))
def visits() -> str:
    """What is ahead, the next first; then what was."""
    actor = actors.required()
    ahead = queries.upcoming(actor)
    before = [one for one in queries.visits(actor) if one not in ahead]
    return render_template(
        "appointments/visits.html",
        ahead=[shown(one, actor) for one in ahead],
        before=[shown(one, actor) for one in before],
    )


@room.page(
    "/visits/<uuid:appointment>/cancel",
    access=signed_in(*EVERYONE, writes=True, carers=Power.VISITS, appointment=queries.appointment),
    methods=("GET", "POST"),
)
def cancel(appointment: AppointmentView) -> str | AnyResponse:
    """Ask once more, then call the visit off."""
    done = _("The visit is cancelled. Everyone who was to come is told.")
    return _end(appointment, operations.cancel, "appointments/cancel.html", done)


@room.page(
    "/visits/<uuid:appointment>/missed",
    access=signed_in(*STAFF, writes=True, appointment=queries.of_staff),
    methods=("GET", "POST"),
)
def missed(appointment: AppointmentView) -> str | AnyResponse:
    """Ask once more, then note that the patient did not come."""
    done = _("Noted: the patient did not come.")
    return _end(appointment, operations.miss, "appointments/missed.html", done)


def _end(
    visit: AppointmentView, act: Callable[..., None], template: str, done: str
) -> str | AnyResponse:
    actor = actors.required()
    form = EndForm()
    if form.validate_on_submit():
        try:
            act(actor, visit.id, version=rules.version_of(form.version.data))
        except Refusal as refusal:
            form.refuse(refusal)
            visit = queries.appointment(actor, visit.id) or visit
        else:
            flash(done, "good")
            return redirect(url_for("appointments.visits"), 303)
    form.version.data = str(visit.version)
    return render_template(
        template, one=shown(visit, actor), form=form, has_errors=bool(form.errors)
    )


@room.page(
    "/visits/<uuid:appointment>/calendar",
    access=signed_in(*EVERYONE, carers=Power.VISITS, appointment=queries.appointment),
)
def calendar(appointment: AppointmentView) -> Response:
    """The visit as an iCalendar file. It names no person and no reason: calendars are shared."""
    answer = Response(_icalendar(appointment, clock.now()), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "attachment; filename=visit.ics"
    return answer


def _icalendar(visit: AppointmentView, moment: datetime) -> str:
    cancelled = visit.state is AppointmentState.CANCELLED
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nearside//Visits//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{visit.id}@nearside",
        f"SEQUENCE:{visit.version}",
        f"DTSTAMP:{moment.astimezone(UTC).strftime(STAMP)}",
        f"DTSTART:{visit.starts_at.strftime(STAMP)}",
        f"DTEND:{visit.ends_at.strftime(STAMP)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "SUMMARY:" + _("Video visit (Nearside)"),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in lines)
