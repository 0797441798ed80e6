"""A form sent twice changes the world once, and nobody's words are lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.kernel import clock, db, once
from app.kernel.actor import Role
from app.kernel.models import FormKey
from tests.support.portal import Portal, Someone
from tests.web.shed import furnish, open_form, shown, written

CROWD = 50


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return furnish(portal)


def test_second_press_gets_the_first_answer(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "hello"}
    first, second = visitor.post("/shed", form), visitor.post("/shed", form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"] == "/shed?sent=1"
    assert written(portal) == 1


def test_fifty_presses_at_once_change_the_world_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    visitor = portal.visit(furnish(portal))
    form = {**open_form(visitor), "words": "hello"}
    cookies = [(one.key, one.value) for one in visitor.client._cookies.values()]

    def press(_number: int) -> int:
        copy = portal.visit()
        for name, value in cookies:
            copy.client.set_cookie(name, value, domain="nearside.test", secure=True)
        return copy.post("/shed", form).status_code

    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(press, range(CROWD)))
    assert said == [303] * CROWD
    assert written(portal) == 1


def test_two_showings_of_a_form_are_two_forms(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    for _ in range(2):
        visitor.post("/shed", {**open_form(visitor), "words": "hello"})
    assert written(portal) == 2


def test_same_form_with_other_words_is_refused_and_keeps_them(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    form = open_form(visitor)
    visitor.post("/shed", {**form, "words": "first"})
    answer = visitor.post("/shed", {**form, "words": "second, better words"})
    assert answer.status_code == 409
    assert written(portal) == 1
    assert 'href="/shed"' in answer.text
    assert shown(visitor.get("/shed")) == "second, better words"


def test_refused_form_may_be_sent_again(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "refuse"}
    assert visitor.post("/shed", form).status_code == 303
    assert written(portal) == 0
    assert visitor.post("/shed", {**form, "words": "better"}).status_code == 303
    assert written(portal) == 1


def test_key_of_one_person_does_not_spend_anothers(portal: Portal, ana: Someone) -> None:
    ben = portal.person(Role.PATIENT)
    hers, his = portal.visit(ana), portal.visit(ben)
    form = {**open_form(hers), "words": "hers"}
    hers.post("/shed", form)
    token = open_form(his)["csrf_token"]
    assert his.post("/shed", {**form, "csrf_token": token, "words": "his"}).status_code == 303
    assert written(portal) == 2


@pytest.mark.parametrize("key", ["", "x", "a.b.c", "é" * 200, "IjEi.fake", "\0"])
def test_key_that_we_never_made_spends_nothing(portal: Portal, ana: Someone, key: str) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "hello", "form_key": key}
    for _ in range(2):
        assert visitor.post("/shed", form).status_code == 303
    with portal.inside():
        assert db.session().scalars(select(FormKey)).all() == []


def test_keys_are_forgotten_after_a_week(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    visitor.post("/shed", {**open_form(visitor), "words": "hello"})
    with portal.inside():
        once.sweep()
        assert db.session().scalar(select(func.count()).select_from(FormKey)) == 1
        with clock.standing_at(clock.now() + timedelta(days=8)):
            once.sweep()
        db.session().rollback()
        assert db.session().scalar(select(func.count()).select_from(FormKey)) == 0
