"""Requests to get back in: as their owner, the staff who check, and holders of a link see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts import queries
from app.accounts.models import Person, RegainCheck, Regaining
from app.accounts.rules import regaining as rules
from app.accounts.rules.regaining import CheckedBy, RegainState
from app.kernel import clock, db
from app.kernel.actor import Actor, Role
from app.kernel.crypto import keyring

STOP, LINK, CODE = "regaining-stop", "regaining-link", "regaining-code"


@dataclass(frozen=True, slots=True)
class CheckView:
    """Who made sure of somebody, how, and when."""

    person_id: UUID
    name: str
    way: CheckedBy
    at: datetime


@dataclass(frozen=True, slots=True)
class RegainView:
    """A request, with the person who asks; what was checked so far, the first check first."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    role: Role
    state: RegainState
    asked_at: datetime
    link_at: datetime | None
    link_works: bool
    checks: tuple[CheckView, ...]

    @property
    def due_at(self) -> datetime:
        """From when staff may check who it is."""
        return rules.due_at(self.asked_at)

    def checked_by(self, person_id: UUID) -> bool:
        """Whether this member of staff has made sure of them."""
        return any(one.person_id == person_id for one in self.checks)


def mac_of(token: UUID, purpose: str) -> str:
    """What is kept of a token in a letter."""
    return keyring().blind(token.hex, purpose=purpose)


def stop_token(number: UUID) -> UUID:
    """The token that stops a request. It is stored nowhere: it follows from a key and the id."""
    return UUID(hex=keyring().blind(number.hex, purpose=f"{STOP}-token")[:32])


def link_token(number: UUID, links: int) -> UUID:
    """The token of the link that was sent as the `links`th, made in the same way."""
    return UUID(hex=keyring().blind(f"{number.hex}|{links}", purpose=f"{LINK}-token")[:32])


def code_of(row: Regaining) -> str:
    """The code that belongs to the present link; staff say it, no letter holds it."""
    return rules.spoken_code(keyring().blind(f"{row.id.hex}|{row.links}", purpose=CODE))


def works(row: Regaining) -> bool:
    """Whether the link that was sent last opens anything now."""
    return rules.link_works(row.state, row.link_at, row.tries, clock.now())


def live_of(person_id: UUID) -> Regaining | None:
    """The request of this person that has not ended, if there is one."""
    return db.session().scalar(_live().where(Regaining.person_id == person_id))


def due() -> list[RegainView]:
    """Every request that staff may look into by now, the oldest first."""
    asked = _live().where(Regaining.asked_at <= clock.now() - rules.WAIT)
    return _views(db.session().scalars(asked.order_by(Regaining.asked_at)).all())


def code_for(actor: Actor, number: UUID) -> str | None:
    """The code to say to the person, for those two who made sure of them."""
    row = db.session().scalar(_live().where(Regaining.id == number))
    if row is None or not works(row):
        return None
    checkers = select(RegainCheck.person_id).where(RegainCheck.regaining_id == number)
    return code_of(row) if actor.person_id in db.session().scalars(checkers).all() else None


def own(actor: Actor) -> RegainView | None:
    """The person's own latest request."""
    mine = select(Regaining).where(Regaining.person_id == actor.person_id)
    row = db.session().scalar(mine.order_by(Regaining.asked_at.desc()).limit(1))
    return _views([row])[0] if row else None


def asked_for(actor: Actor) -> RegainView | None:
    """The person's own request, while it can be stopped."""
    found = own(actor)
    return found if found and found.state in rules.LIVE else None


def by_stop(_actor: Actor | None, token: UUID) -> RegainView | None:
    """The request that this token stops: whoever holds the letter may."""
    row = db.session().scalar(_live().where(Regaining.stop_mac == mac_of(token, STOP)))
    return _views([row])[0] if row else None


def by_link(_actor: Actor | None, token: UUID) -> RegainView | None:
    """The request that this link ends, while it works: its holder still needs the spoken code."""
    row = db.session().scalar(_live().where(Regaining.link_mac == mac_of(token, LINK)))
    return _views([row])[0] if row and works(row) else None


def _live() -> Select[Regaining]:
    people = (Person.id == Regaining.person_id) & Person.active
    return select(Regaining).join(Person, people).where(Regaining.ended_at.is_(None))


def _views(rows: Iterable[Regaining]) -> list[RegainView]:
    found = list(rows)
    asked = select(RegainCheck).where(RegainCheck.regaining_id.in_({one.id for one in found}))
    checks = db.session().scalars(asked.order_by(RegainCheck.place)).all()
    staff = queries.people({one.person_id for one in checks})
    who = select(Person).where(Person.id.in_({one.person_id for one in found}))
    people = {one.id: one for one in db.session().scalars(who)}
    return [
        RegainView(
            row.id,
            row.person_id,
            people[row.person_id].name,
            people[row.person_id].email,
            people[row.person_id].role,
            row.state,
            row.asked_at,
            row.link_at,
            works(row),
            tuple(
                CheckView(one.person_id, staff[one.person_id].name, one.way, one.at)
                for one in checks
                if one.regaining_id == row.id
            ),
        )
        for row in found
    ]
