"""Security headers, in one place, on every answer: pages, errors, redirects and static files."""

from __future__ import annotations

import secrets
from wsgiref.headers import Headers

from flask import Flask, Response, current_app, g

from app.kernel import actor as actors

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
UNUSED_FEATURES = ("geolocation", "payment", "usb", "display-capture")
SEALING_POLICY = "nearside-seal"
ONE_YEAR = 31_536_000


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
    if settings.origin.startswith("https://"):
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if actors.current() is not None or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def for_static(headers: Headers, _path: str, _url: str) -> None:
    """Headers of static files, which are served before the application is asked."""
    for name, value in ALWAYS.items():
        headers[name] = value


def install(app: Flask) -> None:
    """Add the headers to every answer of the application."""
    app.after_request(_add)
