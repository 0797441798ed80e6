"""What passes between browser and portal on a walk through every page, as each role."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from app.kernel.actor import Role
from app.web.headers import ALWAYS, FILE_POLICY, SEALING_POLICY
from app.web.shell import FOR_GOOD, STATIC_AGE
from tests.journeys.crawling import CLOSED, NOWHERE, Exchange, Recording, walk
from tests.journeys.lived_in import Lived
from tests.journeys.looking import OWN_SCHEMES
from tests.journeys.test_every_page import none, pages
from tests.support.portal import COOKIE

HOST_COOKIE = re.compile(r"__Host-[a-z]+=[^;]*")
COOKIE_PARTS = ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
# The call, and the page on which a person tries their camera before it.
CHECK = "/visits/check"
CAMERA = re.compile(r"/visits/(check|[0-9a-f-]{36}(/guest)?)")
# A script of data is run by nobody.
SCRIPT = re.compile(r"<script\b(?![^>]*application/json)[^>]*>", re.IGNORECASE)
NONCE = re.compile(r'nonce="([^"]+)"')
IN_POLICY = re.compile(r"'nonce-([^']+)'")
# Code or style that stands in the markup itself, where no nonce can vouch for it.
INLINE = re.compile(
    r"<[a-z][^>]*\s(on[a-z]+|style)\s*=|javascript:|<style\b(?![^>]*nonce=)", re.IGNORECASE
)
AWAY = "/sign-in?"
SOON = f"max-age={STATIC_AGE}, public"
ADDRESS = re.compile(r'<(\w+)\b[^>]*?\s(?:src|href|action|poster|data|srcset)="([^"]*)"')


@pytest.fixture(
    scope="module", params=[*Role, None], ids=lambda one: one.value if one else "nobody"
)
def recording(request: pytest.FixtureRequest, lived: Lived, browser: Browser) -> Recording:
    """One walk for all the tests below."""
    return walk(lived, browser, request.param)


def policy(exchange: Exchange) -> dict[str, str]:
    parts = exchange.header("Content-Security-Policy").split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


def where(exchange: Exchange, what: object = "") -> str:
    return f"{exchange.status} {exchange.path} {what}"


def test_walk_went_everywhere(recording: Recording) -> None:
    expected = {door.endpoint for door, role, _first in pages() if role is recording.role}
    assert recording.visited == expected
    paths = {one.path: one.status for one in recording.answers}
    assert paths[NOWHERE] == 404
    # Nobody, and whoever has signed out, is led to the door; a guest has no settings at all.
    assert paths[CLOSED] == (404 if recording.role is Role.GUEST else 303)
    away = [where(one) for one in recording.answers if one.header("Location").startswith(AWAY)]
    assert len(away) == (0 if recording.role is Role.GUEST else 1), away
    assert len(recording.pages) > len(expected) / 2
    assert len(recording.files) > 10


def test_every_answer_keeps_to_itself(recording: Recording) -> None:
    none(
        [
            where(one, name)
            for one in recording.answers
            for name, value in ALWAYS.items()
            if one.header(name) != value
        ]
    )


def test_every_policy_starts_at_nothing(recording: Recording) -> None:
    found = []
    for one in recording.answers:
        said = one.header("Content-Security-Policy")
        parts = policy(one)
        closed = ("default-src", "base-uri", "frame-ancestors")
        if any(parts.get(name) != "'none'" for name in closed) or "unsafe" in said or "*" in said:
            found.append(where(one, said))
        if one.is_file and said != FILE_POLICY:
            found.append(where(one, said))
    none(found)


def test_every_page_has_a_nonce_of_its_own_and_no_other_script(recording: Recording) -> None:
    seen: list[str] = []
    found: list[str] = []
    for one in recording.pages:
        parts = policy(one)
        (nonce,) = IN_POLICY.findall(parts["script-src"])
        seen.append(nonce)
        assert parts["script-src"] == f"'nonce-{nonce}' 'strict-dynamic'"
        assert parts["require-trusted-types-for"] == "'script'"
        scripts = SCRIPT.findall(one.body)
        assert scripts, where(one)
        found += [where(one, tag) for tag in scripts if NONCE.findall(tag) != [nonce]]
        found += [where(one, inline[0]) for inline in INLINE.finditer(one.body)]
    none(found)
    assert len(set(seen)) == len(seen), "a nonce was given twice"


def test_camera_is_for_the_pages_of_a_call_alone(recording: Recording) -> None:
    found = []
    for one in recording.pages:
        features = one.header("Permissions-Policy")
        allowed = "camera=(self), microphone=(self)" in features
        if allowed and not CAMERA.fullmatch(one.path):
            found.append(where(one, features))
        if not allowed and "camera=(), microphone=()" not in features:
            found.append(where(one, features))
        if (policy(one)["trusted-types"] == SEALING_POLICY) != allowed:
            found.append(where(one, "trusted-types"))
    none(found)
    asks = {
        one.path for one in recording.pages if "camera=(self)" in one.header("Permissions-Policy")
    }
    assert (CHECK in asks) == (recording.role in {Role.PATIENT, Role.CLINICIAN})


def test_every_cookie_is_bound_to_the_host_and_kept_from_scripts(recording: Recording) -> None:
    given = [(one, cookie) for one in recording.answers for cookie in one.cookies]
    assert given, "nothing was given to look at"
    none(
        [
            where(one, cookie)
            for one, cookie in given
            if not HOST_COOKIE.match(cookie)
            or "Domain" in cookie
            or not set(COOKIE_PARTS) <= {part.strip() for part in cookie.split(";")}
        ]
    )
    assert recording.cookies
    for kept in recording.cookies:
        assert kept["httpOnly"], kept["name"]
        assert kept["secure"], kept["name"]
        assert kept["sameSite"] in {"Lax", "Strict"}, kept["name"]


def test_nobody_else_is_asked_for_anything(recording: Recording) -> None:
    own = (recording.own, recording.own.replace("http", "ws", 1), *OWN_SCHEMES)
    none([url for url in recording.asked if not url.startswith(own)])
    assert len(recording.asked) >= len(recording.answers)


def test_no_page_names_an_address_elsewhere(recording: Recording) -> None:
    """Nothing over plain http from a page that came over https, and nothing of other hosts."""
    found = []
    for one in recording.pages:
        for tag, address in ADDRESS.findall(one.body):
            parts = urlsplit(address)
            if tag == "a" and parts.scheme in {"https", "otpauth"}:
                continue  # A source, or an app, that a person may open; nothing is loaded from it.
            own = not parts.netloc or address.startswith(recording.own)
            if not own or parts.scheme not in {"", "http", "data", "tel", "mailto"}:
                found.append(where(one, address))
    none(found)


def test_what_is_personal_is_kept_nowhere_and_named_files_for_good(recording: Recording) -> None:
    found = []
    for one in recording.answers:
        kept = one.header("Cache-Control")
        expected = (FOR_GOOD if "?v=" in one.url else SOON) if one.is_file else "no-store"
        if kept != expected:
            found.append(where(one, kept))
    none(found)
    assert any("?v=" in one.url for one in recording.files)


def test_no_page_tells_where_a_person_came_from_or_who_they_are(recording: Recording) -> None:
    tokens = {one["value"] for one in recording.cookies if one["name"] == COOKIE}
    none([where(one, "Referer") for one in recording.exchanges if one.sent.get("referer")])
    none([url for url in recording.asked if any(token in url for token in tokens)])
    none([where(one, "token") for one in recording.pages for token in tokens if token in one.body])


def test_no_page_complains(recording: Recording) -> None:
    none(recording.heard)
