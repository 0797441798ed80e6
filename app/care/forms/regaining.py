"""How it was made sure who somebody is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from app.accounts.rules.regaining import CheckedBy
from app.web.fields import Needed, PortalForm

CHECKED = {
    CheckedBy.IN_PERSON: _l("They were here, with a passport or identity card"),
    CheckedBy.VIDEO: _l("By video, with a passport or identity card held to the camera"),
    CheckedBy.VOICE: _l("By telephone: I rang the number that we knew, and know their voice"),
}


class CheckForm(PortalForm):
    """One way of making sure."""

    way = RadioField(
        _l("How did you make sure that it is them?"),
        [Needed(_l("Please say how you made sure."))],
        choices=[SelectChoice(one.value, label) for one, label in CHECKED.items()],
    )
