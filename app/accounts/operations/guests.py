"""Guests of one visit: without a way to sign in, let in by a link, and gone with the visit."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.accounts.models import Person, SignIn
from app.accounts.operations.passwords import hash_of_nothing
from app.accounts.operations.sessions import end, open_session
from app.kernel import clock, db
from app.kernel.actor import Role, Stage

# RFC 2606 keeps this domain for addresses that reach nobody.
ADDRESS = "guest-{}@guest.invalid"
# What they are called is known to the visit that they came to, and sealed there.
NAME = "Guest"


def admit_guest(zone: str) -> tuple[UUID, str]:
    """Make a guest in the transaction under way; answers who it is and their session's token.

    Nothing they could type matches their password, and they have no other factor: their browser
    holds the only session that they will ever have. Times are shown to them in `zone`.
    """
    with db.writing() as session:
        guest = Person(
            email=ADDRESS.format(uuid4().hex),
            name=NAME,
            role=Role.GUEST,
            zone=zone,
            password_hash=hash_of_nothing(),
            created_at=clock.now(),
        )
        session.add(guest)
        session.flush()
        return guest.id, open_session(guest.id, Stage.FULL)


def dismiss_guest(person_id: UUID) -> None:
    """End a guest's session for good, in the transaction under way; their sockets close with it."""
    with db.writing() as session:
        theirs = (Person.id == person_id, Person.role == Role.GUEST)
        session.execute(update(Person).where(*theirs).values(active=False))
        end(session, SignIn.person_id.in_(select(Person.id).where(*theirs)))
