"""The forms of a care team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from app.accounts.queries import Who
from app.kernel.actor import ROLE_LABELS
from app.web.fields import PortalForm
from app.web.i18n import gettext as _


class ColleagueForm(PortalForm):
    """Who joins."""

    colleague = SelectField(_l("Colleague"))

    def __init__(self, colleagues: list[Who], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.colleague.choices = [("", _("Please choose")), *map(_choice, colleagues)]

    def chosen(self) -> UUID | None:
        """Who was chosen, once the form is valid; None for nobody."""
        return UUID(self.colleague.data) if self.colleague.data else None


class StepForm(PortalForm):
    """A form with nothing but its button."""


def _choice(one: Who) -> tuple[str, str]:
    return str(one.id), f"{one.name}, {one.title or ROLE_LABELS[one.role]}"
