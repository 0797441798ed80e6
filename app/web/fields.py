"""Forms and fields: shape, kind words for errors, and the words a person typed before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask, Response, flash, g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from app.kernel import actor as actors
from app.kernel.access import SAFE_METHODS
from app.kernel.refusal import Refusal, Stale, TooMany
from app.web import kept
from app.web.i18n import gettext as _

NO_DAY = _l("Please enter a day, such as 24 November 2026.")
SHOWN, OVERTAKEN, NOT_SO, TOO_OFTEN = 200, 409, 422, 429
LONGEST_LINE = 200
LONGEST_TEXT = 5_000
# Controls, halves of letters, and what Unicode sets aside as no letter: no page may show them.
NO_LETTERS = (
    *range(0xFDD0, 0xFDF0),
    *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)),
)
CONTROLS = (*range(32), *range(127, 160))
UNSEEN = dict.fromkeys(
    code for code in (*CONTROLS, *range(0xD800, 0xE000), *NO_LETTERS) if code not in (9, 10, 13)
)


class PortalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of the portal. On GET it takes up what the person had typed before, once."""

    class Meta:
        """Tokens are checked before the page runs (web.forgery), with a kinder answer."""

        csrf = False

        def wrap_formdata(self, _form: object, formdata: Any) -> MultiDict[str, str] | None:
            """What was posted, or kept: a form field or none at all, never JSON or a file."""
            if formdata is _Auto:
                return posted() if request.method not in SAFE_METHODS else None
            return None if formdata is None else _shown(formdata)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if request.method == "GET" and "formdata" not in kwargs:
            words = kept.take(actors.current())
            if words is not None:
                kwargs["formdata"] = words
                flash(_("We kept what you typed. Please look it over and send it."), "info")
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was sent; the page's title then says whether something is wrong."""
        fine = bool(super().validate(extra_validators=extra_validators))
        g.form_refused = not fine
        return fine

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """The same for a form that was sent, whatever a form adds to its own `validate`."""
        fine = bool(super().validate_on_submit(extra_validators))
        g.form_refused = self.is_submitted() and not fine
        return fine

    def refuse(self, refusal: Refusal) -> None:
        """Show an operation's refusal beside the field it belongs to, or on the whole form."""
        g.form_refused, g.refusal = True, refusal
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(refusal.sentence)
        else:
            field.errors = [*field.errors, refusal.sentence]


def install(app: Flask) -> None:
    """Have the status of every page that shows a refused form say so."""
    app.after_request(_say_so)


def _say_so(response: Response) -> Response:
    """A form that is shown again was not acted upon: what reads the status must not take it so.

    Browsers show such a page like any other, and offer to save no password that was wrong.
    """
    shown_again = g.get("form_refused") and request.method not in SAFE_METHODS
    if not shown_again or response.status_code != SHOWN:
        return response
    refusal = g.get("refusal")
    response.status_code = OVERTAKEN if isinstance(refusal, Stale) else NOT_SO
    if isinstance(refusal, TooMany):
        response.status_code = TOO_OFTEN
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


class Words(StringField):
    """One line of text: trimmed, without control characters."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what came."""
        self.data = clean(valuelist[0]) if valuelist else None


class LongWords(TextAreaField):
    """Several lines of text: trimmed, without control characters but tabs and line ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what came."""
        self.data = clean(valuelist[0]) if valuelist else None


class Day(DateField):
    """A calendar day; nonsense gets a sentence with an example, `said`."""

    def __init__(self, label: Any, needed: Any = None, *, said: Any = NO_DAY, **more: Any) -> None:
        super().__init__(label, needed, **more)
        self._said = said

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; white space is no day either."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(self._said)) from None

    @property
    def given(self) -> date:
        """The day, once the form is valid."""
        if self.data is None:
            raise TypeError("a valid form has its day")
        found: date = self.data
        return found


def clean(text: str) -> str:
    """Text without nulls, control characters and lone surrogates, with plain line ends."""
    return text.replace("\r\n", "\n").translate(UNSEEN).strip()


class Needed(InputRequired):
    """The field must be filled; says what to do."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)


class Blank:
    """Refuse text that is only white space, which counts as given but says nothing."""

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, _form: object, field: Field) -> None:
        """Raise when nothing is left after trimming."""
        if not (field.data or "").strip():
            raise ValidationError(str(self.message))


def at_most(characters: int) -> Callable[[object, Field], None]:
    """A limit of length, said in a sentence beside the whole text.

    The browser is not told: its `maxlength` would cut what is pasted without a word.
    """

    def check(_form: object, field: Field) -> None:
        count = len(field.data or "")
        if count > characters:
            said = _(
                "Please use at most %(most)s characters. You wrote %(count)s.",
                most=characters,
                count=count,
            )
            raise ValidationError(said)

    return check


def posted() -> MultiDict[str, str]:
    """The posted fields, without what no page may show."""
    return _shown(request.form)


def _shown(given: MultiDict[str, str]) -> MultiDict[str, str]:
    # A password is never shown again, and must stay what it was.
    return MultiDict(
        (name, value if "password" in name else value.translate(UNSEEN))
        for name, value in given.items(multi=True)
    )
