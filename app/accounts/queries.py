"""What may be known of people: by the sign-in, by other rooms, by administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.accounts import rules
from app.accounts.models import Authenticator, Person, RecoveryCode, SignIn
from app.kernel import clock, db
from app.kernel.actor import Actor, Role, Stage

# Statements that every page asks are written down once: writing one takes longer than its answer.
_WHO = select(Person.id, Person.name, Person.role, Person.title, Person.zone)
_WHO_OF = _WHO.where(Person.id.in_(bindparam("ids", expanding=True)))
_SESSION = (
    select(SignIn, Person)
    .join(Person, Person.id == SignIn.person_id)
    .where(SignIn.token_hash == bindparam("digest"), SignIn.ended_at.is_(None), Person.active)
)


@dataclass(frozen=True, slots=True)
class Who:
    """A person as others may know them."""

    id: UUID
    name: str
    role: Role
    title: str
    zone: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person as an administrator sees them: no health data."""

    id: UUID
    name: str
    email: str
    role: Role
    active: bool
    enrolled: bool
    last_seen_at: datetime | None


def session_of(token: str) -> tuple[SignIn, Person] | None:
    """The open session that this token names, with its person."""
    digest = sha256(token.encode()).hexdigest()
    row = db.session().execute(_SESSION, {"digest": digest}).one_or_none()
    if row is None:
        return None
    one, person = row
    full = one.stage == Stage.FULL
    if rules.is_over(person.role, full, one.created_at, one.last_seen_at, clock.now()):
        return None
    return one, person


def ended_sessions(sessions: Iterable[UUID]) -> set[UUID]:
    """Those of these sessions that are over, for closing their sockets."""
    asked = set(sessions)
    rows = db.session().execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id.in_(asked), SignIn.ended_at.is_(None), Person.active)
    )
    moment = clock.now()
    alive = {one.id for one, person in rows if moment - one.created_at <= rules.LONGEST_SESSION}
    return asked - alive


def who(person_id: UUID) -> Who | None:
    """One person as others may know them."""
    return people([person_id]).get(person_id)


def people(ids: Iterable[UUID]) -> dict[UUID, Who]:
    """Several people at once, by id; each is asked for once per request."""
    known: dict[UUID, Who] = db.remembered("accounts.people", dict)
    wanted = set(ids)
    if missing := wanted - known.keys():
        rows = db.session().execute(_WHO_OF, {"ids": list(missing)})
        known.update({row.id: Who(*row) for row in rows})
    return {one: known[one] for one in wanted if one in known}


def with_role(*roles: Role) -> list[Who]:
    """Active people with one of these roles, by name."""
    rows = db.session().execute(
        _WHO.where(Person.role.in_(roles), Person.active).order_by(Person.name)
    )
    return [Who(*row) for row in rows]


def by_email(email: str) -> Who | None:
    """The person who signs in with this address."""
    found = db.session().scalar(select(Person.id).where(Person.email == email.strip().lower()))
    return who(found) if found else None


def authenticator_of(person_id: UUID) -> Authenticator | None:
    """The person's authenticator, confirmed or waiting for its first code."""
    return db.session().scalar(select(Authenticator).where(Authenticator.person_id == person_id))


def is_enrolled(person_id: UUID) -> bool:
    """Whether the person has a confirmed authenticator."""
    found = authenticator_of(person_id)
    return found is not None and found.confirmed_at is not None


def recovery_codes_left(person_id: UUID) -> int:
    """How many recovery codes are unused."""
    where = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session().scalar(select(func.count()).select_from(RecoveryCode).where(*where)) or 0


def accounts() -> list[Account]:
    """Every account, for administrators."""
    seen = (
        select(SignIn.person_id, func.max(SignIn.last_seen_at).label("at"))
        .group_by(SignIn.person_id)
        .subquery()
    )
    rows = db.session().execute(
        select(Person, Authenticator.confirmed_at, seen.c.at)
        .outerjoin(Authenticator, Authenticator.person_id == Person.id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .order_by(Person.name)
    )
    return [
        Account(
            person.id, person.name, person.email, person.role, person.active, bool(confirmed), at
        )
        for person, confirmed, at in rows
    ]


def account(actor: Actor, person_id: UUID) -> Account | None:
    """One account, for administrators."""
    if actor.role is not Role.ADMINISTRATOR:
        return None
    return next((one for one in accounts() if one.id == person_id), None)
