"""People by their whole name, through its fingerprint."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.accounts import queries
from app.accounts.models import Person
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.crypto import normal


def patients_called(name: str) -> list[UUID]:
    """The people with a patient's account and exactly this name, however it is capitalised.

    Fingerprints of names are short, so that the name itself is asked as well.
    """
    where = (Person.name.matches(name), Person.role == Role.PATIENT, Person.active)
    ids = db.session().scalars(select(Person.id).where(*where)).all()
    known = queries.people(ids)
    return [one for one in ids if normal(known[one].name) == normal(name)]
