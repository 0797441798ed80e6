"""Changing one's own password; whoever else is in may be put out with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts import rules
from app.accounts.models import Person, SignIn
from app.accounts.operations import failures
from app.accounts.operations.devices import forget_others
from app.accounts.operations.failures import PASSWORD
from app.accounts.operations.joining import FIRST_PASSWORD
from app.accounts.operations.notices import tell
from app.accounts.operations.passwords import hash_of, matches
from app.accounts.operations.sessions import (
    ENDED_MEANWHILE,
    device_of,
    end,
    new_token,
    note_failure,
)
from app.accounts.rules import Happening
from app.kernel import audit, db
from app.kernel.actor import Actor
from app.kernel.crypto import normal
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

CHANGED = audit.tag("accounts.password_changed", "person", "sessions")

# Of whoever found an open page: five guesses at the present password in an hour.
TRIES = Limit("password-change", ((5, failures.HOUR),))
WRONG = _l("That is not your present password.")
LENT = _l("That is the password that you were given. Please choose one that only you know.")
SAME = _l("That is your present password. Please choose another one.")


def change_password(
    actor: Actor, present: str, wanted: str, browser: str, *, everywhere: bool
) -> str:
    """Put another password in place; the session goes on under a new token, which is answered.

    With `everywhere`, every other session of this person ends, and no other browser counts as
    known. Raises TooMany, or Refusal on field `password` or `new_password`.
    """
    person = db.session().get_one(Person, actor.person_id)
    _judge(actor, person, present, wanted)
    hashed = hash_of(wanted)
    with db.writing() as session:
        row = session.get_one(SignIn, actor.session_id)
        if row.ended_at is not None:
            raise Refusal(ENDED_MEANWHILE)
        session.get_one(Person, actor.person_id).password_hash = hashed
        ended = _put_out_others(session, actor, browser) if everywhere else 0
        failures.forget_all(PASSWORD, normal(person.email))
        audit.record(CHANGED, entity_id=actor.person_id, sessions=ended)
        tell(actor.person_id, Happening.PASSWORD_CHANGED, device_of(actor))
        return new_token(row)


def choose_own(actor: Actor, wanted: str) -> str:
    """Put a password of one's own in place of a lent one; answers the session's new token.

    Whoever lent it may have used it: every other session of the account ends. Raises Refusal.
    """
    person = db.session().get_one(Person, actor.person_id)
    if matches(person.password_hash, wanted):
        raise Refusal(LENT, "password")
    if problem := rules.password_problem(wanted, (person.email, person.name)):
        raise Refusal(_l(problem), "password")
    hashed = hash_of(wanted)
    with db.writing() as session:
        row = session.get_one(SignIn, actor.session_id)
        mine = update(Person).where(Person.id == actor.person_id, Person.password_lent)
        won = session.execute(mine.values(password_hash=hashed, password_lent=False))
        if row.ended_at is not None or db.rows_changed(won) == 0:
            raise Refusal(ENDED_MEANWHILE)
        end(session, SignIn.person_id == actor.person_id, SignIn.id != actor.session_id)
        audit.record(FIRST_PASSWORD, entity_id=actor.person_id)
        return new_token(row)


def _judge(actor: Actor, person: Person, present: str, wanted: str) -> None:
    TRIES.take(actor.person_id.hex)
    if not matches(person.password_hash, present):
        note_failure(actor.person_id, PASSWORD)
        raise Refusal(WRONG, "password")
    TRIES.give_back(actor.person_id.hex)
    if problem := rules.password_problem(wanted, (person.email, person.name)):
        raise Refusal(_l(problem), "new_password")
    if wanted == present:
        raise Refusal(SAME, "new_password")


def _put_out_others(session: Session, actor: Actor, browser: str) -> int:
    forget_others(actor.person_id, browser)
    return end(session, SignIn.person_id == actor.person_id, SignIn.id != actor.session_id)
