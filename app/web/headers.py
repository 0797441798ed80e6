"""Security headers, in one place, on every answer: pages, errors, redirects and static files."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from wsgiref.headers import Headers

from flask import Flask, Response, current_app, g

from app.kernel import actor as actors
from app.kernel.settings import Settings
from app.web import reports

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
UNUSED_FEATURES = ("geolocation", "payment", "usb", "display-capture")
SEALING_POLICY = "nearside-seal"
# A file by itself: nothing runs in it, nothing is loaded by it, nobody frames it.
FILE_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


def csp_nonce() -> str:
    """The nonce for scripts of this answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def allow_camera() -> None:
    """Let this page, and no other, ask for camera and microphone, and run the call's worker."""
    g.allow_camera = True


def content_security_policy(origin: str, nonce: str, *, call: bool = False) -> str:
    """Start at 'none' and add only what first-party pages need.

    A page with a call seals its pictures in a worker of this origin. A worker's address is guarded
    like markup, so one policy, which knows that one address, may give it.
    """
    socket = origin.replace("http", "ws", 1)
    workers = ("worker-src 'self'",) if call else ()
    types = SEALING_POLICY if call else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob: mediastream:",
            f"connect-src 'self' {socket}",
            "font-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            f"report-uri {reports.PATH}",
            *workers,
            "require-trusted-types-for 'script'",
            f"trusted-types {types}",
        )
    )


def _permissions() -> str:
    devices = "(self)" if g.get("allow_camera") else "()"
    closed = [f"{feature}=()" for feature in UNUSED_FEATURES]
    return ", ".join([f"camera={devices}", f"microphone={devices}", *closed])


def _add(response: Response) -> Response:
    settings = current_app.extensions["settings"]
    response.headers.update(ALWAYS)
    response.headers["Content-Security-Policy"] = content_security_policy(
        settings.origin, csp_nonce(), call=g.get("allow_camera", False)
    )
    response.headers["Permissions-Policy"] = _permissions()
    response.headers.update(settings.strict_transport)
    if actors.current() is not None or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def of_files(settings: Settings) -> dict[str, str]:
    """Headers of what is answered before the application is asked: files, and reports."""
    return {**ALWAYS, **settings.strict_transport, "Content-Security-Policy": FILE_POLICY}


def for_static(settings: Settings) -> Callable[[Headers, str, str], None]:
    """What puts those headers on static files."""
    also = of_files(settings)

    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in also.items():
            headers[name] = value

    return add


def install(app: Flask) -> None:
    """Add the headers to every answer of the application."""
    app.after_request(_add)
