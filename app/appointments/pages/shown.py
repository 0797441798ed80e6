"""A visit as its reader sees it: in their own time, and in the others' where clocks differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask import current_app, url_for
from flask_babel import format_date, get_locale
from flask_babel import lazy_gettext as _l

from app.appointments import rules
from app.appointments.queries import AppointmentView
from app.appointments.rules import AppointmentState, Step
from app.kernel import clock, looks
from app.kernel.actor import HOLDERS, Actor
from app.web.i18n import gettext as _
from app.web.times import local, zone_label

# The room of the call lies above this one, so its page is known by name alone.
WAITING_ROOM = "consults.waiting_room"
STATE_WORDS = {
    AppointmentState.BOOKED: _l("Booked"),
    AppointmentState.FULFILLED: _l("Took place"),
    AppointmentState.CANCELLED: _l("Cancelled"),
    AppointmentState.NOSHOW: _l("The patient did not come"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit for one reader."""

    visit: AppointmentView
    who: str
    elsewhere: list[str]
    state: object
    steps: list[str]
    room: str | None
    today: bool


def shown(visit: AppointmentView, actor: Actor) -> Shown:
    """Prepare a visit for this reader."""
    looks.note(visit.patient_id, "appointment")
    meets = actor.person_id in {visit.patient_person_id, visit.clinician_id}
    here = local(visit.starts_at).date() == local(clock.now()).date()
    return Shown(
        visit=visit,
        who=_who(visit, actor),
        elsewhere=elsewhere(visit.starts_at, actor.zone, visit.patient_zone, visit.clinician_zone),
        state=STATE_WORDS[visit.state],
        steps=[one.value for one in visit.steps_for(actor) if one is not Step.FULFIL],
        room=room_url(visit) if meets and visit.state is AppointmentState.BOOKED else None,
        today=here,
    )


def room_url(visit: AppointmentView) -> str | None:
    """The waiting room of a visit, where the portal has one."""
    if WAITING_ROOM not in current_app.view_functions:
        return None
    return url_for(WAITING_ROOM, appointment=visit.id)


def elsewhere(moment: datetime, mine: str, *zones: str) -> list[str]:
    """What clocks show in the other people's zones, where that differs from the reader's."""
    found = {}
    for zone in zones:
        if rules.clocks_differ(moment, mine, zone):
            found[zone] = _clock_there(moment, mine, zone)
    return list(found.values())


def _clock_there(moment: datetime, mine: str, zone: str) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    text = str(format_time(there, "HH:mm", locale=get_locale()))
    if there.date() == moment.astimezone(ZoneInfo(mine)).date():
        return str(_("In %(zone)s that is %(clock)s.", zone=zone_label(zone), clock=text))
    day = format_date(there.date(), "EEEE d MMMM")
    return str(
        _(
            "In %(zone)s that is %(clock)s on %(day)s.",
            zone=zone_label(zone),
            clock=text,
            day=day,
        )
    )


def _who(visit: AppointmentView, actor: Actor) -> str:
    if actor.role in HOLDERS:
        return visit.clinician_name
    if actor.person_id == visit.clinician_id:
        return visit.patient_name
    return str(
        _(
            "%(patient)s and %(clinician)s",
            patient=visit.patient_name,
            clinician=visit.clinician_name,
        )
    )
