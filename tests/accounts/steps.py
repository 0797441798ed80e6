"""The steps of signing in, as tests take them."""

from __future__ import annotations

from typing import Any

from app.accounts.operations import recovery
from app.kernel import db
from tests.support.portal import PASSWORD, Portal, Someone, Visitor


def half_way(portal: Portal, someone: Someone, headers: Any = None) -> Visitor:
    """A browser in which this person has given their password."""
    visitor = portal.visit()
    known = {"email": someone.email, "password": PASSWORD}
    answer = visitor.send("/sign-in", headers=headers, **known)
    assert answer.status_code == 303, "the password was refused"
    return visitor


def new_codes(portal: Portal, someone: Someone) -> list[str]:
    """Ten new recovery codes, as they are shown."""
    with portal.inside(), db.writing() as session:
        return recovery.new_codes(session, someone.id)
