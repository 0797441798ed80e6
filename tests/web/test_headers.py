"""The headers on every answer: pages, errors, redirects and files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import render_template_string
from werkzeug.test import TestResponse

from app.kernel.access import signed_in
from app.kernel.room import Room
from app.web.headers import ALWAYS, allow_camera
from app.web.shell import FOR_GOOD, STATIC_AGE, static
from tests.support.portal import ORIGIN, Clinic, Portal

ROOT = Path(__file__).parents[2]
# The call, and the page where a person tries their camera before it.
CAMERA_PAGES = "app/consults/"


def answers(clinic: Clinic) -> dict[str, TestResponse]:
    portal = clinic.portal
    signed = portal.visit(clinic.patient)
    return {
        "page": signed.get("/"),
        "public page": portal.visit().get("/sign-in"),
        "not found": signed.get("/nowhere"),
        "redirect": portal.visit().get("/settings"),
        "refused": signed.post("/settings", {}),
        "forged": signed.post("/sign-out", {}, headers={"Sec-Fetch-Site": "cross-site"}),
        "health": portal.visit().get("/health"),
    }


def test_every_answer_carries_the_security_headers(clinic: Clinic) -> None:
    for kind, answer in answers(clinic).items():
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value, kind
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000"), kind
        assert answer.headers["Cache-Control"] == "no-store", kind
        assert "camera=()" in answer.headers["Permissions-Policy"], kind
        assert "microphone=()" in answer.headers["Permissions-Policy"], kind
        assert "geolocation=()" in answer.headers["Permissions-Policy"], kind
        assert re.fullmatch(r"[0-9a-f]{12}", answer.headers["X-Request-Id"]), kind


def test_content_policy_starts_at_nothing_and_allows_no_inline_code(clinic: Clinic) -> None:
    for kind, answer in answers(clinic).items():
        policy = answer.headers["Content-Security-Policy"]
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert parts["default-src"] == "'none'", kind
        assert parts["base-uri"] == parts["frame-ancestors"] == parts["object-src"] == "'none'"
        assert parts["form-action"] == "'self'"
        assert parts["require-trusted-types-for"] == "'script'"
        assert parts["connect-src"] == "'self' wss://nearside.test"
        assert "unsafe" not in policy
        assert "http:" not in policy
        assert "*" not in policy


def test_nonce_is_the_pages_own_and_new_each_time(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    seen = set()
    for _ in range(3):
        answer = visitor.get("/")
        (nonce,) = set(re.findall(r"script-src 'nonce-([^']+)'", str(answer.headers)))
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {nonce}
        seen.add(nonce)
    assert len(seen) == 3


def test_static_file_carries_the_headers_too(portal: Portal) -> None:
    answer = portal.visit().client.get("/static/img/icon.svg", base_url=ORIGIN, buffered=True)
    assert answer.status_code == 200
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value


def test_file_that_is_named_by_its_content_is_kept_for_good_and_no_other(portal: Portal) -> None:
    with portal.app.test_request_context("/", base_url=ORIGIN):
        named = static("img/icon.svg")
    client = portal.visit().client
    soon = f"max-age={STATIC_AGE}, public"
    for path, kept in ((named, FOR_GOOD), (f"{named}0", soon), ("/static/img/icon.svg", soon)):
        answer = client.get(path, base_url=ORIGIN, buffered=True)
        assert answer.headers["Cache-Control"] == kept, path
    unchanged = {"If-Modified-Since": answer.headers["Last-Modified"]}
    again = client.get(named, base_url=ORIGIN, headers=unchanged)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, FOR_GOOD)
    assert "Cache-Control" not in client.post(named, base_url=ORIGIN).headers


@pytest.mark.parametrize(
    "path",
    ["/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static/nothing.css", "/static/", "/static"],
)
def test_nothing_beside_static_files_is_served_as_one(portal: Portal, path: str) -> None:
    answer = portal.visit().client.get(path, base_url=ORIGIN)
    assert answer.status_code in {308, 404}
    assert "create_app" not in answer.text


def test_page_that_asks_for_the_camera_gets_it_and_the_next_does_not(clinic: Clinic) -> None:
    portal = clinic.portal
    room = Room("shed", "tests.support.portal")

    def look() -> str:
        allow_camera()
        return render_template_string(
            '{% extends "layouts/base.html" %}{% block title %}Call{% endblock %}'
            "{% block header %}<h1>Call</h1>{% endblock %}"
        )

    room.page("/shed", access=signed_in())(look)
    portal.app.register_blueprint(room.blueprint)
    visitor = portal.visit(clinic.patient)
    allowed, other = visitor.get("/shed").headers, visitor.get("/").headers
    assert "camera=(self), microphone=(self)" in allowed["Permissions-Policy"]
    assert "camera=(), microphone=()" in other["Permissions-Policy"]
    # The worker that seals the call, and the one policy that may name its address.
    assert "; worker-src 'self'; " in allowed["Content-Security-Policy"]
    assert allowed["Content-Security-Policy"].endswith("; trusted-types nearside-seal")
    assert "worker-src" not in other["Content-Security-Policy"]
    assert other["Content-Security-Policy"].endswith("; trusted-types 'none'")


def test_only_the_consult_pages_ask_for_the_camera() -> None:
    for path in ROOT.glob("app/**/*.py"):
        where = path.relative_to(ROOT).as_posix()
        asks = "allow_camera()" in path.read_text(encoding="utf-8")
        assert not asks or where.startswith(CAMERA_PAGES) or where == "app/web/headers.py", where


def test_cookies_are_bound_to_the_host_and_kept_from_scripts(clinic: Clinic) -> None:
    portal = clinic.portal
    answer = portal.visit().get("/sign-in")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie


def test_signing_out_clears_what_the_browser_stored(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    answer = visitor.send("/sign-out", page="/settings")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    gone = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-session")]
    assert gone
    assert "Max-Age=0" in gone[0]
