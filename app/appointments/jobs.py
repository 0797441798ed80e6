"""What visits hear of other rooms."""

from __future__ import annotations

from uuid import UUID

from app.appointments import operations, room


@room.hears("care.member_leaves")
def colleague_leaves(patient_id: UUID, person_id: UUID) -> None:
    """Nobody leaves a patient who is about to meet them."""
    operations.ask_nothing_is_ahead(patient_id, person_id)
