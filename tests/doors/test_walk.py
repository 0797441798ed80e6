"""Walking past every door: each has a rule, and the rule fits the door."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from app.kernel.access import SAFE_METHODS, Access, rule_for
from app.kernel.actor import Stage
from app.kernel.settings import Environment
from tests.doors.walk import application, events

PORTALS = (Environment.TEST, Environment.DEMO)
# Open to people who have not signed in, each for a reason that its own rule states.
OPEN = {
    Environment.TEST: {
        "web.health",
        "accounts.sign_in",
        "accounts.begin_passkey_sign_in",
        "accounts.passkey_sign_in",
        "accounts.lost",
        "accounts.lost_asked",
        "accounts.stop_regaining",
        "accounts.regain",
        "care.welcome",
        "consults.guest_link",
    },
}


@pytest.mark.parametrize("environment", PORTALS)
def test_every_page_has_a_rule(environment: Environment) -> None:
    app = application(environment)
    bare = [rule for rule in app.url_map.iter_rules() if rule_for(app, rule.endpoint) is None]
    assert bare == []


@pytest.mark.parametrize("environment", PORTALS)
def test_every_page_that_changes_something_is_under_a_writing_rule(
    environment: Environment,
) -> None:
    app = application(environment)
    for rule in app.url_map.iter_rules():
        access = rule_for(app, rule.endpoint)
        unsafe = (rule.methods or set()) - SAFE_METHODS
        assert access is not None
        assert not unsafe or access.writes, f"{rule.endpoint} takes {unsafe}"


@pytest.mark.parametrize("environment", PORTALS)
def test_every_id_in_an_address_is_loaded_by_its_rule(environment: Environment) -> None:
    app = application(environment)
    for rule in app.url_map.iter_rules():
        access = rule_for(app, rule.endpoint)
        assert access is not None
        assert set(access.loads) == rule.arguments, rule.endpoint


@pytest.mark.parametrize("environment", PORTALS)
def test_addresses_carry_no_ids_but_uuids(environment: Environment) -> None:
    for rule in application(environment).url_map.iter_rules():
        written = re.findall(r"<([^>]*)>", rule.rule)
        assert all(one.startswith("uuid:") for one in written), rule.rule


def test_there_is_no_static_endpoint_beside_the_doors() -> None:
    app = application()
    assert not any("static" in rule.endpoint for rule in app.url_map.iter_rules())


def test_only_known_pages_open_without_signing_in() -> None:
    app = application()
    found = {
        rule.endpoint: access
        for rule in app.url_map.iter_rules()
        if (access := rule_for(app, rule.endpoint)) and access.stage is Stage.ANYONE
    }
    assert set(found) == OPEN[Environment.TEST]
    assert all(access.reason for access in found.values())


def test_pages_half_way_in_are_the_steps_of_signing_in_alone() -> None:
    app = application()
    found = [
        (rule.rule, access)
        for rule in app.url_map.iter_rules()
        if (access := rule_for(app, rule.endpoint)) and access.stage is Stage.PASSWORD
    ]
    assert found
    assert all(path.startswith("/sign-in/") and access.reason for path, access in found)


def test_every_socket_event_has_a_rule_that_asks_for_both_factors() -> None:
    rules = application().extensions["live"].rules
    assert all(isinstance(rule, Access) and rule.stage is Stage.FULL for rule in rules.values())
    assert set(rules) == {event.name for event in events() if not event.name.startswith("demo:")}


def test_nothing_listens_to_sockets_behind_the_rules() -> None:
    live = application().extensions["live"]
    heard = {message for message, _handler, _space in live.server.handlers}
    heard |= set(live.server.server.handlers.get("/", {}))
    assert heard - {"connect", "disconnect"} == set(live.rules)


def test_every_id_a_socket_sends_is_loaded_by_its_rule() -> None:
    for event in events():
        ids = {name for name, hint in event.hints().items() if hint is UUID}
        assert ids == set(event.access.loads), event.name
