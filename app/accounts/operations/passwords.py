"""People and their passwords: the first of two steps."""

from __future__ import annotations

import secrets
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher, profiles
from argon2.exceptions import VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts import rules
from app.accounts.models import Person
from app.accounts.operations import failures
from app.accounts.operations.devices import is_known, name_of
from app.accounts.operations.failures import PASSWORD, PASSWORD_TRIES
from app.accounts.operations.sessions import ADDRESS_TRIES, open_session
from app.kernel import audit, clock, db
from app.kernel.actor import Role, Stage
from app.kernel.crypto import normal
from app.kernel.refusal import Refusal

PERSON_CREATED = audit.tag("accounts.person_created", "person", "role")

# RFC 9106, section 4, second choice: 64 MiB and three passes.
HASHING = profiles.RFC_9106_LOW_MEMORY

# Base32 without what looks alike (RFC 4648, section 6, leaves out 0, 1 and 8).
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
LENT_LETTERS, GROUP = 20, 5

WRONG_PASSWORD = _l("That e-mail and password do not match. Please check both.")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(HASHING)


@cache
def hash_of_nothing() -> str:
    """A hash that fits no password that anybody knows."""
    return _hasher().hash(secrets.token_urlsafe(16))


def hash_of(password: str) -> str:
    """What is kept of a password. Slow on purpose, so call it before a transaction."""
    return _hasher().hash(password)


def create_person(
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    zone: str,
    title: str = "",
    lent: bool = False,
) -> UUID:
    """Make an account that must enrol an authenticator before it opens anything.

    A `lent` password is known to whoever makes the account: it opens nothing but the page on
    which its owner chooses another one.
    """
    hashed = hash_of(password)
    with db.writing() as session:
        person = Person(
            email=email.strip().lower(),
            name=name,
            role=role,
            title=title,
            zone=zone,
            password_hash=hashed,
            password_lent=lent,
            created_at=clock.now(),
        )
        session.add(person)
        session.flush()
        audit.record(PERSON_CREATED, entity_id=person.id, role=role.value)
        return person.id


def made_up() -> str:
    """A password to lend, easy to read to somebody: 100 bits in groups of five letters."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENT_LETTERS))
    return rules.in_groups(letters, GROUP)


def check_password(
    email: str, password: str, address: str, device: str = "", browser: str = ""
) -> str:
    """Begin a session with the password; answers its token. Takes the same time for anyone.

    `device` is what the person will know the session by, `browser` the token of a browser that
    may have signed them in before: strangers' guesses are not held against it.

    Raises TooMany or Refusal.
    """
    # As people are looked up: one who writes an address in many ways is still counted once.
    account = normal(email[:254])
    network = rules.network_of(address)
    # Made with the first try of a process, whoever that is for: it is as slow as the check.
    nothing = hash_of_nothing()
    # Two columns and no person, whom it would take longer to load than nobody.
    mine = (Person.email.matches(account), Person.active)
    row = db.session().execute(select(Person.id, Person.password_hash).where(*mine)).one_or_none()
    person_id, hashed = (row.id, row.password_hash) if row else (None, nothing)
    known = is_known(person_id, browser)
    tries = name_of(account, known=known)
    # A network is shared with whoever else is there, and must not keep a known device out.
    if not known:
        ADDRESS_TRIES.take(network)
    PASSWORD_TRIES.take(tries)
    in_a_row = failures.count(PASSWORD, tries)
    if not matches(hashed, password) or person_id is None:
        failures.note(person_id, PASSWORD, in_a_row)
        raise Refusal(WRONG_PASSWORD, "password")
    with db.writing():
        failures.forget(PASSWORD, tries)
        if not known:
            ADDRESS_TRIES.give_back(network)
        return open_session(person_id, Stage.PASSWORD, device, known=known)


def matches(hashed: str, password: str) -> bool:
    """Whether this is the password. As slow as hashing it."""
    try:
        return _hasher().verify(hashed, password)
    except VerificationError:
        return False
