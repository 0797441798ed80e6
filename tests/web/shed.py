"""A page with one form, for tests of what surrounds every form."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template_string
from sqlalchemy import func, select
from werkzeug import Response
from werkzeug.test import TestResponse

from app.kernel import audit, db
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from app.kernel.room import Room
from app.web.fields import PortalForm, Words
from tests.support.portal import Portal, Someone, Visitor

WRITTEN = audit.tag("test.written", "thing")
PAGE = """
{% extends "layouts/base.html" %}
{% from "components/form.html" import form_open, form_close %}
{% from "components/field.html" import text %}
{% block title %}A note{% endblock %}
{% block header %}<h1>A note</h1>{% endblock %}
{% block main %}
{{ form_open("/shed") }}{{ text(form.words) }}<button type="submit">Send</button>{{ form_close() }}
{% endblock %}
"""


class NoteForm(PortalForm):
    """One line of words, and a secret."""

    words = Words("Words")
    password = Words("Password")


def shed() -> str | Response:
    """A page with one form, whose operation writes one audit event."""
    form = NoteForm()
    if form.validate_on_submit():
        with db.writing():
            audit.record(WRITTEN, entity_id=None)
            if form.words.data == "refuse":
                raise Refusal("Not now, please.")
        flash("Sent.", "good")
        return redirect("/shed?sent=1", 303)
    return render_template_string(PAGE, form=form)


def furnish(portal: Portal) -> Someone:
    """Add the page to a portal, and someone to use it."""
    room = Room("shed", "tests.support.portal")
    room.page("/shed", access=signed_in(writes=True), methods=("GET", "POST"))(shed)
    portal.app.register_blueprint(room.blueprint)
    return portal.person(Role.PATIENT)


def written(portal: Portal) -> int:
    """How often the operation has happened."""
    with portal.inside():
        where = AuditEvent.tag == WRITTEN.name
        return db.session().scalar(select(func.count()).where(where)) or 0


def open_form(visitor: Visitor) -> dict[str, Any]:
    """Open the page; answers its form as shown."""
    visitor.get("/shed")
    return visitor.filled("/shed")


def shown(answer: TestResponse) -> str:
    """The words that the form shows filled in."""
    found = re.search(r'<input[^>]*name="words"[^>]*value="([^"]*)"', answer.text)
    assert found, answer.text
    return found[1]
