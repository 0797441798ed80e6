"""What a request may say of itself, and how much of it counts: addresses, twice, and too much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import request
from sqlalchemy import select

from app import create_app
from app.accounts.models import Person
from app.kernel import db
from app.kernel.access import anyone
from app.kernel.actor import Role, Stage
from app.kernel.db import Base
from app.kernel.room import Room
from app.kernel.settings import Environment
from tests.asvs import source
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.support.inspection import words
from tests.support.portal import ORIGIN, Portal, Someone, Templates, settings

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;proto=http;host=evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/people",
    "X-Rewrite-URL": "/people",
    "X-HTTP-Method-Override": "DELETE",
    "X-User-ID": "1",
}


def seen_by(portal: Portal, headers: dict[str, str]) -> str:
    """What the portal takes for address, scheme, host and path of a request with these headers."""
    room = Room("mirror", "tests.support.portal")

    def mirror() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host} {request.path}"

    if "mirror.mirror" not in portal.app.view_functions:
        room.page("/mirror", access=anyone(reason="a test"))(mirror)
        portal.app.register_blueprint(room.blueprint)
    client = portal.app.test_client()
    return client.get("/mirror", base_url=ORIGIN, headers=headers).text


def test_headers_of_proxies_that_are_not_there_change_nothing(portal: Portal) -> None:
    assert seen_by(portal, FORGED) == seen_by(portal, {}) == "127.0.0.1 https nearside.test /mirror"


def test_behind_one_proxy_only_what_that_proxy_said_counts(
    templates: Templates, portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("proxied")
    url = templates.sqlite(directory / "portal.db")
    known = replace(settings(url, directory, Environment.TEST), proxies=1)
    behind = Portal(url, directory, Environment.TEST)
    behind.app = create_app(known)
    said = {**FORGED, "X-Forwarded-For": "203.0.113.9, 198.51.100.4", "X-Forwarded-Proto": "https"}
    assert seen_by(behind, said) == "198.51.100.4 https nearside.test /mirror"
    behind.close()


def test_limits_count_the_address_that_cannot_be_made_up(portal: Portal) -> None:
    """Sixty wrong passwords of one network wait, whatever addresses they say they come from."""
    visitor = portal.visit()
    said = ""
    for number in range(61):
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        typed = {"email": f"nobody{number}@nearside.test", "password": "not the right one"}
        said = visitor.send("/sign-in", headers=forged, **typed).text
    assert "Too many tries" in said


def test_of_two_fields_of_one_name_the_first_of_the_form_counts(portal: Portal) -> None:
    ana = portal.patient(portal.person(Role.COORDINATOR))
    visitor = portal.visit(ana)
    visitor.get("/messages")
    fields = {**visitor.filled("/messages"), "body": ["first of the form", "second of the form"]}
    assert visitor.post("/messages?body=of+the+address", fields).status_code == 303
    visitor.get("/messages")
    assert visitor.page is not None
    said = words(visitor.page)
    assert "first of the form" in said
    assert "second of the form" not in said
    assert "of the address" not in said


def test_of_two_cookies_of_one_name_one_session_is_meant(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    token = portal._tokens[ana.id]
    for pair in (
        f"__Host-session={token}; __Host-session=x",
        f"__Host-session=x; __Host-session={token}",
    ):
        client = portal.app.test_client(use_cookies=False)  # One with a jar sends its own instead.
        answer = client.get("/settings", base_url=ORIGIN, headers={"Cookie": pair})
        assert answer.status_code in {200, 400}


def every_column() -> dict[str, str]:
    """A field for each column that there is, with a value that would be worth having."""
    names = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    worth = {"role": "administrator", "stage": "2", "active": "1", "known": "1", "state": "active"}
    return {name: worth.get(name, "1") for name in names} | worth


def accounts_of(portal: Portal) -> list[tuple[str, ...]]:
    """Who there is, and what they may do: closing an account is a page's own purpose, not this."""
    with portal.inside():
        rows = db.session().execute(select(Person.role, Person.privacy_officer, Person.id))
        return sorted((role.value, str(officer), str(number)) for role, officer, number in rows)


def writing() -> list[Door]:
    return [door for door in doors() if door.method != "GET"]


def test_fields_that_no_form_has_are_left_alone(scene: Scene) -> None:
    """Each form is sent with a field for every column that there is: nobody becomes more by it."""
    asker = Asker(scene)
    extra = every_column()
    assert {"role", "person_id", "patient_id", "password_hash"} <= set(extra)
    for door in writing():
        role = next(one for one in Role if not door.access.roles or one in door.access.roles)
        path = asker.path(door, role, own=True)
        visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
        before = accounts_of(scene.portal)
        keys = asker.keys(visitor)
        kept = {
            name: value for name, value in extra.items() if name not in {"csrf_token", "form_key"}
        }
        answer = visitor.post(path, {**kept, **keys})
        assert answer.status_code in {200, 303, 400, 404, 409, 422}, door
        after = set(accounts_of(scene.portal))
        # A carer who never came goes with the invitation; nobody else goes, and nobody changes.
        gone = {number for role, _officer, number in before} - {one[-1] for one in after}
        assert {row for row in before if row[-1] not in gone} <= after, door
        assert {role for role, _officer, number in before if number in gone} <= {"carer"}, door


def test_no_form_is_poured_into_a_row_whole() -> None:
    whole = [name for name, _path, node in source.calls("app") if name.endswith(".populate_obj")]
    poured = [
        path.name
        for _name, path, node in source.calls("app")
        for keyword in node.keywords
        if keyword.arg is None and "form" in str(getattr(keyword.value, "id", ""))
    ]
    assert (whole, poured) == ([], [])


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/csp-report"])
def test_what_a_form_could_not_send_is_no_form(portal: Portal, kind: str) -> None:
    """A body that travels without being asked about first changes nothing, token or not."""
    ana: Someone = portal.patient(portal.person(Role.COORDINATOR))
    visitor = portal.visit(ana)
    visitor.get("/messages")
    fields = visitor.filled("/messages")
    body = f'{{"body": "smuggled", "csrf_token": "{fields["csrf_token"]}"}}'
    answer = visitor.client.post(
        "/messages",
        base_url=ORIGIN,
        data=body,
        content_type=kind,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert "smuggled" not in visitor.get("/messages").text


def test_forms_of_development_and_demonstration_are_not_in_production(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("production")
    url = f"sqlite:///{directory}/portal.db"
    both = (Environment.PRODUCTION, Environment.DEMO)
    known = {one: create_app(settings(url, directory, one)) for one in both}
    pages = {one: {rule.rule for rule in app.url_map.iter_rules()} for one, app in known.items()}
    extra = pages[Environment.DEMO] - pages[Environment.PRODUCTION]
    assert "/styleguide" in extra
    assert not [one for one in pages[Environment.PRODUCTION] if "demo" in one or "style" in one]
    assert not known[Environment.PRODUCTION].debug
    assert not known[Environment.PRODUCTION].testing
    events = known[Environment.PRODUCTION].extensions["live"].rules
    assert not [one for one in events if one.startswith("demo:")]
