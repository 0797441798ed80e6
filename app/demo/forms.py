"""One form with every kind of field, for the style guide."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.fields import LongWords, Needed, PortalForm, Words, at_most

NEEDED = _l("Please fill this in.")


class EveryField(PortalForm):
    """A field of each kind that pages use."""

    full_name = Words(_l("Full name"), [Needed(NEEDED), at_most(120)])
    email = EmailField(_l("E-mail"), [Needed(NEEDED)])
    password = PasswordField(_l("Password"), [Needed(NEEDED)])
    about = LongWords(_l("What matters most to you?"), [Needed(NEEDED)])
    country = SelectField(_l("Country"), choices=[("pt", "Portugal"), ("hu", "Hungary")])
    contact = RadioField(
        _l("How may we reach you?"),
        [Needed(NEEDED)],
        choices=[("phone", _l("Phone")), ("message", _l("Message"))],
    )
    topics = SelectMultipleField(
        _l("What would you like to talk about?"),
        choices=[("sleep", _l("Sleep")), ("food", _l("Food"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    agree = BooleanField(_l("I have read this"))
    value = Words(_l("Glucose"), [Needed(NEEDED)])
    unit = SelectField(_l("Unit"), choices=[("mg/dL", "mg/dL"), ("mmol/L", "mmol/L")])
    date = DateField(_l("Day"), [Needed(NEEDED)])
    time = TimeField(_l("Time"), [Needed(NEEDED)])
