"""Forms of a visit: finish it, delete a recording of it, have somebody else in it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from app.consults.rules.guests import LONGEST_NAME, GuestStep
from app.web.fields import Blank, Needed, PortalForm, Words, at_most


class FinishForm(PortalForm):
    """Yes; there is nothing to fill in."""


class DeleteForm(PortalForm):
    """Yes; there is nothing to fill in."""


class InviteForm(PortalForm):
    """Who is to be invited."""

    name = Words(
        _l("Their name"),
        [
            Needed(_l("Please write the name of the person whom you invite.")),
            Blank(_l("Please write the name of the person whom you invite.")),
            at_most(LONGEST_NAME),
        ],
    )


class AnswerForm(PortalForm):
    """Whether somebody may come."""

    answer = RadioField(
        _l("Your answer"),
        [Needed(_l("Please choose yes or no."))],
        choices=[
            SelectChoice(GuestStep.APPROVE.value, _l("Yes, they may join")),
            SelectChoice(GuestStep.REFUSE.value, _l("No, not this time")),
        ],
    )


class RemoveForm(PortalForm):
    """Yes; there is nothing to fill in."""


class ComeForm(PortalForm):
    """Yes, I come; there is nothing to fill in."""
