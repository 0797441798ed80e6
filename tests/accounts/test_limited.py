"""For seven days after a return without any factor, weighty things wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import render_template_string
from flask_socketio import SocketIOTestClient
from sqlalchemy import update

from app.accounts.models import Person
from app.accounts.rules.regaining import LIMITED_FOR
from app.kernel import access, clock, db
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.kernel.room import Room
from tests.support.portal import COOKIE, Portal, Someone
from tests.support.returning import signed_in_again

PAGE = """
{% extends "layouts/base.html" %}
{% block title %}Out{% endblock %}
{% block header %}<h1>Out</h1>{% endblock %}
"""


@dataclass(frozen=True)
class Nothing:
    """An event without fields."""


def takes_out() -> str:
    """A page of the kind that waits."""
    return render_template_string(PAGE)


@pytest.fixture
def ana(portal: Portal) -> Someone:
    """Somebody who has just come back, and a page of that kind."""
    room = Room("taking", __name__)
    room.page("/taking", access=signed_in(full_trust=True))(takes_out)
    portal.app.register_blueprint(room.blueprint)
    someone = portal.person(Role.PATIENT)
    limit(portal, someone, LIMITED_FOR)
    return someone


def limit(portal: Portal, someone: Someone, left: timedelta) -> None:
    with portal.inside(), db.writing() as session:
        until = clock.now() + left
        session.execute(update(Person).where(Person.id == someone.id).values(limited_until=until))


def test_page_that_takes_data_out_waits_and_says_until_when_and_why(
    portal: Portal, ana: Someone
) -> None:
    visitor = portal.visit(ana)
    answer = visitor.get("/taking")
    assert answer.status_code == 403
    assert "This has to wait a few days" in answer.text
    assert "without your old password and codes" in answer.text
    assert "<time" in answer.text


def test_it_opens_again_after_seven_days(portal: Portal, ana: Someone) -> None:
    began = clock.now()
    for after, status in ((timedelta(seconds=-5), 403), (timedelta(seconds=5), 200)):
        with clock.standing_at(began + LIMITED_FOR + after):
            assert signed_in_again(portal, ana).get("/taking").status_code == status


def test_others_are_not_kept_waiting(portal: Portal, ana: Someone) -> None:
    assert portal.visit(portal.person(Role.PATIENT)).get("/taking").status_code == 200
    assert portal.visit(ana).get("/settings").status_code == 200


def test_socket_event_waits_as_well(portal: Portal, ana: Someone) -> None:
    live = portal.app.extensions["live"]
    live.on("taking:out", signed_in(full_trust=True), Nothing, lambda _actor, _said: {"out": True})
    for someone, answer in (
        (ana, {"refused": access.TrustNeeded.__name__}),
        (portal.person(Role.PATIENT), {"out": True}),
    ):
        visitor = signed_in_again(portal, someone)
        held = visitor.client.get_cookie(COOKIE, domain="nearside.test")
        assert held is not None
        headers = {"Host": "nearside.test", "Cookie": f"{COOKIE}={held.value}"}
        socket = SocketIOTestClient(portal.app, live.server, headers=headers)
        assert socket.emit("taking:out", {}, callback=True) == answer
        socket.disconnect()
