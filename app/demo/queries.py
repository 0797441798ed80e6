"""What the operator's screen shows: the demo people and their codes of this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp

from app.accounts import queries as accounts
from app.care import queries as care
from app.demo.rules import PEOPLE, DemoPerson
from app.messages import queries as messages


@dataclass(frozen=True, slots=True)
class Code:
    """One person's sign-in code of this moment."""

    person: DemoPerson
    digits: str


def is_begun() -> bool:
    """Whether the first of the demo people exists."""
    return accounts.by_email(PEOPLE[0].email) is not None


def is_seeded() -> bool:
    """Whether seeding came to its end, which is the coordinator's welcome."""
    who = accounts.by_email(PEOPLE[0].email)
    patient_id = care.of_person(who.id) if who else None
    return patient_id is not None and messages.has_any(patient_id)


def codes(moment: datetime) -> list[Code]:
    """Everyone's present code."""
    found = []
    for person in PEOPLE:
        who = accounts.by_email(person.email)
        factor = accounts.authenticator_of(who.id) if who else None
        if factor is not None:
            found.append(Code(person, pyotp.TOTP(factor.secret).at(moment)))
    return found
