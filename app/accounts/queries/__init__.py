"""What may be known of people: by the sign-in, by other rooms, by administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, select

from app.accounts import rules
from app.accounts.models import (
    AccountNotice,
    Authenticator,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
    keeper_of,
)
from app.accounts.rules import Happening
from app.kernel import clock, db
from app.kernel.actor import Actor, Role, Stage
from app.kernel.crypto import keyring, normal

NOTICES_SHOWN = 20
# Statements that every page asks are written down once: writing one takes longer than its answer.
_WHO = select(Person.id, Person.sealed_name, Person.role, Person.title, Person.zone)
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
class OpenSession:
    """One place where a person is signed in; `here` is the one that asks."""

    id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner knows it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    copied_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something that happened to how a person signs in."""

    what: Happening
    device: str
    at: datetime
    read: bool


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


def ran_out_half_way(token: str) -> bool:
    """Whether this token was for the steps after a password, and the time for them is over."""
    digest = sha256(token.encode()).hexdigest()
    row = db.session().execute(_SESSION, {"digest": digest}).one_or_none()
    if row is None or row[0].stage == Stage.FULL:
        return False
    age = clock.now() - row[0].created_at
    return rules.HALF_WAY < age < rules.LONGEST_SESSION


def _living(*where: ColumnElement[bool]) -> list[tuple[SignIn, Person]]:
    """The sessions that fit and are not over, with their people; the newest first."""
    rows = db.session().execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.ended_at.is_(None), Person.active, *where)
        .order_by(SignIn.last_seen_at.desc())
    )
    moment = clock.now()
    return [
        (one, person)
        for one, person in rows
        if not rules.is_over(
            person.role, one.stage == Stage.FULL, one.created_at, one.last_seen_at, moment
        )
    ]


def ended_sessions(sessions: Iterable[UUID]) -> set[UUID]:
    """Those of these sessions that are over, for closing their sockets."""
    asked = set(sessions)
    return asked - {one.id for one, _person in _living(SignIn.id.in_(asked))}


def session_under(session_id: UUID) -> tuple[SignIn, Person] | None:
    """The open session with this id, with its person: for a socket that it opened."""
    return next(iter(_living(SignIn.id == session_id)), None)


def own_sessions(actor: Actor) -> list[OpenSession]:
    """Where this person is signed in, this place first."""
    where = (SignIn.person_id == actor.person_id, SignIn.stage == Stage.FULL)
    found = [
        OpenSession(
            one.id, one.device, one.created_at, one.last_seen_at, one.id == actor.session_id
        )
        for one, _person in _living(*where)
    ]
    return sorted(found, key=lambda one: not one.here)


def own_session(actor: Actor, session_id: UUID) -> OpenSession | None:
    """One place where this person is signed in."""
    return next((one for one in own_sessions(actor) if one.id == session_id), None)


def time_left(actor: Actor) -> tuple[int, int]:
    """How many seconds this session lasts if nothing happens, and at most."""
    found = session_under(actor.session_id)
    if found is None:
        return 0, 0
    one, person = found
    return rules.seconds_left(person.role, one.created_at, one.last_seen_at, clock.now())


def who(person_id: UUID) -> Who | None:
    """One person as others may know them."""
    return people([person_id]).get(person_id)


def people(ids: Iterable[UUID]) -> dict[UUID, Who]:
    """Several people at once, by id; each is asked for once per request."""
    known: dict[UUID, Who] = db.remembered("accounts.people", dict)
    wanted = set(ids)
    if missing := wanted - known.keys():
        rows = db.session().execute(_WHO_OF, {"ids": list(missing)})
        known.update({one.id: one for one in _named(rows)})
    return {one: known[one] for one in wanted if one in known}


def with_role(*roles: Role) -> list[Who]:
    """Active people with one of these roles, by name."""
    rows = db.session().execute(_WHO.where(Person.role.in_(roles), Person.active))
    return sorted(_named(rows), key=lambda one: one.name)


def _named(rows: Iterable[Row[UUID, bytes, Role, str, str]]) -> list[Who]:
    """People whose names one question for their keys has opened."""
    found = [(*row, keeper_of(row.id, row.role)) for row in rows]
    keyring().keys.ready({keeper for *_row, keeper in found})
    return [
        Who(number, Person.name.read(name, number, keeper), role, title, zone)
        for number, name, role, title, zone, keeper in found
    ]


def by_email(email: str) -> Who | None:
    """The person who signs in with this address."""
    found = db.session().scalar(select(Person.id).where(Person.email.matches(email)))
    return who(found) if found else None


def found(words: str) -> list[Account]:
    """The accounts with exactly this e-mail address or this whole name, for operators."""
    known = Person.email.matches(words) | Person.name.matches(words)
    ids = set(db.session().scalars(select(Person.id).where(known)))
    # Fingerprints of names are short, so another name may share one.
    said = normal(words)
    return [
        one for one in accounts() if one.id in ids and said in {normal(one.email), normal(one.name)}
    ]


def authenticator_of(person_id: UUID) -> Authenticator | None:
    """The person's authenticator, confirmed or waiting for its first code."""
    return db.session().scalar(select(Authenticator).where(Authenticator.person_id == person_id))


def password_is_lent(person_id: UUID) -> bool:
    """Whether somebody else knows the person's password: they have yet to choose their own."""
    return bool(db.session().scalar(select(Person.password_lent).where(Person.id == person_id)))


def is_enrolled(person_id: UUID) -> bool:
    """Whether the person has a confirmed authenticator."""
    found = authenticator_of(person_id)
    return found is not None and found.confirmed_at is not None


def passkeys(actor: Actor) -> list[PasskeyView]:
    """The person's own passkeys, oldest first."""
    own = select(Passkey).where(Passkey.person_id == actor.person_id)
    return [
        PasskeyView(one.id, one.name, one.created_at, one.last_used_at, one.copied_at)
        for one in db.session().scalars(own.order_by(Passkey.created_at))
    ]


def passkey(actor: Actor, number: UUID) -> PasskeyView | None:
    """One of the person's own passkeys."""
    return next((one for one in passkeys(actor) if one.id == number), None)


def notices(actor: Actor) -> list[NoticeView]:
    """What happened to the person's account lately, newest first."""
    own = select(AccountNotice).where(AccountNotice.person_id == actor.person_id)
    latest = own.order_by(AccountNotice.at.desc()).limit(NOTICES_SHOWN)
    return [
        NoticeView(one.what, one.device, one.at, one.read_at is not None)
        for one in db.session().scalars(latest)
    ]


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
    keyed = select(Passkey.id).where(Passkey.person_id == Person.id).exists()
    rows = (
        db.session()
        .execute(
            select(Person, Authenticator.confirmed_at.is_not(None) | keyed, seen.c.at)
            .outerjoin(Authenticator, Authenticator.person_id == Person.id)
            .outerjoin(seen, seen.c.person_id == Person.id)
            .where(Person.role != Role.GUEST)
        )
        .all()
    )
    keyring().keys.ready({person.keeper for person, _confirmed, _at in rows})
    everyone = [
        Account(
            person.id, person.name, person.email, person.role, person.active, bool(confirmed), at
        )
        for person, confirmed, at in rows
    ]
    return sorted(everyone, key=lambda one: one.name)


def account(actor: Actor, person_id: UUID) -> Account | None:
    """One account, for administrators."""
    if actor.role is not Role.ADMINISTRATOR:
        return None
    return next((one for one in accounts() if one.id == person_id), None)
