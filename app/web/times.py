"""Times as people read them: in their own zone, with its name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.kernel import actor as actors

ZONE_OF_NOBODY = "UTC"


def reader_zone() -> ZoneInfo:
    """The zone of the person reading; UTC when nobody is signed in."""
    actor = actors.current()
    return ZoneInfo(actor.zone if actor else ZONE_OF_NOBODY)


def zone_label(zone: str) -> str:
    """A zone's name as people say it: its city."""
    return zone.rpartition("/")[2].replace("_", " ")


def local(moment: datetime) -> datetime:
    """The same moment on the reader's clock."""
    return moment.astimezone(reader_zone())


def clock_time(moment: datetime) -> str:
    """14:30, on the reader's clock."""
    return str(format_time(local(moment), "HH:mm", locale=get_locale()))


def day(value: date) -> str:
    """22 November 2026, on the reader's calendar."""
    there = local(value).date() if isinstance(value, datetime) else value
    return str(format_date(there, "d MMMM yyyy"))


def when(moment: datetime) -> Markup:
    """A whole time with its zone, as a <time> element."""
    text = _(
        "%(clock)s, %(day)s, %(zone)s time",
        clock=clock_time(moment),
        day=format_date(local(moment).date(), "EEEE d MMMM yyyy"),
        zone=zone_label(str(reader_zone())),
    )
    machine = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(machine, escape(text))
