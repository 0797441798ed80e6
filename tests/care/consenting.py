"""Patients who say yes or no to a purpose."""

from __future__ import annotations

from app.care.operations import consents
from app.care.queries import consents as queries
from app.care.queries.consents import ConsentView
from app.care.rules.consents import Decision, Purpose, current
from tests.support.portal import Portal, Someone


def says(
    portal: Portal, someone: Someone, purpose: Purpose, agreed: bool, by: Someone | None = None
) -> Decision | None:
    """What this patient, or somebody for them, says to the text of today."""
    assert someone.patient_id is not None
    actor = portal.actor(by or someone)
    with portal.inside():
        return consents.answer(
            actor, someone.patient_id, purpose, agreed=agreed, version=current(purpose)
        )


def gives(portal: Portal, someone: Someone, purpose: Purpose) -> bool:
    """Whether the consent stands, asked as on a new request."""
    assert someone.patient_id is not None
    with portal.inside():
        return queries.gives(someone.patient_id, purpose)


def history(portal: Portal, someone: Someone, purpose: Purpose) -> list[ConsentView]:
    """What they said about a purpose, the latest first."""
    assert someone.patient_id is not None
    with portal.inside():
        return [one for one in queries.history(someone.patient_id) if one.purpose is purpose]
