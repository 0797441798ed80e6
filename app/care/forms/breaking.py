"""The form that opens a record in an emergency."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.care.rules.breaking import REASON_MAX_CHARACTERS
from app.web.fields import Day, LongWords, Needed, PortalForm, Words, at_most

NO_BIRTH_DATE = _l("Please enter the date of birth, such as 31 January 1950.")


class EmergencyForm(PortalForm):
    """Whose record, and why."""

    name = Words(_l("Whole name of the patient"), [Needed(_l("Please enter the name."))])
    born = Day(_l("Date of birth"), [Needed(NO_BIRTH_DATE)], said=NO_BIRTH_DATE)
    reason = LongWords(
        _l("Why you need to see this record"),
        [Needed(_l("Please say why.")), at_most(REASON_MAX_CHARACTERS)],
    )
