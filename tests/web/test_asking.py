"""Pages that ask before they act: asked, carried out, or refused in words beside the form."""

from __future__ import annotations

import pytest
from flask import render_template_string, request
from werkzeug import Response

from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.refusal import Refusal, Stale, TooMany
from app.kernel.room import Room
from app.web.asking import carried_out
from app.web.fields import Needed, PortalForm, Words
from tests.support.portal import Portal, Someone
from tests.web.test_refused_forms import PAGE

DOOR = "/desk"
SAID, DONE, ONWARD = "Please say something.", "It is done.", "/desk?next=1"
REFUSALS = {
    "late": (Stale("Somebody was quicker."), 409),
    "often": (TooMany("Please wait.", 42), 429),
    "no": (Refusal("Not now, please."), 422),
    "field": (Refusal("That word is taken.", "said"), 422),
}


class AskedForm(PortalForm):
    """One word, without which nothing is done."""

    said = Words("Said", [Needed(SAID)])


@pytest.fixture
def acts(portal: Portal) -> list[str]:
    """What the page has done so far."""
    done: list[str] = []

    def act(word: str) -> None:
        if word in REFUSALS:
            raise REFUSALS[word][0]
        if word == "fault":
            raise ValueError(word)
        done.append(word)

    def desk() -> str | Response:
        form = AskedForm()
        answer = carried_out(form, lambda: act(request.form["said"]), DONE, ONWARD)
        return answer or render_template_string(PAGE, form=form)

    room = Room("desk", "tests.support.portal")
    room.page(DOOR, access=signed_in(writes=True), methods=("GET", "POST"))(desk)
    portal.app.register_blueprint(room.blueprint)
    return done


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return portal.person(Role.PATIENT)


def test_page_that_is_only_looked_at_does_nothing(
    portal: Portal, ana: Someone, acts: list[str]
) -> None:
    assert portal.visit(ana).get(DOOR).status_code == 200
    assert acts == []


def test_sent_form_acts_once_says_so_and_leads_on(
    portal: Portal, ana: Someone, acts: list[str]
) -> None:
    visitor = portal.visit(ana)
    answer = visitor.send(DOOR, said="go")
    assert (answer.status_code, answer.headers["Location"]) == (303, ONWARD)
    assert acts == ["go"]
    assert DONE in visitor.follow(answer).text
    assert DONE not in visitor.get(DOOR).text


def test_form_that_is_not_right_does_nothing_and_says_why(
    portal: Portal, ana: Someone, acts: list[str]
) -> None:
    answer = portal.visit(ana).send(DOOR, said="")
    assert answer.status_code == 422
    assert SAID in answer.text
    assert DONE not in answer.text
    assert acts == []


@pytest.mark.parametrize("word", REFUSALS)
def test_refusal_is_shown_on_the_form_with_what_was_typed(
    portal: Portal, ana: Someone, acts: list[str], word: str
) -> None:
    visitor = portal.visit(ana)
    answer = visitor.send(DOOR, said=word)
    refusal, status = REFUSALS[word]
    assert answer.status_code == status
    assert str(refusal.sentence) in answer.text
    assert f'value="{word}"' in answer.text
    assert acts == []
    assert DONE not in visitor.get(DOOR).text


def test_fault_is_no_refusal_and_is_not_called_done(
    portal: Portal, ana: Someone, acts: list[str]
) -> None:
    visitor = portal.visit(ana)
    assert visitor.send(DOOR, said="fault").status_code == 500
    assert DONE not in visitor.get(DOOR).text
    assert acts == []
