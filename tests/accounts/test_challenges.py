"""A challenge is for one session and one purpose; a closed account's passkey opens nothing."""

from __future__ import annotations

import pytest

from app.accounts.models import Person
from app.accounts.operations import ceremonies
from app.accounts.rules import Ceremony
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from tests.accounts.test_passkeys import is_in, owner, use
from tests.support.portal import Portal


def test_challenge_counts_for_its_own_session_and_purpose_alone(portal: Portal) -> None:
    ana, jan = (portal.actor(portal.person(Role.PATIENT)) for _ in range(2))
    with portal.inside():
        number, value = ceremonies.new_challenge(Ceremony.CONFIRM, ana.session_id)
        for purpose, session_id in (
            (Ceremony.CONFIRM, jan.session_id),
            (Ceremony.CONFIRM, None),
            (Ceremony.ENROL, ana.session_id),
        ):
            with pytest.raises(Refusal):
                ceremonies.take_challenge(number, purpose, session_id)
        taken, _handle = ceremonies.take_challenge(number, Ceremony.CONFIRM, ana.session_id)
    assert taken == value


def test_passkey_of_a_closed_account_signs_nobody_in(portal: Portal) -> None:
    ana, device = owner(portal)
    with portal.inside(), db.writing() as session:
        session.get_one(Person, ana.id).active = False
    visitor = portal.visit()
    _sent, answer = use(visitor, device)
    assert "That did not work" in visitor.follow(answer).text
    assert not is_in(visitor)
