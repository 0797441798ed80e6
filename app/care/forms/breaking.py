"""The form that opens a record in an emergency."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField

from app.care.rules.breaking import REASON_MAX_CHARACTERS
from app.web.fields import LongWords, Needed, PortalForm, Words, at_most
from app.web.i18n import gettext as _

NO_BIRTH_DATE = _l("Please enter the date of birth, such as 31 January 1950.")


class BirthDate(DateField):
    """A date of birth."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; nonsense gets a sentence with an example."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            said = _("Please enter the date of birth, such as 31 January 1950.")
            raise ValueError(said) from None


class EmergencyForm(PortalForm):
    """Whose record, and why."""

    name = Words(_l("Whole name of the patient"), [Needed(_l("Please enter the name."))])
    born = BirthDate(_l("Date of birth"), [Needed(NO_BIRTH_DATE)])
    reason = LongWords(
        _l("Why you need to see this record"),
        [Needed(_l("Please say why.")), at_most(REASON_MAX_CHARACTERS)],
    )

    def birth_date(self) -> date:
        """The date of birth, once the form is valid."""
        if self.born.data is None:
            raise TypeError("a form without a date of birth names nobody")
        found: date = self.born.data
        return found
