"""What the demo clinic holds at its first start."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import SignIn
from app.demo import operations
from app.kernel import db
from tests.support.portal import Portal


def test_nobody_is_signed_in_before_they_come(portal: Portal) -> None:
    with portal.inside():
        operations.seed()
        rows = db.session().scalars(select(SignIn)).all()
        assert rows, "seeding signs everybody in once"
        assert [one for one in rows if one.ended_at is None] == []
