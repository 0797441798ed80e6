"""The first try at a password that a process sees is as slow for people as for nobody."""

from __future__ import annotations

from typing import Any

import argon2
import pytest

from app.accounts.operations import passwords
from app.kernel.actor import Role
from tests.accounts.test_guessing import said
from tests.support.portal import Portal


def test_first_try_of_a_process_hashes_as_often_for_people_as_for_nobody(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = portal.person(Role.PATIENT)
    made: list[bytes] = []
    hash_secret = argon2.low_level.hash_secret

    def counted(*given: Any, **named: Any) -> bytes:
        made.append(hash_secret(*given, **named))
        return made[-1]

    monkeypatch.setattr("argon2._password_hasher.hash_secret", counted)
    often = []
    for email in (ana.email, "ghost@nearside.test"):
        passwords.hash_of_nothing.cache_clear()
        before = len(made)
        assert "do not match" in said(portal, email)
        often.append(len(made) - before)
    assert often == [1, 1]
