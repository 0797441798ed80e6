"""The forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField

from app.web.fields import Needed, PortalForm, Words, at_most


class SignInForm(PortalForm):
    """E-mail and password: the first of two steps."""

    email = Words(_l("E-mail"), [Needed(_l("Please enter your e-mail address.")), at_most(254)])
    password = PasswordField(
        _l("Password"), [Needed(_l("Please enter your password.")), at_most(128)]
    )
    next = HiddenField()


class CodeForm(PortalForm):
    """The six digits of the authenticator app."""

    code = Words(
        _l("Six-digit code"),
        [Needed(_l("Please enter the code that your authenticator app shows.")), at_most(20)],
    )
    next = HiddenField()


class RecoveryForm(PortalForm):
    """A recovery code in place of the authenticator."""

    recovery_code = Words(
        _l("Recovery code"),
        [Needed(_l("Please enter one of your recovery codes.")), at_most(80)],
    )
    next = HiddenField()


class PasskeyForm(PortalForm):
    """What a person calls a passkey."""

    name = Words(_l("Name"), [Needed(_l("Please give it a name.")), at_most(60)])


class EmptyForm(PortalForm):
    """A form with nothing but its button."""
