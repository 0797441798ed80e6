"""New answers, readings and agreements lead to a fresh look by the guideline rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.care.rules.consents import Purpose
from app.plans import room
from app.plans.operations import by_hand, drafting


@room.hears("questionnaires.answered")
def answered(patient_id: UUID, response_id: UUID) -> None:
    """Answers were sent."""
    del response_id
    drafting.look_again(patient_id)


@room.hears("results.recorded")
def recorded(patient_id: UUID) -> None:
    """A reading was entered or taken back."""
    drafting.look_again(patient_id)


@room.hears("care.consent_answered")
def consent_answered(patient_id: UUID, purpose: Purpose, stands: bool) -> None:
    """The patient agreed to drafts, or took that back: then what nobody decided about goes."""
    if purpose not in drafting.NEEDED:
        return
    if stands:
        drafting.look_again(patient_id)
    elif purpose is Purpose.DRAFTING:
        by_hand.drop_suggestions(patient_id)


@room.job("draft")
def draft(payload: dict[str, Any]) -> None:
    """Write or renew the draft."""
    drafting.draft(UUID(payload["patient_id"]))
