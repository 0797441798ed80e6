"""The forms of planning a visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField, SelectField, TimeField

from app.accounts.queries import Who
from app.appointments import rules
from app.appointments.operations import WORDS
from app.appointments.rules import Problem
from app.web.fields import NO_DAY, Day, Needed, PortalForm
from app.web.i18n import gettext as _
from app.web.times import zone_label

NO_CLOCK = _l("Please enter a time of day, such as 14:30.")


class Clock(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; nonsense gets a sentence with an example."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a time of day, such as 14:30.")) from None


class SlotForm(PortalForm):
    """When, on whose clock, and for how long."""

    day = Day(_l("Day"), [Needed(NO_DAY)])
    clock = Clock(_l("Time"), [Needed(NO_CLOCK)])
    zone = SelectField(_l("Whose clock is this?"))
    minutes = SelectField(_l("Length"), coerce=int, default=30)
    version = HiddenField()

    def __init__(self, zones: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone.choices = list(zones.items())
        self.minutes.choices = [
            (one, ngettext("%(num)s minute", "%(num)s minutes", one))
            for one in rules.LENGTHS_MINUTES
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask whether the clock shows this time once that day, and say where it does not."""
        if not super().validate(extra_validators):
            return False
        found = self.moment()
        if isinstance(found, Problem):
            self.clock.errors = [*self.clock.errors, WORDS[found]]
            return False
        return True

    def moment(self) -> datetime | Problem:
        """The instant that was asked for."""
        if self.day.data is None or self.clock.data is None:
            raise TypeError("a form without a time names no moment")
        return rules.moment_of(self.day.data, self.clock.data, self.zone.data)

    def starts_at(self) -> datetime:
        """The instant, once the form is valid."""
        found = self.moment()
        if isinstance(found, Problem):
            raise TypeError(found)
        return found


class BookForm(SlotForm):
    """A new visit."""

    clinician = SelectField(_l("With"))

    def __init__(self, zones: dict[str, str], clinicians: list[Who], **kwargs: Any) -> None:
        super().__init__(zones, **kwargs)
        self.clinician.choices = [(str(one.id), one.name) for one in clinicians]


class EndForm(PortalForm):
    """The button that calls a visit off, or notes that nobody came."""

    version = HiddenField()


def zones(mine: str, *others: tuple[str, str]) -> dict[str, str]:
    """The clocks to choose from: the reader's own first, then each other person's."""
    found = {mine: _("%(zone)s time (yours)", zone=zone_label(mine))}
    for name, zone in others:
        words = _("%(zone)s time (%(name)s)", zone=zone_label(zone), name=name)
        found.setdefault(zone, words)
    return found
