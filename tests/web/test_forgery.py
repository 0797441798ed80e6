"""A request that changes something must come from our own pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kernel import db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from tests.support.portal import ORIGIN, Portal, Someone
from tests.web.shed import furnish, open_form, shown, written

EVIL = "https://evil.example"


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return furnish(portal)


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.nearside.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "", "Origin": EVIL},
        {"Sec-Fetch-Site": "", "Origin": "http://nearside.test"},
        {"Sec-Fetch-Site": "", "Origin": ORIGIN + ":8443"},
        {"Sec-Fetch-Site": "", "Origin": ORIGIN + ".evil.example"},
        {"Sec-Fetch-Site": "nonsense", "Origin": EVIL},
        {"Sec-Fetch-Site": "same-origin", "Origin": EVIL},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://[nearside.test"},
    ],
    ids=str,
)
def test_form_sent_from_elsewhere_changes_nothing_though_its_token_fits(
    portal: Portal, ana: Someone, said: dict[str, str]
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "forged"}
    answer = visitor.post("/shed", form, headers=said)
    assert answer.status_code == 403
    assert "That was not sent from here" in answer.text
    assert written(portal) == 0


@pytest.mark.parametrize("token", [None, "", "x", "IjEyMyI.fake.fake"])
def test_form_without_a_fitting_token_changes_nothing(
    portal: Portal, ana: Someone, token: str | None
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "forged", "csrf_token": token}
    answer = visitor.post("/shed", {k: v for k, v in form.items() if v is not None})
    assert answer.status_code == 400
    assert "This page had been open for too long" in answer.text
    assert written(portal) == 0


def test_browser_that_says_nothing_of_where_it_comes_from_is_refused(
    portal: Portal, ana: Someone
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "forged"}
    answer = visitor.client.post("/shed", base_url=ORIGIN, data=form)
    assert answer.status_code == 403
    assert written(portal) == 0


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN},
    ],
    ids=str,
)
def test_form_of_our_own_page_is_taken_however_the_browser_says_so(
    portal: Portal, ana: Someone, said: dict[str, str]
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "hello"}
    answer = visitor.client.post("/shed", base_url=ORIGIN, data=form, headers=said)
    assert answer.status_code == 303
    assert written(portal) == 1


def events(portal: Portal) -> list[tuple[str, str, dict[str, str]]]:
    """What was written down of forgeries: who, what, which."""
    with portal.inside():
        asked = select(AuditEvent).where(AuditEvent.tag.startswith("web."))
        rows = db.session().scalars(asked.order_by(AuditEvent.at))
        return [(one.actor_role, one.tag, one.detail) for one in rows]


def test_form_from_elsewhere_is_written_down_and_no_stranger_fills_the_record(
    portal: Portal, ana: Someone
) -> None:
    visitor = portal.visit(ana)
    said = {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}
    for _ in range(30):
        assert visitor.post("/shed", {}, headers=said).status_code == 403
    assert events(portal) == [("patient", "web.origin_refused", {"door": "shed.shed"})] * 20
    assert visitor.post("/nowhere", {}, headers=said).status_code == 404
    assert len(events(portal)) == 20


def test_token_of_another_person_does_not_fit(portal: Portal, ana: Someone) -> None:
    hers = open_form(portal.visit(ana))
    ben = portal.visit(portal.person(Role.PATIENT))
    his = open_form(ben)
    answer = ben.post("/shed", {**his, "csrf_token": hers["csrf_token"], "words": "forged"})
    assert answer.status_code == 400
    assert written(portal) == 0


def test_token_from_before_signing_in_does_not_fit_after_it(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit()
    visitor.get("/sign-in")
    before = visitor.filled("/sign-in")["csrf_token"]
    from tests.support.portal import PASSWORD

    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    visitor.send("/sign-in/code", code=portal.code(ana))
    form = {**open_form(visitor), "words": "hello", "csrf_token": before}
    assert visitor.post("/shed", form).status_code == 400
    assert written(portal) == 0


def test_page_open_for_too_long_costs_a_click_and_no_words(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "a long story", "csrf_token": "stale"}
    answer = visitor.post("/shed", form)
    assert answer.status_code == 400
    assert "what you typed is kept" in answer.text
    assert 'href="/shed"' in answer.text
    again = visitor.get("/shed")
    assert shown(again) == "a long story"
    assert "We kept what you typed" in again.text
    assert visitor.post("/shed", visitor.filled("/shed")).status_code == 303
    assert written(portal) == 1


def test_stale_sign_in_page_says_so_and_keeps_no_password(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit()
    visitor.get("/sign-in")
    fields = {**visitor.filled("/sign-in"), "email": ana.email, "password": "secret words"}
    answer = visitor.post("/sign-in", {**fields, "csrf_token": "stale"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert "fill it in once more" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert "secret words" not in answer.text + visitor.get("/sign-in").text


def test_reading_is_never_refused_for_where_it_came_from(portal: Portal, ana: Someone) -> None:
    said = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert portal.visit(ana).get("/", headers=said).status_code == 200
