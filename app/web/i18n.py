"""Languages: the person's own if we have it, otherwise what the browser asks for."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations

from app.kernel import actor as actors

LANGUAGES = ("en",)


def _language() -> str:
    if not has_request_context():
        return LANGUAGES[0]  # Commands speak to operators.
    actor = actors.current()
    if actor is not None and actor.language in LANGUAGES:
        return actor.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def text_direction() -> str:
    """Which way the page's text runs: ltr or rtl."""
    locale = get_locale()
    return str(locale.text_direction) if locale else "ltr"


def language() -> str:
    """The language of the page, for its lang attribute."""
    return locale_name().replace("_", "-")


def install(app: Flask) -> None:
    """Set up translation and number and date formats."""
    Babel(
        app,
        locale_selector=_language,
        default_timezone="UTC",
        default_translation_directories="translations",
    )
    app.jinja_env.install_gettext_callables(translated, _one_or_many, newstyle=True)  # type: ignore[attr-defined]  # of Jinja's i18n extension


def _sentences() -> Any:
    """The catalogue of this page's language; found once, because a page says a hundred things."""
    here = g._get_current_object()
    found = here.get("sentences")
    if found is None:
        found = here.sentences = get_translations()
    return found


def locale_name() -> str:
    """The reader's locale, found once a page as well: every date and number asks for it."""
    here = g._get_current_object()
    name: str | None = here.get("locale_name")
    if name is None:
        name = here.locale_name = str(get_locale() or LANGUAGES[0])
    return name


def translated(sentence: str) -> str:
    """The sentence in the reader's language."""
    return str(_sentences().ugettext(sentence))


def gettext(sentence: str, **values: object) -> str:
    """What `_` means in pages: as Flask-Babel's, but the catalogue is found once a page."""
    said = translated(sentence)
    return said % values if values else said


def _one_or_many(one: str, many: str, count: int) -> str:
    return str(_sentences().ungettext(one, many, count))
