"""Cookies that we never made count as nobody, are taken away and written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel import db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from tests.support.portal import COOKIE, ORIGIN, PASSWORD, Portal
from tests.web.shed import furnish, open_form, shown, written

SHELL, BROWSER = "__Host-shell", "__Host-browser"
GOOD = "A" * 43
FOREIGN = [
    "x",
    GOOD + "A",
    GOOD[1:],
    GOOD[1:] + "=",
    "a" * 4000,
    "%00" * 15,
    "'OR(1=1)--",
    "../../../etc/passwd",
    "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ.",
    "é" * 43,
]


def noted(portal: Portal) -> list[tuple[str, dict[str, str]]]:
    with portal.inside():
        asked = select(AuditEvent).where(AuditEvent.tag == "web.cookie_refused")
        return [(one.actor_role, one.detail) for one in db.session().scalars(asked)]


def send(portal: Portal, path: str, cookie: str, value: str) -> tuple[int, list[str]]:
    """Ask with exactly this cookie; answers the status and the names that were taken away."""
    client = portal.app.test_client(use_cookies=False)
    header = {"Cookie": f"{cookie}={value}".encode().decode("latin-1")}
    answer = client.get(path, base_url=ORIGIN, headers=header)
    given = answer.headers.getlist("Set-Cookie")
    return answer.status_code, [one.partition("=")[0] for one in given if "Max-Age=0" in one]


@pytest.mark.parametrize("value", FOREIGN)
def test_session_of_another_shape_is_nobody_and_is_written_down(portal: Portal, value: str) -> None:
    status, gone = send(portal, "/settings", COOKIE, value)
    assert (status, gone) == (400, [COOKIE])
    assert noted(portal) == [("nobody", {"cookie": COOKIE})]


def test_session_that_we_may_have_made_is_nobody_and_no_sign_of_anything(portal: Portal) -> None:
    assert send(portal, "/settings", COOKIE, GOOD) == (303, [])
    assert noted(portal) == []


def signed(app: Flask, words: dict[str, str]) -> str:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own
    return str(signer.dumps(words))


def test_signed_cookie_of_another_portal_or_changed_is_written_down(portal: Portal) -> None:
    good = signed(portal.app, {"csrf_token": "x"})
    key, portal.app.secret_key = portal.app.secret_key, "another portal's, just as long as ours"
    foreign = signed(portal.app, {"csrf_token": "x"})
    portal.app.secret_key = key
    words, _, signature = good.rpartition(".")
    changed = f"{words}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    for value in (foreign, changed, good.partition(".")[2], "x", "." * 50):
        status, gone = send(portal, "/sign-in", SHELL, value)
        assert status == 200, value
        assert SHELL not in gone, "the page gives a good one in its place"
    assert noted(portal) == [("nobody", {"cookie": SHELL})] * 5
    assert send(portal, "/sign-in", SHELL, good)[0] == 200
    assert len(noted(portal)) == 5


def test_signed_cookie_that_is_merely_old_is_no_sign_of_anything(portal: Portal) -> None:
    value = signed(portal.app, {"csrf_token": "x"})
    portal.app.permanent_session_lifetime = timedelta(seconds=-1)
    assert send(portal, "/sign-in", SHELL, value)[0] == 200
    assert noted(portal) == []


def test_person_with_a_spoilt_cookie_signs_in_all_the_same(portal: Portal) -> None:
    ana, visitor = portal.person(Role.PATIENT), portal.visit()
    for name in (COOKIE, SHELL, BROWSER):
        visitor.client.set_cookie(name, "spoilt", domain="nearside.test", secure=True)
    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    visitor.client.set_cookie(BROWSER, "spoilt", domain="nearside.test", secure=True)
    visitor.send("/sign-in/code", code=portal.code(ana))
    assert visitor.get("/settings").status_code == 200
    browser = visitor.client.get_cookie(BROWSER, domain="nearside.test")
    assert browser is None or browser.value != "spoilt"


def test_who_poses_as_signed_in_is_told_and_shown_the_way_in(portal: Portal) -> None:
    ana, visitor = portal.person(Role.PATIENT), portal.visit()
    visitor.client.set_cookie(COOKIE, "spoilt", domain="nearside.test", secure=True)
    answer = visitor.get("/settings")
    assert answer.status_code == 400
    assert "That did not come from us" in answer.text
    assert "Please sign in again" in answer.text
    assert 'href="/sign-in?next=/settings"' in answer.text
    assert visitor.client.get_cookie(COOKIE, domain="nearside.test") is None
    assert visitor.get("/settings").status_code == 303, "the next time they are merely nobody"
    visitor.client.set_cookie(COOKIE, "spoilt", domain="nearside.test", secure=True)
    assert visitor.get("/sign-in").status_code == 200
    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    assert visitor.send("/sign-in/code", code=portal.code(ana)).status_code == 303


def test_words_sent_under_a_spoilt_sign_in_wait_for_their_person(portal: Portal) -> None:
    ana = furnish(portal)
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "what I wanted to say"}
    visitor.client.set_cookie(COOKIE, "spoilt", domain="nearside.test", secure=True)
    answer = visitor.post("/shed", form)
    assert answer.status_code == 400
    assert 'href="/sign-in?next=/shed"' in answer.text
    assert written(portal) == 0
    assert shown(portal.visit(ana).get("/shed")) == "what I wanted to say"


def test_form_under_a_cookie_that_another_signed_is_refused_and_kept(portal: Portal) -> None:
    ana = furnish(portal)
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "what I wanted to say"}
    key, portal.app.secret_key = portal.app.secret_key, "another portal's, just as long as ours"
    foreign = signed(portal.app, {"csrf_token": "x"})
    portal.app.secret_key = key
    visitor.client.set_cookie(SHELL, foreign, domain="nearside.test", secure=True)
    answer = visitor.post("/shed", form)
    assert answer.status_code == 400
    assert "That did not come from us" in answer.text
    assert 'href="/shed"' in answer.text
    assert written(portal) == 0
    again = visitor.get("/shed")
    assert shown(again) == "what I wanted to say"
    assert visitor.post("/shed", visitor.filled("/shed")).status_code == 303
    assert written(portal) == 1


def test_nobody_is_told_that_their_words_are_kept(portal: Portal) -> None:
    visitor = portal.visit()
    visitor.get("/sign-in")
    form = {**visitor.filled("/sign-in"), "email": "ana@nearside.test", "password": PASSWORD}
    key, portal.app.secret_key = portal.app.secret_key, "another portal's, just as long as ours"
    foreign = signed(portal.app, {"csrf_token": "x"})
    portal.app.secret_key = key
    visitor.client.set_cookie(SHELL, foreign, domain="nearside.test", secure=True)
    answer = visitor.post("/sign-in", form)
    assert answer.status_code == 400
    assert "That did not come from us" in answer.text
    assert "please open the page again and fill it in once more" in answer.text
    assert "is kept" not in answer.text


def test_no_stranger_fills_the_record(portal: Portal) -> None:
    for _ in range(30):
        send(portal, "/settings", COOKIE, "x")
    assert len(noted(portal)) == 20
