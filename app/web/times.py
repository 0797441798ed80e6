"""Times as people read them: in their own zone, with its name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from markupsafe import Markup, escape

from app.kernel import actor as actors
from app.web import i18n
from app.web.i18n import gettext as _

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
    return _formatted(local(moment).replace(tzinfo=None), "HH:mm", i18n.locale_name())


def day(value: date) -> str:
    """22 November 2026, on the reader's calendar."""
    there = local(value).date() if isinstance(value, datetime) else value
    return _formatted(there, "d MMMM yyyy", i18n.locale_name())


@lru_cache(maxsize=4096)
def _formatted(value: date, pattern: str, locale: str) -> str:
    """A day or, for a datetime, a time in this pattern; pages show the same ones over and over."""
    if isinstance(value, datetime):
        return format_time(value, pattern, locale=locale)
    return format_date(value, pattern, locale=locale)


def when(moment: datetime, zone: str | None = None) -> Markup:
    """A whole time with its zone, as a <time> element: the reader's, or that of someone else."""
    there = moment.astimezone(ZoneInfo(zone) if zone else reader_zone())
    name = i18n.locale_name()
    text = _(
        "%(clock)s, %(day)s, %(zone)s time",
        clock=_formatted(there.replace(tzinfo=None), "HH:mm", name),
        day=_formatted(there.date(), "EEEE d MMMM yyyy", name),
        zone=zone_label(str(there.tzinfo)),
    )
    machine = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(machine, escape(text))
