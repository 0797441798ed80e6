"""What holds of every answer of the portal, whoever asked: headers, kinds, links, cookies."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote, urlsplit

import pytest

from app.kernel.actor import MEMBERS, Stage
from app.web.headers import ALWAYS
from tests.asvs.walking import Opened
from tests.doors.objects import Scene
from tests.doors.walk import doors
from tests.support.portal import COOKIE, ORIGIN, PASSWORD, Clinic, Portal

YEAR = "max-age=31536000; includeSubDomains"
UUID_PART = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# As long a run of letters and digits as no place or count is: a token.
TOKEN = re.compile(r"[A-Za-z0-9_-]{24,}")
VERSIONS = re.compile(
    r"(?:gunicorn|werkzeug|python|flask|jinja2?|sqlalchemy|aiohttp)/?\s?\d", re.IGNORECASE
)
LARGEST_COOKIE = 4096
STATIC = ("/static/img/icon.svg", "/static/css/base.css", "/static/js/live.js")


def test_every_answer_has_every_header(opened: list[Opened]) -> None:
    assert len(opened) > 100
    for one in opened:
        headers = one.answer.headers
        for name, value in ALWAYS.items():
            assert headers[name] == value, one
        assert headers["Strict-Transport-Security"] == YEAR, one
        assert "object-src 'none'" in headers["Content-Security-Policy"], one
        assert "base-uri 'none'" in headers["Content-Security-Policy"], one
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], one
        assert "Access-Control-Allow-Origin" not in headers, one


@pytest.mark.parametrize("path", STATIC)
def test_files_have_them_too(portal: Portal, path: str) -> None:
    answer = portal.visit().client.get(path, base_url=ORIGIN, buffered=True)
    assert answer.status_code == 200
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["Strict-Transport-Security"] == YEAR
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{part} 'none'" in policy
    assert answer.headers["Content-Type"].startswith(("text/", "image/svg+xml"))


def test_socket_that_is_refused_says_so_over_https_alone(portal: Portal) -> None:
    answer = portal.visit().client.get("/socket.io/", base_url=ORIGIN)
    assert answer.status_code == 403
    assert answer.headers["Strict-Transport-Security"] == YEAR
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_no_answer_to_a_person_is_kept_by_anybody(opened: list[Opened]) -> None:
    kept = [str(one) for one in opened if one.answer.headers["Cache-Control"] != "no-store"]
    assert kept == []


def test_every_answer_is_of_the_kind_it_says(opened: list[Opened]) -> None:
    for one in opened:
        kind, body = one.answer.headers.get("Content-Type", ""), one.answer.get_data()
        if not body:
            continue
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), one
            body.decode("utf-8")
        if kind.startswith("text/html"):
            assert body.lstrip().lower().startswith(b"<!doctype html>"), one
        elif kind == "application/json":
            json.loads(body)
        else:
            assert kind.startswith(("text/plain", "text/calendar", "video/", "application/")), one
            assert not body.lstrip().lower().startswith((b"<!doctype", b"<html")), one


def test_no_answer_is_a_script_that_another_site_could_load(opened: list[Opened]) -> None:
    assert not [str(one) for one in opened if "javascript" in one.answer.mimetype]


def test_a_callback_is_not_called(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    for name in ("callback", "jsonp", "cb"):
        answer = visitor.get("/messages/since", query_string={"after": "0", name: "steal"})
        assert answer.mimetype == "application/json"
        assert "steal" not in answer.text


def test_every_page_offers_to_sign_out(opened: list[Opened]) -> None:
    pages = [
        one
        for one in opened
        if one.is_page and one.role in MEMBERS and one.stage is Stage.FULL and signed_in(one)
    ]
    assert len(pages) > 80
    for one in pages:
        forms = [form for form in one.tree().iter("form") if form.get("action") == "/sign-out"]
        assert forms, one
        (button,) = list(forms[0].iter("button"))
        assert "".join(button.itertext()).strip() == "Sign out", one


def signed_in(one: Opened) -> bool:
    """Whether the page is of a person: the pages of signing in belong to nobody yet."""
    return not one.path.startswith(("/sign-in", "/health"))


def test_addresses_hold_ids_and_places_and_nothing_else(scene: Scene, opened: list[Opened]) -> None:
    names = {scene.mine.patient.name, scene.mine.patient.email, scene.mine.clinician.email}
    for one in opened:
        if not one.is_page:
            continue
        for element in one.tree().iter():
            for attribute in ("href", "src", "action"):
                address = urlsplit(element.get(attribute) or "")
                if address.scheme in {"tel", "data", "mailto"} or address.netloc:
                    continue
                asked = unquote(address.geturl())
                assert not any(name in asked for name in names), f"{one}: {asked}"
                assert "@" not in asked, f"{one}: {asked}"
                assert not TOKEN.search(UUID_PART.sub("", asked)), f"{one}: {asked}"


def test_no_form_puts_what_is_typed_into_an_address(opened: list[Opened]) -> None:
    for one in opened:
        for form in one.tree().iter("form") if one.is_page else ():
            typed = {"text", "email", "password", "tel", "search"}
            boxes = [box for box in form.iter("input") if box.get("type", "text") in typed]
            boxes += list(form.iter("textarea"))
            assert form.get("method") != "get" or not boxes, f"{one}: {form.attrib}"


def test_every_password_is_hidden_and_managers_may_fill_it(opened: list[Opened]) -> None:
    found = 0
    for one in opened:
        for box in one.tree().iter("input") if one.is_page else ():
            if "password" not in (box.get("name") or ""):
                continue
            found += 1
            assert box.get("type") == "password", one
            assert box.get("autocomplete") in {"current-password", "new-password"}, one
            assert box.get("maxlength") is None, "what is pasted would be cut"
            assert not [name for name in box.attrib if name.startswith("on")], one
    assert found


def test_no_answer_tells_a_version(opened: list[Opened]) -> None:
    for one in opened:
        assert VERSIONS.search(str(one.answer.headers)) is None, one
        if one.is_page:
            assert VERSIONS.search(one.answer.text) is None, one


def test_every_cookie_is_bound_hidden_and_small(portal: Portal, clinic: Clinic) -> None:
    visitor, someone = portal.visit(), clinic.patient
    answers = [
        visitor.get("/sign-in?next=/settings"),
        visitor.send("/sign-in", email=someone.email, password=PASSWORD),
        visitor.send("/sign-in/code", code=portal.code(someone)),
        visitor.get("/"),
        visitor.send("/sign-out", page="/settings"),
    ]
    cookies = [cookie for one in answers for cookie in one.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert {"__Host-session", "__Host-shell", "__Host-browser"} <= names
    for cookie in cookies:
        pair, *attributes = (part.strip() for part in cookie.split(";"))
        assert pair.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
        assert not [one for one in attributes if one.lower().startswith("domain")]
        assert len(pair) < LARGEST_COOKIE


def test_no_page_shows_the_session_that_it_belongs_to(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    token = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    assert token
    for path in ("/", "/settings", "/sessions"):
        answer = visitor.get(path)
        assert token.value not in answer.text, path
        assert token.value not in str(answer.headers), path


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "X"])
def test_methods_that_no_page_knows_are_refused(clinic: Clinic, method: str) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    for path in sorted({door.path for door in doors() if not door.names}):
        answer = visitor.client.open(path, method=method, base_url=ORIGIN)
        assert answer.status_code == 405, path
        assert method not in answer.headers["Allow"], path


def test_ids_in_addresses_are_uuids() -> None:
    assert UUID_PART.fullmatch("00000000-0000-4000-8000-000000000000")
    for door in doors():
        assert not re.search(r"<(?!uuid:)", door.path)
