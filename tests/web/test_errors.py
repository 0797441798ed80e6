"""Errors say what happened and what to do, and lose nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.accounts import operations as accounts
from app.kernel import db
from app.kernel.access import anyone, signed_in
from app.kernel.actor import Role
from app.kernel.refusal import TooMany
from app.kernel.room import Room
from app.web.shell import LARGEST_FORM
from tests.support.inspection import words
from tests.support.portal import ORIGIN, Clinic, Portal, Someone
from tests.web.shed import furnish, open_form, shown, written

NUMBER = re.compile(r"quote ([0-9a-f]{12})\.")


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return furnish(portal)


def add_page(portal: Portal, view: object, *, open_to_all: bool = False) -> None:
    room = Room("broken", "tests.support.portal")
    access = anyone(reason="a test") if open_to_all else signed_in()
    view.__name__ = "broken"  # type: ignore[attr-defined]  # a function
    room.page("/broken", access=access)(view)  # type: ignore[type-var]  # a function
    portal.app.register_blueprint(room.blueprint)


def test_unknown_page_says_so_to_anyone(clinic: Clinic) -> None:
    for someone in (None, clinic.patient, clinic.administrator):
        visitor = clinic.portal.visit(someone)
        answer = visitor.get("/nowhere")
        assert answer.status_code == 404
        assert "We cannot find this page" in answer.text
        number = NUMBER.search(answer.text)
        assert number
        assert number[1] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "path",
    ["/people/1", "/people/x/sign-out", "/patients/00000000-0000-0000-0000-00000000000g", "/%00"],
)
def test_ids_of_another_shape_are_not_found(clinic: Clinic, path: str) -> None:
    assert clinic.portal.visit(clinic.administrator).get(path).status_code == 404


def test_method_that_a_page_does_not_know_is_refused(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    answer = visitor.client.delete("/settings", base_url=ORIGIN)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "DELETE" not in answer.headers["Allow"]


@pytest.mark.parametrize("host", ["evil.example", "nearside.test.evil.example", "nearside", "x@y"])
def test_wrong_host_is_refused(clinic: Clinic, host: str) -> None:
    visitor = clinic.portal.visit()
    for path in ("/sign-in", "/settings", "/nowhere"):
        answer = visitor.client.get(path, base_url=f"https://{host}", headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text


def test_form_that_is_too_large_is_refused_before_it_is_read(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "x" * (LARGEST_FORM + 1)}
    answer = visitor.post("/shed", form)
    assert answer.status_code == 413
    assert "That was too much at once" in answer.text
    assert written(portal) == 0


def test_form_that_is_too_large_after_the_session_ended_breaks_nothing(
    portal: Portal, ana: Someone
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "x" * (LARGEST_FORM + 1)}
    with portal.inside():
        accounts.end_every_session(ana.id)
    answer = visitor.post("/shed", form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/shed"


@pytest.mark.parametrize(
    ("fields", "status"), [({}, 303), ({"csrf_token": "\ud7ff"}, 400), ({"words": "\0"}, 303)]
)
def test_nonsense_in_a_form_breaks_nothing(
    portal: Portal, ana: Someone, fields: dict[str, str], status: int
) -> None:
    visitor = portal.visit(ana)
    assert visitor.post("/shed", {**open_form(visitor), **fields}).status_code == status


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ff", b"&&&===", b"%", b"csrf_token=%00"])
def test_body_that_is_no_text_breaks_nothing(portal: Portal, ana: Someone, body: bytes) -> None:
    visitor = portal.visit(ana)
    kind = "application/x-www-form-urlencoded"
    answer = visitor.client.post(
        "/shed",
        base_url=ORIGIN,
        data=body,
        content_type=kind,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain", "x"])
def test_body_of_another_kind_breaks_nothing(portal: Portal, ana: Someone, kind: str) -> None:
    visitor = portal.visit(ana)
    answer = visitor.client.post(
        "/shed",
        base_url=ORIGIN,
        data=b"[" * 100_000,
        content_type=kind,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("cookie", ["", "x", "é", "a" * 5000, '"', "%00", "x; y=z"])
def test_cookie_of_another_shape_is_nobody(portal: Portal, cookie: str) -> None:
    header = {"Cookie": f"__Host-session={cookie}; __Host-shell={cookie}"}
    client = portal.app.test_client(use_cookies=False)  # One with a jar sends no other header.
    answer = client.get("/settings", base_url=ORIGIN, headers=header)
    assert answer.status_code == (400 if cookie else 303)


def test_fault_in_a_page_shows_a_plain_page_with_a_number(clinic: Clinic) -> None:
    def broken() -> str:
        raise ValueError("secret detail of the fault")

    add_page(clinic.portal, broken)
    visitor = clinic.portal.visit(clinic.patient)
    answer = visitor.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert NUMBER.search(answer.text)
    assert clinic.patient.name in answer.text, "the page keeps its frame"


@pytest.mark.parametrize("fault", [RecursionError, OverflowError, UnicodeDecodeError, MemoryError])
def test_every_kind_of_fault_shows_the_same_page(portal: Portal, fault: type[Exception]) -> None:
    def broken() -> str:
        if fault is UnicodeDecodeError:
            return b"\xff".decode()
        raise fault

    add_page(portal, broken, open_to_all=True)
    answer = portal.visit().get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


def test_too_many_tries_says_how_long_to_wait(portal: Portal) -> None:
    def broken() -> str:
        raise TooMany("Please wait a while.", 42)

    add_page(portal, broken, open_to_all=True)
    answer = portal.visit().get("/broken")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "42"
    assert "Please wait a while." in answer.text


def test_busy_database_keeps_the_words_of_a_form(
    portal: Portal, ana: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "typed while busy"}
    real, calls = db.Database.write, []

    def busy_at_first(self: db.Database) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise db.Busy("the database is busy")
        return real(self)

    monkeypatch.setattr(db.Database, "write", busy_at_first)
    answer = visitor.post("/shed", form)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "What you typed is kept" in answer.text
    assert shown(visitor.get("/shed")) == "typed while busy"


def test_error_page_comes_even_without_a_database(clinic: Clinic, tmp_path: Path) -> None:
    portal = clinic.portal
    visitor = portal.visit(clinic.patient)
    database = portal.app.extensions["database"]
    engine, database.engine = database.engine, create_engine(f"sqlite:///{tmp_path}/no/such.db")
    try:
        for path in ("/", "/settings", "/nowhere"):
            answer = visitor.get(path)
            assert answer.status_code in {404, 503}, path
            assert NUMBER.search(answer.text)
            assert clinic.patient.name not in answer.text
        assert visitor.post("/sign-out", {"form_key": "x"}).status_code == 503
        assert portal.visit().get("/health").status_code == 503
    finally:
        database.engine = engine
    assert visitor.get("/").status_code == 200


def test_error_page_offers_a_way_on(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get("/nowhere")
    assert visitor.page is not None
    links = {one.get("href"): words(one) for one in visitor.page.iter("a")}
    assert links["/"]


def test_administrator_ends_the_sessions_of_a_person_and_not_others(clinic: Clinic) -> None:
    portal = clinic.portal
    ben = portal.person(Role.PATIENT)
    path = f"/people/{clinic.patient.id}/sign-out"
    answer = portal.visit(clinic.administrator).send(path)
    assert answer.status_code == 303
    assert portal.visit(clinic.patient).get("/").status_code == 303
    assert portal.visit(ben).get("/").status_code == 200
