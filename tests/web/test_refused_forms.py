"""A form that is shown again was not acted upon, and the status of its page says so."""

from __future__ import annotations

import pytest
from flask import redirect, render_template_string
from werkzeug import Response

from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.refusal import Refusal, Stale, TooMany
from app.kernel.room import Room
from app.web.fields import LONGEST_LINE, PortalForm, Words, at_most
from tests.support.portal import PASSWORD, Portal, Someone, Visitor

PAGE = """
{% extends "layouts/base.html" %}
{% from "components/error_summary.html" import error_summary %}
{% from "components/field.html" import text %}
{% from "components/form.html" import form_open, form_close %}
{% block title %}A word{% endblock %}
{% block header %}<h1>A word</h1>{% endblock %}
{% block main %}
{{ error_summary(form) }}
{{ form_open("/desk") }}{{ text(form.said) }}<button type="submit">Send</button>{{ form_close() }}
{% endblock %}
"""
SENTENCE = "Not now, please."
REFUSALS = {
    "plain": Refusal(SENTENCE),
    "field": Refusal(SENTENCE, "said"),
    "stale": Stale(SENTENCE),
    "often": TooMany(SENTENCE, 42),
}


class WordForm(PortalForm):
    """One line."""

    said = Words("Said", [at_most(LONGEST_LINE)])


def desk() -> str | Response:
    """Takes every word but those that name a refusal."""
    form = WordForm()
    if form.validate_on_submit():
        refusal = REFUSALS.get(form.said.data or "")
        if refusal is None:
            return redirect("/desk?taken=1", 303)
        form.refuse(refusal)
    return render_template_string(PAGE, form=form)


@pytest.fixture
def ana(portal: Portal) -> Someone:
    room = Room("desk", "tests.support.portal")
    room.page("/desk", access=signed_in(writes=True), methods=("GET", "POST"))(desk)
    portal.app.register_blueprint(room.blueprint)
    return portal.person(Role.PATIENT)


def typed(visitor: Visitor) -> str:
    """What the form on the present page shows filled in."""
    return str(visitor.filled("/desk")["said"])


def test_what_was_typed_is_refused_with_a_status_and_kept(portal: Portal, ana: Someone) -> None:
    visitor, long = portal.visit(ana), "x" * (LONGEST_LINE + 1)
    answer = visitor.send("/desk", said=long)
    assert answer.status_code == 422
    assert "You wrote 201." in answer.text
    assert "<title>Error: " in answer.text
    assert typed(visitor) == long


@pytest.mark.parametrize(
    ("kind", "status", "wait"),
    [("plain", 422, None), ("field", 422, None), ("stale", 409, None), ("often", 429, "42")],
)
def test_what_the_operation_refuses_is_told_apart(
    portal: Portal, ana: Someone, kind: str, status: int, wait: str | None
) -> None:
    visitor = portal.visit(ana)
    answer = visitor.send("/desk", said=kind)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == wait
    assert SENTENCE in answer.text
    assert typed(visitor) == kind
    assert visitor.post("/desk", {**visitor.filled("/desk"), "said": "hello"}).status_code == 303


def test_page_that_only_shows_a_form_is_no_refusal(portal: Portal, ana: Someone) -> None:
    visitor = portal.visit(ana)
    assert visitor.get("/desk").status_code == 200
    visitor.send("/desk", said="plain")
    assert visitor.get("/desk").status_code == 200


def test_wrong_password_is_no_success_to_whatever_reads_the_status(portal: Portal) -> None:
    ana, visitor = portal.person(Role.PATIENT), portal.visit()
    for _ in range(10):
        answer = visitor.send("/sign-in", email=ana.email, password="not the right one")
        assert answer.status_code == 422
        assert "not the right one" not in answer.text
    assert visitor.filled("/sign-in")["email"] == ana.email
    answer = visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
