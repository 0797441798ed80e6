"""A passkey that was copied is taken for nothing, until its owner puts another one in its place."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts.models import Passkey
from app.kernel import clock, db
from tests.accounts.device import Device
from tests.accounts.steps import half_way
from tests.accounts.test_first_passkey import begun
from tests.accounts.test_passkeys import (
    ADD,
    CONFIRM,
    COPIED,
    LATER,
    add,
    asked,
    is_in,
    noted,
    owner,
    use,
)
from tests.support.portal import Portal

WITH_CODE = "sign in with your password and code,"
WITH_RECOVERY = "with your password and a recovery code"


def betray(portal: Portal, device: Device) -> Device:
    """Use a copy of this device's key once too often; answers the copy."""
    copy = device.copy()
    use(portal.visit(), device)
    use(portal.visit(), copy)
    return copy


def own_keys(portal: Portal) -> list[UUID]:
    """The numbers of all passkeys, oldest first."""
    with portal.inside():
        return list(db.session().scalars(select(Passkey.id).order_by(Passkey.created_at)))


@pytest.mark.parametrize("whose", ["the owner's", "the copy"])
def test_copied_passkey_signs_nobody_in_however_far_it_counts(portal: Portal, whose: str) -> None:
    _ana, device = owner(portal)
    copy = betray(portal, device)
    one = copy if whose == "the copy" else device
    for _turn in range(4):
        visitor = portal.visit()
        _sent, answer = use(visitor, one)
        page = visitor.follow(answer).text
        assert COPIED in page
        assert WITH_CODE in page
        assert not is_in(visitor)
    # Told once: each further use is a failed sign-in and no other letter.
    assert noted(portal, "accounts.passkey_copied") == 1
    assert noted(portal, "accounts.sign_in_failed") == 4


def test_copied_passkey_is_no_fresh_factor(portal: Portal) -> None:
    ana, device = owner(portal)
    betray(portal, device)
    visitor = portal.visit(ana)
    with clock.standing_at(clock.now() + LATER):
        page = visitor.get(ADD).headers["Location"]
        for _turn in range(3):
            form, options = asked(visitor, page, CONFIRM, "/confirm/passkey/begin")
            answer = visitor.post(CONFIRM, {**form, "credential": device.sign(options)})
            assert COPIED in visitor.follow(answer).text
        assert visitor.get(ADD).status_code == 303


def test_whoever_has_that_passkey_alone_comes_back_by_a_recovery_code(portal: Portal) -> None:
    rosa, device, codes = begun(portal)
    betray(portal, device)
    visitor = portal.visit()
    _sent, answer = use(visitor, device)
    assert WITH_RECOVERY in visitor.follow(answer).text
    back = half_way(portal, rosa)
    assert back.send("/sign-in/recovery", recovery_code=codes[0]).headers["Location"] == "/"
    page = back.get("/passkeys").text
    assert "add a new one, then remove this one" in page
    (old,) = own_keys(portal)
    back.send(f"/passkeys/{old}/remove")
    assert own_keys(portal) == [old]
    # The same device may make the new one: the browser is not told to leave it out.
    _form, options = asked(back, ADD, ADD, "/passkeys/begin")
    assert options["excludeCredentials"] == []
    fresh = Device()
    assert add(back, fresh).headers["Location"] == "/passkeys"
    assert back.send(f"/passkeys/{old}/remove").headers["Location"] == "/passkeys"
    assert "A copy of this passkey" not in back.get("/passkeys").text
    again = portal.visit()
    use(again, fresh)
    assert is_in(again)


def test_a_passkey_that_is_still_taken_is_not_removed_before_a_copied_one(portal: Portal) -> None:
    rosa, device, codes = begun(portal)
    betray(portal, device)
    back = half_way(portal, rosa)
    back.send("/sign-in/recovery", recovery_code=codes[0])
    add(back, Device())
    _old, new = own_keys(portal)
    back.send(f"/passkeys/{new}/remove")
    assert new in own_keys(portal)
