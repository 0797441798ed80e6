"""Who answers for privacy."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts import queries
from app.accounts.models import Person
from app.accounts.queries import Who
from app.kernel import db


def officers() -> list[Who]:
    """The privacy officers whose accounts are open, by name."""
    ids = db.session().scalars(select(Person.id).where(Person.privacy_officer, Person.active))
    return sorted(queries.people(list(ids)).values(), key=lambda one: one.name)
