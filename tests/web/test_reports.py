"""Browsers say what the policy stopped; it is noted by its kind, never by what it says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import structlog
from structlog.testing import CapturingLogger
from werkzeug.test import TestResponse

from app.web import reports
from app.web.headers import ALWAYS
from app.web.reports import PolicyReports, directive_of
from tests.support.portal import ORIGIN, Portal

BLOCKED = {"csp-report": {"effective-directive": "script-src-elem", "blocked-uri": "canary"}}


def send(portal: Portal, body: object) -> TestResponse:
    """A report as a browser sends it: by itself, without a token."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return portal.app.test_client().post(
        reports.PATH, base_url=ORIGIN, data=text, content_type="application/csp-report"
    )


def noted(body: object, times: int = 1) -> list[Any]:
    """What is written into the log of this many reports."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    seen = CapturingLogger()
    place = PolicyReports(lambda _environ, _start: [b""], {}, structlog.wrap_logger(seen, []))
    environ = {"PATH_INFO": reports.PATH, "REQUEST_METHOD": "POST"}
    for _ in range(times):
        asked = {**environ, "CONTENT_LENGTH": str(len(text)), "wsgi.input": io.BytesIO(text)}
        place(asked, lambda _status, _headers: None)
    return [dict(call.kwargs) for call in seen.calls]


def test_every_page_names_the_place_for_reports(portal: Portal) -> None:
    policy = portal.visit().get("/sign-in").headers["Content-Security-Policy"]
    assert f"; report-uri {reports.PATH}; " in policy


def test_report_is_taken_without_a_token_and_answered_with_nothing(portal: Portal) -> None:
    answer = send(portal, BLOCKED)
    assert (answer.status_code, answer.text) == (204, "")
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["Cache-Control"] == "no-store"


def test_report_is_noted_by_its_directive_alone() -> None:
    assert noted(BLOCKED) == [{"event": "policy_report", "kind": "script-src-elem"}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 8_000,
        b"null",
        b'{"csp-report": 1}',
        b'{"csp-report": {"effective-directive": ["x"]}}',
        b'{"csp-report": {"effective-directive": "canary\\nforged"}}',
    ],
)
def test_nonsense_is_noted_as_other(portal: Portal, body: bytes) -> None:
    assert directive_of(body) == "other"
    assert send(portal, body).status_code == 204


def test_reports_without_end_are_noted_sixty_times() -> None:
    assert len(noted(BLOCKED, times=reports.MOST_IN_A_MINUTE + 20)) == 60


def test_what_is_no_report_is_refused(portal: Portal) -> None:
    client = portal.app.test_client()
    assert client.get(reports.PATH, base_url=ORIGIN).status_code == 405
    assert send(portal, b"x" * (reports.LARGEST_REPORT + 1)).status_code == 413
