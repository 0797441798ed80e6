"""What browsers say that the policy stopped: noted by its kind alone, and never too often.

It stands before the pages, because a browser sends such a report by itself: without a form, without
a token, and whoever it belongs to. Nothing of it is kept but the name of the directive.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

PATH = "/policy-reports"
LARGEST_REPORT = 8_192
# A page that is broken for everybody would otherwise fill the log.
MOST_IN_A_MINUTE = 60
MINUTE = 60.0
DIRECTIVES = frozenset(
    f"{kind}-src{part}"
    for kind in ("default", "script", "style", "img", "media", "connect", "font", "worker", "frame")
    for part in ("", "-elem", "-attr")
) | {"form-action", "base-uri", "frame-ancestors", "require-trusted-types-for", "trusted-types"}
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
log = structlog.get_logger("web")


class PolicyReports:
    """WSGI: takes the browsers' reports, and passes everything else on."""

    def __init__(self, inner: Wsgi, headers: Mapping[str, str], log: Any = log) -> None:
        self._inner = inner
        self._log = log
        self._headers = [*headers.items(), ("Content-Length", "0"), ("Cache-Control", "no-store")]
        self._lock = threading.Lock()
        self._began, self._count = 0.0, 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer 204 to any report, whatever it says; 405 and 413 to what is none."""
        if environ.get("PATH_INFO") != PATH:
            return self._inner(environ, start_response)
        status = self._take(environ)
        start_response(status, [*self._headers])
        return [b""]

    def _take(self, environ: dict[str, Any]) -> str:
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed"
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()) or int(length[:9]) > LARGEST_REPORT:
            return "413 Content Too Large"
        body = environ["wsgi.input"].read(int(length))
        if self._may_note():
            self._log.warning("policy_report", kind=directive_of(body))
        return "204 No Content"

    def _may_note(self) -> bool:
        with self._lock:
            moment = time.monotonic()
            if moment - self._began > MINUTE:
                self._began, self._count = moment, 0
            self._count += 1
            return self._count <= MOST_IN_A_MINUTE


def directive_of(body: bytes) -> str:
    """The directive that a report names; "other" where it names none that there is."""
    try:
        said = json.loads(body)["csp-report"]
        named = str(said.get("effective-directive") or said.get("violated-directive"))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return "other"
    first = named.partition(" ")[0]
    return first if first in DIRECTIVES else "other"
