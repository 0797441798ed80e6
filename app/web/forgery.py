"""Requests that change something must come from our own pages.

Two locks: what the browser says about where a request comes from, and a token in every form.
"""

from __future__ import annotations

from flask import Flask, abort, current_app, flash, redirect, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug import Response

from app.kernel import once
from app.kernel.access import SAFE_METHODS, rule_for
from app.web import kept, tampering
from app.web.addresses import form_page
from app.web.i18n import gettext as _

protect = CSRFProtect()


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


def token_fits() -> Response | None:
    """Check the form's token; a stale one costs the person a click, never their words."""
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return None  # Where no page takes the request, routing says so itself.
    try:
        protect.protect()
    except CSRFError:
        tampering.ask_signature()
        fits = False
    else:
        fits = not _is_about_somebody_else()
    if not fits:
        if not kept.keep():
            flash(_("This page had been open for too long. Please try again."), "info")
        return redirect(form_page(), 303)
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
