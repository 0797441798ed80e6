"""An expired session never costs a half-filled form, and never shows it to anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import operations as accounts
from app.kernel import clock, db
from app.kernel.actor import Role
from app.web import kept
from app.web.models import KeptForm
from tests.support.portal import PASSWORD, Portal, Someone, Visitor
from tests.web.shed import furnish, open_form, shown, written

STORY = 'A long story & <b>its</b> "quotes", Ü'


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return furnish(portal)


def post_after_the_session_ended(portal: Portal, ana: Someone, words: str = STORY) -> Visitor:
    """Fill in the form, let the session end, send it."""
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": words, "password": "hunter2"}
    with portal.inside():
        accounts.end_every_session(ana.id)
    answer = visitor.post("/shed", form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/shed"
    assert "is kept for you" in visitor.follow(answer).text
    return visitor


def sign_in(portal: Portal, visitor: Visitor, someone: Someone) -> str:
    """Both steps, where the page at hand leads; answers where one arrives."""
    fields = {**visitor.filled("/sign-in"), "email": someone.email, "password": PASSWORD}
    visitor.follow(visitor.post("/sign-in", fields))
    fields = {**visitor.filled("/sign-in/code"), "code": portal.code(someone)}
    return visitor.post("/sign-in/code", fields).headers["Location"]


def kept_forms(portal: Portal) -> int:
    with portal.inside():
        return db.session().scalar(select(func.count()).select_from(KeptForm)) or 0


def test_words_are_back_after_signing_in_again(portal: Portal, ana: Someone) -> None:
    visitor = post_after_the_session_ended(portal, ana)
    assert written(portal) == 0
    assert sign_in(portal, visitor, ana) == "/shed"
    answer = visitor.get("/shed")
    assert visitor.filled("/shed")["words"] == STORY
    assert "We kept what you typed" in answer.text
    visitor.post("/shed", visitor.filled("/shed"))
    assert written(portal) == 1


def test_words_are_not_shown_to_another_person_on_that_browser(
    portal: Portal, ana: Someone
) -> None:
    ben = portal.person(Role.PATIENT)
    visitor = post_after_the_session_ended(portal, ana, "private words of Ana")
    assert sign_in(portal, visitor, ben) == "/shed"
    answer = visitor.get("/shed")
    assert "private words" not in answer.text
    assert shown(answer) == ""
    assert kept_forms(portal) == 1, "they still wait for their own person"


def test_words_wait_on_every_browser_of_their_person(portal: Portal, ana: Someone) -> None:
    post_after_the_session_ended(portal, ana, "from the phone")
    elsewhere = portal.visit()
    elsewhere.get("/sign-in?next=/shed")
    sign_in(portal, elsewhere, ana)
    assert shown(elsewhere.get("/shed")) == "from the phone"


def test_passwords_are_never_kept(portal: Portal, ana: Someone) -> None:
    visitor = post_after_the_session_ended(portal, ana)
    with portal.inside():
        row = db.session().scalars(select(KeptForm)).one()
        assert "hunter2" not in row.fields_json
        assert "csrf" not in row.fields_json
        assert STORY.encode() not in row.sealed_fields
    sign_in(portal, visitor, ana)
    assert "hunter2" not in visitor.get("/shed").text


def test_form_whose_key_we_did_not_sign_is_not_kept(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit()
    answer = visitor.post("/shed", {"words": "planted", "form_key": "made-up"})
    assert answer.headers["Location"] == "/sign-in?next=/shed"
    assert kept_forms(portal) == 0


def test_form_that_is_too_long_to_keep_is_let_go_without_trouble(
    portal: Portal, ana: Someone
) -> None:
    visitor = portal.visit(ana)
    form = {**open_form(visitor), "words": "x" * 300_000}
    with portal.inside():
        accounts.end_every_session(ana.id)
    assert visitor.post("/shed", form).status_code == 303
    assert kept_forms(portal) == 0


def test_newest_words_replace_older_ones(portal: Portal, ana: Someone) -> None:
    post_after_the_session_ended(portal, ana, "older")
    visitor = portal.visit()
    with portal.inside():
        token = fresh_session(ana)
    visitor.client.set_cookie("__Host-session", token, domain="nearside.test", secure=True)
    form = open_form(visitor)
    visitor.post("/shed", {**form, "words": "newer", "csrf_token": "stale"})
    assert shown(visitor.get("/shed")) == "newer"


def fresh_session(someone: Someone) -> str:
    from app.kernel.actor import Stage

    with db.writing():
        return accounts.open_session(someone.id, Stage.FULL)


def test_words_that_nobody_came_back_for_are_forgotten_after_a_day(
    portal: Portal, ana: Someone
) -> None:
    post_after_the_session_ended(portal, ana)
    with portal.inside():
        kept.sweep()
    assert kept_forms(portal) == 1
    with portal.inside(), clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        kept.sweep()
    assert kept_forms(portal) == 0


def test_looking_again_does_not_lose_the_words(portal: Portal, ana: Someone) -> None:
    visitor = post_after_the_session_ended(portal, ana, "kept until sent")
    sign_in(portal, visitor, ana)
    visitor.get("/shed")
    assert shown(visitor.get("/shed")) == "kept until sent"
    visitor.post("/shed", visitor.filled("/shed"))
    assert shown(visitor.get("/shed")) == ""
    assert kept_forms(portal) == 0
