"""People who are invited: an account from the first moment, a password once they come."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Authenticator, Person, SignIn
from app.accounts.operations.passwords import PERSON_CREATED, hash_of_nothing
from app.accounts.operations.sessions import open_session
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Role, Stage

FIRST_PASSWORD = audit.tag("accounts.first_password", "person")
FORGOTTEN = audit.tag("accounts.person_forgotten", "person")


def invite_person(*, email: str, name: str, role: Role, zone: str, language: str) -> UUID:
    """Make an account that no password opens yet, in the transaction under way; answers who."""
    with db.writing() as session:
        person = Person(
            email=email.strip().lower(),
            name=name,
            role=role,
            zone=zone,
            language=language,
            password_hash=hash_of_nothing(),
            created_at=clock.now(),
        )
        session.add(person)
        session.flush()
        audit.record(PERSON_CREATED, entity_id=person.id, role=role.value)
        return person.id


def begin_with_password(person_id: UUID, hashed: str, device: str) -> str:
    """Give an invited person the password of their choice, in the transaction under way.

    Answers the token of a session that has yet to show a second factor, and so enrols one.
    """
    with db.writing() as session:
        session.get_one(Person, person_id).password_hash = hashed
        audit.record(FIRST_PASSWORD, entity_id=person_id)
        return open_session(person_id, Stage.PASSWORD, device)


def forget_invited(person_id: UUID) -> None:
    """Delete a carer who never came, in the transaction under way; anybody else stays.

    So does one at whom something else points, such as an invitation of the clinic.
    """
    with db.writing() as session:
        came = exists().where(SignIn.person_id == person_id) | exists().where(
            Authenticator.person_id == person_id
        )
        never = select(Person).where(Person.id == person_id, Person.role == Role.CARER, ~came)
        row = session.scalar(never)
        if row is None:
            return
        try:
            with session.begin_nested():
                session.delete(row)
                audit.record(FORGOTTEN, entity_id=person_id)
        except IntegrityError:
            return


def look_after(actor: Actor, patient_id: UUID) -> None:
    """Note in this session whom a carer looks after from now on."""
    with db.writing() as session:
        session.get_one(SignIn, actor.session_id).caring_for = patient_id
