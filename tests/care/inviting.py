"""People who are invited, and the letters that bring them their links."""

from __future__ import annotations

import re
import time
from datetime import date
from email import message_from_bytes, policy
from itertools import count
from uuid import UUID

from sqlalchemy import delete, select

from app.care.models.invitations import Invitation
from app.care.operations import invitations
from app.care.operations.invitations import Newcomer
from app.care.rules import Sex
from app.kernel import db
from app.kernel.models import LimitCount
from tests.support.portal import Portal, Someone

ROSA = "Rosa Lima"
BORN = date(1944, 2, 29)
PASSWORD = "harbour pencil eleven wolves"
LETTER_SECONDS = 10.0
LINK = re.compile(r"/welcome/([0-9a-f-]{36})")
_numbers = count(1)


def newcomer(email: str = "", name: str = ROSA) -> Newcomer:
    """Somebody to invite, with an address that nobody has yet."""
    return Newcomer(
        name=name,
        email=email or f"rosa{next(_numbers)}@nearside.test",
        birth_date=BORN,
        sex=Sex.FEMALE,
        zone="Europe/Lisbon",
        language="en",
    )


def invited(
    portal: Portal, by: Someone, *clinicians: Someone, email: str = "", name: str = ROSA
) -> UUID:
    """An invitation whose letter waits to be written."""
    wanted = newcomer(email, name)
    with portal.inside():
        forget_counts()
        invitations.invite(portal.actor(by), wanted, [one.id for one in clinicians])
        return latest(by)


def forget_counts() -> None:
    """Tests invite more people in an hour than anybody may."""
    with db.writing(claims=False) as session:
        counted = LimitCount.key.like(f"{invitations.INVITING.name}|%")
        session.execute(delete(LimitCount).where(counted))


def latest(by: Someone) -> UUID:
    """The newest invitation of this coordinator."""
    mine = select(Invitation.id).where(Invitation.invited_by == by.id)
    return db.session().scalars(mine.order_by(Invitation.created_at.desc())).first() or UUID(int=0)


def letter(portal: Portal, invitation: UUID, serial: int = 1) -> str:
    """What the letter says, once the queue has written it."""
    portal.work()
    folder = portal.app.extensions["settings"].instance / "mail"
    file = folder / f"{invitation.hex}-{serial}.eml"
    deadline = time.monotonic() + LETTER_SECONDS
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)  # A server beside this process may be writing it.
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    return str(message.get_content())


def link(portal: Portal, invitation: UUID, serial: int = 1) -> UUID:
    """The link that the letter holds."""
    found = LINK.search(letter(portal, invitation, serial))
    assert found is not None, "the letter holds no link"
    return UUID(found[1])
