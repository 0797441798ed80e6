"""The forms of inviting somebody, and of coming by the link."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.queries import Who
from app.accounts.rules import EMAIL_SHAPE, PASSWORD_MAX_CHARACTERS, plain_code
from app.care.rules import Sex
from app.care.rules.invitations import LONGEST_EMAIL, LONGEST_NAME
from app.web.fields import Blank, Day, Needed, PortalForm, Words, at_most
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _

NO_NAME = _l("Please write the person's name.")
NO_EMAIL = _l("Please write the person's e-mail address.")
NO_BIRTHDAY = _l("Please enter a date of birth, such as 31 January 1950.")
NO_DIGITS = _l("Please write the six digits that you were told.")
NO_ZONE = _l("Please choose a time zone, such as Europe/Lisbon.")
LANGUAGE_WORDS = {"en": _l("English")}
SEX_WORDS = {
    Sex.FEMALE: _l("Female"),
    Sex.MALE: _l("Male"),
    Sex.UNKNOWN: _l("Not known, or neither"),
}


def six_digits(_form: object, field: Field) -> None:
    """Refuse what cannot be right, which costs no try."""
    if plain_code(field.data or "") is None:
        raise ValidationError(str(NO_DIGITS))


def an_address(_form: object, field: Field) -> None:
    """Refuse what cannot be an e-mail address."""
    if EMAIL_SHAPE.fullmatch(field.data or "") is None:
        raise ValidationError(_("Please write the whole e-mail address, such as ana@example.org."))


def a_zone(_form: object, field: Field) -> None:
    """Refuse what is no time zone."""
    if field.data not in available_timezones():
        raise ValidationError(str(NO_ZONE))


class InviteForm(PortalForm):
    """What must be known of somebody before they are a patient here."""

    name = Words(_l("Full name"), [Needed(NO_NAME), Blank(NO_NAME), at_most(LONGEST_NAME)])
    email = Words(_l("E-mail"), [Needed(NO_EMAIL), an_address, at_most(LONGEST_EMAIL)])
    born = Day(_l("Date of birth"), [Needed(NO_BIRTHDAY)], said=NO_BIRTHDAY)
    sex = RadioField(
        _l("Sex recorded at birth"),
        [Needed(_l("Please choose one."))],
        choices=[SelectChoice(one.value, said) for one, said in SEX_WORDS.items()],
    )
    clinicians = SelectMultipleField(
        _l("Clinicians who look after this patient"),
        [Needed(_l("Please choose at least one clinician."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    zone = Words(
        _l("Time zone where they live"),
        [Needed(NO_ZONE), a_zone],
        render_kw={"list": "zones"},
    )
    language = SelectField(_l("Language"))

    def __init__(self, clinicians: list[Who], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.clinicians.choices = [SelectChoice(str(one.id), one.name) for one in clinicians]
        self.language.choices = [
            SelectChoice(code, LANGUAGE_WORDS.get(code, code)) for code in LANGUAGES
        ]


def zones() -> list[str]:
    """The time zones that people live in, named after a continent and a city."""
    return sorted(one for one in available_timezones() if "/" in one and not one.startswith("Etc/"))


class BornForm(PortalForm):
    """The question of a link."""

    born = Day(_l("Your date of birth"), [Needed(NO_BIRTHDAY)], said=NO_BIRTHDAY)

    def given(self) -> date:
        """The answer, once the form is valid."""
        return self.born.given


class DigitsForm(PortalForm):
    """The question of a carer's link."""

    digits = Words(_l("The six digits"), [Needed(NO_DIGITS), six_digits])

    def given(self) -> str:
        """The answer, once the form is valid."""
        return plain_code(self.digits.data or "") or ""


class FirstPasswordForm(PortalForm):
    """A password that nobody else knows."""

    password = PasswordField(
        _l("New password"),
        [Needed(_l("Please choose a password.")), at_most(PASSWORD_MAX_CHARACTERS)],
    )


class SureForm(PortalForm):
    """Yes; there is nothing to fill in."""
