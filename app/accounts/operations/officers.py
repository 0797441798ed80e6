"""Appointing privacy officers: an operator does, so that no administrator appoints themselves."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.kernel import audit, db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal

APPOINTED = audit.tag("accounts.officer_appointed", "person")
DISMISSED = audit.tag("accounts.officer_dismissed", "person")
NOT_AN_ADMINISTRATOR = _l("Only an administrator's account can answer for privacy.")


def appoint(person_id: UUID, *, officer: bool = True) -> bool:
    """Make an administrator a privacy officer, or end it; answers whether that changed anything.

    Raises Refusal for any other account.
    """
    with db.writing() as session:
        person = session.get_one(Person, person_id, with_for_update=True)
        if person.role is not Role.ADMINISTRATOR:
            raise Refusal(NOT_AN_ADMINISTRATOR)
        if person.privacy_officer is officer:
            return False
        person.privacy_officer = officer
        audit.record(APPOINTED if officer else DISMISSED, entity_id=person_id)
        return True
