"""Somebody who has lost everything, at each step of getting back in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import AccountNotice, EmailChange, Person
from app.accounts.operations import regaining
from app.accounts.queries import addressing as addresses
from app.accounts.queries import regaining as seen
from app.accounts.queries.regaining import RegainView
from app.accounts.rules import Happening
from app.accounts.rules import regaining as rules
from app.accounts.rules.regaining import CheckedBy, RegainState
from app.kernel import clock, db
from app.kernel.models import AuditEvent
from tests.support.portal import COOKIE, Portal, Someone, Visitor


def asked(portal: Portal, someone: Someone, ago: timedelta = rules.WAIT) -> UUID:
    """Their request, made that long ago; the one they have, where they have one."""
    with portal.inside():
        found = seen.live_of(someone.id)
        if found is None:
            index = db.session().get_one(Person, someone.id).email_index
            with clock.standing_at(clock.now() - ago):
                regaining.begin(index)
            found = seen.live_of(someone.id)
        assert found is not None
        return found.id


def view(number: UUID) -> RegainView:
    """The request as staff find it."""
    return next(one for one in seen.due() if one.id == number)


def stop_link(portal: Portal, someone: Someone) -> UUID:
    """What the first letter holds."""
    number = asked(portal, someone)
    with portal.inside():
        return seen.stop_token(number)


def linked(portal: Portal, someone: Someone, *staff: Someone) -> tuple[UUID, str]:
    """What the second letter holds, and what staff say: two of them have made sure."""
    number = asked(portal, someone)
    with portal.inside():
        for one in staff:
            found = view(number)
            if found.state is RegainState.OPEN and not found.checked_by(one.id):
                regaining.confirm(portal.actor(one), found, CheckedBy.VIDEO)
        row = seen.live_of(someone.id)
        assert row is not None
        return seen.link_token(row.id, row.links), seen.code_of(row)


def other_address(portal: Portal, someone: Someone) -> UUID:
    """What the letter to another address of theirs holds."""
    with portal.inside(), db.writing() as session:
        row = EmailChange(
            person_id=someone.id,
            keeper=session.get_one(Person, someone.id).keeper,
            email=f"nearside.{someone.email}",
            before=someone.email,
            asked_at=clock.now(),
        )
        row.mac = addresses.mac_of(addresses.token_of(row.id))
        session.add(row)
        return addresses.token_of(row.id)


def tags(portal: Portal) -> list[str]:
    """What was written down of such requests, in order."""
    with portal.inside():
        found = db.session().scalars(select(AuditEvent.tag).order_by(AuditEvent.at)).all()
    return [one.removeprefix("accounts.") for one in found if "regain" in one]


def told(portal: Portal, someone: Someone) -> list[Happening]:
    """Of what their notices tell."""
    with portal.inside():
        mine = select(AccountNotice.what).where(AccountNotice.person_id == someone.id)
        return list(db.session().scalars(mine.order_by(AccountNotice.at)))


def cookie(visitor: Visitor) -> object:
    """The session that the browser holds, if any."""
    return visitor.client.get_cookie(COOKIE, domain="nearside.test")
