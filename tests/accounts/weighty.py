"""A page that weighs more than a signed-in browser left open, for tests of what it asks."""

from __future__ import annotations

from flask import flash, redirect, render_template_string
from sqlalchemy import func, select
from werkzeug import Response

from app.kernel import audit, db
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from app.kernel.room import Room
from app.web.fields import LongWords, PortalForm
from tests.support.portal import Portal, Someone

DONE = audit.tag("test.weighty", "thing")
PAGE = """
{% extends "layouts/base.html" %}
{% from "components/form.html" import form_open, form_close %}
{% from "components/field.html" import textarea %}
{% block title %}A weighty act{% endblock %}
{% block header %}<h1>A weighty act</h1>{% endblock %}
{% block main %}
{{ form_open("/weighty") }}{{ textarea(form.words) }}<button type="submit">Do it</button>
{{ form_close() }}
{% endblock %}
"""


class WeightyForm(PortalForm):
    """A few lines of words."""

    words = LongWords("Words")


def weighty() -> str | Response:
    """A page with one form, whose operation writes down one event."""
    form = WeightyForm()
    if form.validate_on_submit():
        with db.writing():
            audit.record(DONE, entity_id=None)
        flash("Done.", "good")
        return redirect("/weighty?done=1", 303)
    return render_template_string(PAGE, form=form)


def furnish(portal: Portal) -> Someone:
    """Add the page to a portal, and someone to use it."""
    room = Room("weighty", "tests.support.portal")
    access = signed_in(writes=True, fresh=True)
    room.page("/weighty", access=access, methods=("GET", "POST"))(weighty)
    portal.app.register_blueprint(room.blueprint)
    return portal.person(Role.PATIENT)


def done(portal: Portal) -> int:
    """How often the act has happened."""
    with portal.inside():
        where = AuditEvent.tag == DONE.name
        return db.session().scalar(select(func.count()).where(where)) or 0
