"""Requests that change something must come from our own pages.

Two locks: what the browser says about where a request comes from, and a token in every form.
"""

from __future__ import annotations

from flask import Flask, abort, current_app, flash, redirect, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug import Response

from app.kernel.access import SAFE_METHODS
from app.web import kept
from app.web.addresses import form_page
from app.web.i18n import gettext as _

protect = CSRFProtect()


def came_from_us() -> None:
    """Refuse an unsafe request that the browser says was begun elsewhere."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site in {"same-origin", "none"}:
        return
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        return  # A browser that sends neither: the token decides.
    if origin != current_app.extensions["settings"].origin:
        abort(403)


def token_fits() -> Response | None:
    """Check the form's token; a stale one costs the person a click, never their words."""
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return None  # Where no page takes the request, routing says so itself.
    try:
        protect.protect()
    except CSRFError:
        if not kept.keep():
            flash(_("This page had been open for too long. Please try again."), "info")
        return redirect(form_page(), 303)
    return None


def install(app: Flask) -> None:
    """Set up the tokens; the order of the checks is written in web.shell."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # A long questionnaire must never run out.
    app.config["WTF_CSRF_SSL_STRICT"] = False  # Referrer-Policy is no-referrer; see came_from_us.
    protect.init_app(app)
