"""The forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField

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


class LostForm(PortalForm):
    """The address of somebody who has lost everything."""

    email = Words(_l("E-mail"), [Needed(_l("Please enter your e-mail address.")), at_most(254)])


class RegainForm(PortalForm):
    """What begins an account anew: the code that was said, and a password."""

    code = Words(
        _l("The eight digits that your clinic told you"),
        [Needed(_l("Please enter the eight digits.")), at_most(40)],
    )
    password = PasswordField(
        _l("New password"), [Needed(_l("Please choose a password.")), at_most(128)]
    )


class OwnPasswordForm(PortalForm):
    """A password of one's own, in place of one that somebody else knows."""

    next = HiddenField()
    password = PasswordField(
        _l("New password"), [Needed(_l("Please choose a password.")), at_most(128)]
    )


class EmailForm(PortalForm):
    """Another address."""

    email = Words(_l("New e-mail address"), [Needed(_l("Please enter the address.")), at_most(254)])


class PasswordForm(PortalForm):
    """Another password."""

    password = PasswordField(
        _l("Your present password"),
        [Needed(_l("Please enter your present password.")), at_most(128)],
    )
    new_password = PasswordField(
        _l("New password"), [Needed(_l("Please choose a password.")), at_most(128)]
    )
    everywhere = BooleanField(_l("Sign me out on every other device"), default=True)


class EmptyForm(PortalForm):
    """A form with nothing but its button."""
