"""Requests that change something must come from our own pages.

Two locks: what the browser says about where a request comes from, and a token in every form.
"""

from __future__ import annotations

from flask import Flask, abort, current_app, request
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from app.kernel import once
from app.kernel.access import SAFE_METHODS, rule_for
from app.web import errors, kept, tampering
from app.web.addresses import form_page

protect = CSRFProtect()
STALE, DONE = 400, 409
OPEN_TOO_LONG = _l("This page had been open for too long")
AS_TYPED = _l(
    "Nothing was sent, and what you typed is kept. Please open the page again, look it over"
    " and send it."
)
NOT_SENT = _l("Nothing was sent. Please open the page again and fill it in once more.")
ONCE = _l("It was taken the first time, and counts once. Nothing was done again.")
OF_ANOTHER = _l("This page is about somebody else")
FOR_THEM = _l(
    "You opened it while you looked after another person, so nothing was sent. What you typed is"
    " kept for when you look after that person again."
)


def came_from_us() -> None:
    """Refuse an unsafe request unless the browser says that it was begun on one of our pages.

    Every browser that can hold a visit says so in one of two ways. Our own pages tell no site where
    they are (Referrer-Policy), and so the origin of their forms may read "null".
    """
    if request.method in SAFE_METHODS or request.routing_exception is not None or _is_our_own():
        return  # Where no page takes the request, routing says so itself.
    tampering.note_origin()
    abort(403)


def _is_our_own() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    settings = current_app.extensions["settings"]
    if site in {"same-origin", "none"}:
        return origin in {None, "null"} or origin.partition("://")[2] in settings.hosts
    return bool(origin == settings.origin) and site != "cross-site"


def token_fits() -> errors.Page | None:
    """Check the form's token; a stale one costs the person a click, never their words.

    The status says that nothing was done: what follows redirects by itself must not take it for
    a form that was accepted.
    """
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return None  # Where no page takes the request, routing says so itself.
    try:
        protect.protect()
    except CSRFError:
        tampering.ask_signature()
        # Signing in gives the browser another session, and with it another token.
        if once.was_sent():
            return errors.page(DONE, ONCE, form_page())
        words = AS_TYPED if kept.keep() else NOT_SENT
        return errors.page(STALE, words, form_page(), title=OPEN_TOO_LONG)
    if _is_about_somebody_else():
        words = FOR_THEM if kept.keep() else NOT_SENT
        return errors.page(DONE, words, form_page(), title=OF_ANOTHER)
    return None


def _is_about_somebody_else() -> bool:
    """Whether a carer's form about one patient would be sent while they look after another."""
    access = rule_for(current_app, request.endpoint or "")
    about_patient = access is not None and access.carers is not None
    return about_patient and once.is_for_somebody_else()


def install(app: Flask) -> None:
    """Set up the tokens; the order of the checks is written in web.shell."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # A long questionnaire must never run out.
    app.config["WTF_CSRF_SSL_STRICT"] = False  # Referrer-Policy is no-referrer; see came_from_us.
    protect.init_app(app)
