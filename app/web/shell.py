"""The shell around every page: templates, static files, and the order of the checks."""

from __future__ import annotations

import time
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import structlog
from flask import Flask, Request, Response, g, get_flashed_messages, request
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from app.kernel import access, once
from app.kernel import actor as actors
from app.web import (
    addresses,
    errors,
    fields,
    forgery,
    headers,
    i18n,
    kept,
    navigation,
    plots,
    speech,
    tampering,
    times,
)
from app.web.reports import PolicyReports

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
STATIC_AGE = 600
# What a door says to whoever may not pass; a page that is not there refuses nobody.
REFUSALS = frozenset({403, 404})
# A year: what the file is called changes with what is in it.
FOR_GOOD = "max-age=31536000, public, immutable"
FOUND = ("200", "206", "304")
LARGEST_FORM = 512 * 1024
log = structlog.get_logger("web")


@lru_cache(maxsize=256)
def _fingerprint(path: str) -> str:
    return sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file, with its content's fingerprint."""
    return f"/static/{path}?v={_fingerprint(path)}"


class Files(WhiteNoise):  # type: ignore[misc]  # whitenoise ships no types
    """Static files. One that is asked for by its fingerprint never changes: it is kept for good.

    Any other is asked for again soon; a script that another script names has no fingerprint.
    """

    def serve(self, file: Any, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer with the file, and say how long it may be kept."""
        path = environ.get("PATH_INFO", "").removeprefix("/static/")
        if environ.get("QUERY_STRING") != f"v={_fingerprint(path)}":
            return super().serve(file, environ, start_response)

        def begin(status: str, given: list[tuple[str, str]]) -> Any:
            other = [one for one in given if one[0] != "Cache-Control"]
            kept = [("Cache-Control", FOR_GOOD)] if status.startswith(FOUND) else []
            return start_response(status, other + kept)

        return super().serve(file, environ, begin)


def notices() -> list[tuple[str, str]]:
    """What to tell the person at the top of the page: (kind, sentence)."""
    # With categories it answers pairs, which its type does not say.
    flashed: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]  # pairs
    return [(kind, str(text)) for kind, text in flashed]


def _open_request() -> None:
    g.request_id = uuid4().hex[:12]
    g.began = time.monotonic()


def _close_request(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "web.health":
        log.info(
            "request",
            request_id=g.get("request_id"),
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.get("began", time.monotonic())) * 1000),
        )
    if response.status_code in REFUSALS and request.endpoint is not None:
        _note_refusal(response)
    return response


def _note_refusal(response: Response) -> None:
    """Say who was refused at which door: an operator may see somebody trying one after another."""
    actor = actors.current()
    log.warning(
        "refused",
        request_id=g.get("request_id"),
        endpoint=request.endpoint,
        status=response.status_code,
        entity="person",
        entity_id=str(actor.person_id) if actor else None,
    )


def _templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    # Words for scripts are most of some pages.
    app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":")}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Every include copies the globals; from a plain mapping that is many times quicker than from
    # Jinja's chain, and ours are complete before the first template is read.
    app.jinja_env.make_globals = lambda own: {**app.jinja_env.globals, **(own or {})}  # type: ignore[assignment, method-assign]  # of this environment alone
    app.jinja_env.globals.update(
        static=static,
        csp_nonce=headers.csp_nonce,
        navigation=navigation.navigation,
        form_key=once.new_key,
        form_page=addresses.form_page,
        notices=notices,
        plot=plots.plot,
        role_labels=actors.ROLE_LABELS,
    )
    app.jinja_env.filters.update(
        when=times.when,
        day=times.day,
        clock=times.clock_time,
        zone_label=times.zone_label,
        initials=actors.initials,
        number=speech.show,
        say=speech.say,
    )
    app.context_processor(
        lambda: {
            "actor": actors.current(),
            "text_direction": i18n.text_direction(),
            "language": i18n.language(),
            "has_errors": g.get("form_refused", False),
        }
    )


class Whole(Request):
    """A request whose files stay in memory, as the rest of a form does, and never on the disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()  # No larger than LARGEST_FORM, which was asked before.


def install(app: Flask) -> None:
    """Dress the application; the order of `before_request` here is the order of the checks."""
    app.request_class = Whole
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM
    i18n.install(app)
    forgery.install(app)
    tampering.install(app)
    _templates(app)
    app.before_request(_open_request)
    app.before_request(tampering.note_cookies)
    app.before_request(forgery.came_from_us)
    app.before_request(access.guard)
    app.before_request(forgery.token_fits)
    app.after_request(_close_request)
    headers.install(app)
    fields.install(app)
    once.install(app)
    kept.install(app)
    errors.install(app)
    settings = app.extensions["settings"]
    app.wsgi_app = PolicyReports(  # type: ignore[method-assign]  # WSGI wraps itself
        app.wsgi_app, headers.of_files(settings)
    )
    app.wsgi_app = Files(  # type: ignore[method-assign]  # WSGI wraps itself
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=STATIC_AGE,
        # It is asked while the files are found.
        add_headers_function=headers.for_static(settings),
    )
