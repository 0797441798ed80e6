"""People who lost everything and ask to be let in again, for the staff who may check that."""

from __future__ import annotations

from uuid import UUID

from app.accounts.queries import regaining as accounts
from app.accounts.queries.regaining import RegainView
from app.care import queries
from app.care.queries import proxies
from app.kernel.actor import STAFF, Actor, Role


def waiting(actor: Actor) -> list[RegainView]:
    """Whom this member of staff may check, who has waited longest first.

    An administrator may check everybody; a coordinator colleagues, the patients whom they look
    after, and whoever acts for these. Nobody checks themselves.
    """
    if not actor.is_any(Role.ADMINISTRATOR, Role.COORDINATOR):
        return []
    found = accounts.due()
    patients = patients_among(actor) if found else {}
    mine = {*patients, *(proxies.carers_of(patients.values()) if patients else ())}
    return [
        one
        for one in found
        if one.person_id != actor.person_id
        and (actor.role is Role.ADMINISTRATOR or one.role in STAFF or one.person_id in mine)
    ]


def one(actor: Actor, number: UUID) -> RegainView | None:
    """One of these."""
    return next((found for found in waiting(actor) if found.id == number), None)


def patients_among(actor: Actor) -> dict[UUID, UUID]:
    """The patients whom a coordinator looks after, by the person that each one is."""
    if actor.role is not Role.COORDINATOR:
        return {}
    return {patient.person_id: patient.id for patient in queries.patients(actor)}
