"""A passkey is both factors in one step, and nothing but the device itself can use it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.accounts.models import Authenticator, Challenge, Passkey, Person
from app.accounts.operations import ceremonies, passkeys
from app.accounts.rules import CHALLENGE_LASTS, Ceremony
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from tests.accounts.device import Device
from tests.support.portal import COOKIE, Portal, Someone, Visitor

ADD, SIGN_IN, CONFIRM = "/passkeys/add", "/sign-in/passkey", "/confirm/passkey"
REFUSED = "That did not work"
COPIED = "used by another device as well"
LATER = FRESH_FOR + timedelta(seconds=31)


def asked(visitor: Visitor, page: str, action: str, begin: str) -> tuple[dict[str, Any], Any]:
    """The form on a page, and what the server wants signed for it."""
    visitor.get(page)
    form = visitor.filled(action)
    answer = visitor.post(begin, form)
    assert answer.mimetype == "application/json"
    return form, answer.get_json()


def add(visitor: Visitor, device: Device, name: str = "My tablet") -> TestResponse:
    """Have this device make a passkey."""
    form, options = asked(visitor, ADD, ADD, "/passkeys/begin")
    return visitor.post(ADD, {**form, "name": name, "credential": device.create(options)})


def use(visitor: Visitor, device: Device) -> tuple[dict[str, Any], TestResponse]:
    """Sign in with this device; answers what was sent, and the answer."""
    form, options = asked(visitor, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
    sent = {**form, "credential": device.sign(options)}
    return sent, visitor.post(SIGN_IN, sent)


def owner(portal: Portal, **how: Any) -> tuple[Someone, Device]:
    """Someone with a passkey."""
    ana, device = portal.person(Role.PATIENT), Device(**how)
    answer = add(portal.visit(ana), device)
    assert answer.headers["Location"] == "/passkeys"
    return ana, device


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/settings").status_code == 200


def noted(portal: Portal, tag: str) -> int:
    with portal.inside():
        return len(db.session().scalars(select(AuditEvent).where(AuditEvent.tag == tag)).all())


def test_person_adds_a_passkey_and_signs_in_without_a_password(portal: Portal) -> None:
    ana, device = owner(portal)
    visitor = portal.visit()
    _sent, answer = use(visitor, device)
    assert answer.headers["Location"] == "/"
    assert is_in(visitor)
    page = visitor.get("/passkeys").text
    assert "My tablet" in page
    assert "never" not in page
    assert ana.name in visitor.get("/settings").text


def test_sign_in_leads_back_to_where_the_person_was_going(portal: Portal) -> None:
    _ana, device = owner(portal)
    visitor = portal.visit()
    page = "/sign-in?next=/settings"
    form, options = asked(visitor, page, SIGN_IN, "/sign-in/passkey/begin")
    answer = visitor.post(SIGN_IN, {**form, "credential": device.sign(options)})
    assert answer.headers["Location"] == "/settings"


def test_answer_that_was_used_is_refused_though_everything_else_is_fresh(portal: Portal) -> None:
    _ana, device = owner(portal)
    sent, _answer = use(portal.visit(), device)
    thief = portal.visit()
    form, _options = asked(thief, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
    answer = thief.post(SIGN_IN, {**form, "credential": sent["credential"]})
    assert REFUSED in thief.follow(answer).text
    assert not is_in(thief)


def test_challenge_counts_once_even_for_the_browser_that_was_given_it(portal: Portal) -> None:
    _ana, device = owner(portal)
    visitor = portal.visit()
    form, options = asked(visitor, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
    shell = visitor.client.get_cookie("__Host-shell", domain="nearside.test")
    assert shell is not None
    visitor.post(SIGN_IN, {**form, "credential": device.sign(options)})
    again = portal.visit()
    again.client.set_cookie("__Host-shell", shell.value, domain="nearside.test", secure=True)
    again.post(SIGN_IN, {**form, "credential": device.sign(options)})
    assert not is_in(again)


@pytest.mark.parametrize(("age", "fits"), [(timedelta(seconds=-5), True), (timedelta(0), False)])
def test_challenge_waits_five_minutes(portal: Portal, age: timedelta, fits: bool) -> None:
    _ana, device = owner(portal)
    visitor = portal.visit()
    began = clock.now()
    with clock.standing_at(began) as move:
        form, options = asked(visitor, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
        move(began + CHALLENGE_LASTS + age)
        visitor.post(SIGN_IN, {**form, "credential": device.sign(options)})
        assert is_in(visitor) is fits


def test_copy_of_a_key_is_refused_and_written_down(portal: Portal) -> None:
    ana, device = owner(portal)
    copy = device.copy()
    use(portal.visit(), device)
    assert "A copy of this passkey" not in portal.visit(ana).get("/passkeys").text
    thief = portal.visit()
    _sent, answer = use(thief, copy)
    assert COPIED in thief.follow(answer).text
    assert not is_in(thief)
    assert noted(portal, "accounts.passkey_copied") == 1
    # Its owner finds it marked.
    assert portal.visit(ana).get("/passkeys").text.count("A copy of this passkey") == 1


def test_device_that_never_counts_is_no_copy(portal: Portal) -> None:
    _ana, device = owner(portal, counts=False)
    for _ in range(2):
        visitor = portal.visit()
        use(visitor, device)
        assert is_in(visitor)


def test_device_that_did_not_ask_who_holds_it_is_refused(portal: Portal) -> None:
    ana, device = owner(portal)
    device.verifies = False
    visitor = portal.visit()
    use(visitor, device)
    assert not is_in(visitor)
    lax = Device()
    lax.verifies = False
    answer = add(portal.visit(ana), lax)
    assert REFUSED in answer.text


def test_answer_meant_for_another_site_is_refused(portal: Portal) -> None:
    _ana, device = owner(portal)
    device.origin = "https://nearside.test.evil.example"
    visitor = portal.visit()
    use(visitor, device)
    assert not is_in(visitor)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "null",
        "[" * 15_000,
        "x" * 20_000,
        json.dumps({"id": "x", "rawId": "x", "type": "public-key", "response": {}}),
        json.dumps({"id": 7, "rawId": None, "type": [], "response": "x"}),
        '{"id": NaN, "id": "x", "\\ud800": 1}',
    ],
    ids=lambda said: said[:12] or "nothing",
)
def test_nonsense_in_place_of_an_answer_is_refused_kindly(portal: Portal, said: str) -> None:
    ana, _device = owner(portal)
    visitor = portal.visit()
    form, _options = asked(visitor, "/sign-in", SIGN_IN, "/sign-in/passkey/begin")
    answer = visitor.post(SIGN_IN, {**form, "credential": said})
    assert REFUSED in visitor.follow(answer).text
    own = portal.visit(ana)
    form, _options = asked(own, ADD, ADD, "/passkeys/begin")
    assert REFUSED in own.post(ADD, {**form, "name": "x", "credential": said}).text


def test_passkey_is_a_fresh_factor_for_its_own_person_alone(portal: Portal) -> None:
    ana, device = owner(portal)
    ben, other = owner(portal)
    assert ana != ben
    visitor = portal.visit(ana)
    with clock.standing_at(clock.now() + LATER):
        page = visitor.get(ADD).headers["Location"]
        for key, status in ((other, 303), (device, 200)):
            form, options = asked(visitor, page, CONFIRM, "/confirm/passkey/begin")
            visitor.post(CONFIRM, {**form, "credential": key.sign(options)})
            assert visitor.get(ADD).status_code == status


def test_second_key_of_one_device_is_not_added(portal: Portal) -> None:
    ana, device = owner(portal)
    answer = add(portal.visit(ana), device)
    assert "has a passkey already" in answer.text


def test_name_is_changed_and_a_removed_passkey_opens_nothing(portal: Portal) -> None:
    ana, device = owner(portal)
    visitor = portal.visit(ana)
    with portal.inside():
        number = db.session().scalars(select(Passkey.id)).one()
    visitor.send(f"/passkeys/{number}/rename", name="Kitchen tablet")
    assert "Kitchen tablet" in visitor.get("/passkeys").text
    visitor.send(f"/passkeys/{number}/remove")
    assert "You have none yet" in visitor.get("/passkeys").text
    stranger = portal.visit()
    use(stranger, device)
    assert not is_in(stranger)


def test_last_way_to_show_a_second_factor_stays(portal: Portal) -> None:
    ana, _device = owner(portal)
    actor = portal.actor(ana)
    with portal.inside():
        with db.writing() as session:
            session.execute(update(Authenticator).values(confirmed_at=None))
        number = db.session().scalars(select(Passkey.id)).one()
        with pytest.raises(Refusal):
            passkeys.remove(actor, number)
        assert db.session().scalars(select(Passkey.id)).all() == [number]


def test_person_who_is_no_longer_active_cannot_sign_in(portal: Portal) -> None:
    ana, device = owner(portal)
    with portal.inside(), db.writing() as session:
        session.execute(update(Person).where(Person.id == ana.id).values(active=False))
    visitor = portal.visit()
    use(visitor, device)
    assert not is_in(visitor)


def test_one_challenge_taken_fifty_times_at_once_is_taken_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    with portal.inside():
        number, value = ceremonies.new_challenge(Ceremony.SIGN_IN, None)

    def take(_turn: int) -> bool:
        with portal.inside():
            try:
                return ceremonies.take_challenge(number, Ceremony.SIGN_IN, None)[0] == value
            except Refusal:
                return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(take, range(50))) == 1


def test_challenge_that_nobody_answered_is_forgotten(portal: Portal) -> None:
    with portal.inside():
        ceremonies.new_challenge(Ceremony.SIGN_IN, None)
        with clock.standing_at(clock.now() + CHALLENGE_LASTS + timedelta(seconds=1)):
            ceremonies.sweep()
        assert db.session().scalars(select(Challenge)).all() == []


def test_sign_in_by_passkey_puts_a_session_of_its_own_in_the_browser(portal: Portal) -> None:
    _ana, device = owner(portal)
    visitor = portal.visit()
    use(visitor, device)
    first = visitor.client.get_cookie(COOKIE, domain="nearside.test")
    other = portal.visit()
    use(other, device)
    second = other.client.get_cookie(COOKIE, domain="nearside.test")
    assert first
    assert second
    assert first.value != second.value
