"""A plan's life as one table: pages ask it which buttons to show, operations whether to act."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """Where a plan stands. Only a clinician's approval leads to what the patient may read."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class Step(StrEnum):
    """What can happen to a plan."""

    RENEW = "renew"
    OPEN_REVIEW = "open-review"
    DECIDE = "decide"
    TAKE_IN = "take-in"
    REDRAFT = "redraft"
    DISCARD = "discard"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


STEPS: dict[tuple[PlanState, Step], PlanState] = {
    (PlanState.DRAFT, Step.RENEW): PlanState.DRAFT,
    (PlanState.DRAFT, Step.OPEN_REVIEW): PlanState.IN_REVIEW,
    (PlanState.DRAFT, Step.DISCARD): PlanState.DISCARDED,
    (PlanState.IN_REVIEW, Step.DECIDE): PlanState.IN_REVIEW,
    (PlanState.IN_REVIEW, Step.TAKE_IN): PlanState.IN_REVIEW,
    (PlanState.IN_REVIEW, Step.REDRAFT): PlanState.DRAFT,
    (PlanState.IN_REVIEW, Step.DISCARD): PlanState.DISCARDED,
    (PlanState.IN_REVIEW, Step.APPROVE): PlanState.APPROVED,
    (PlanState.APPROVED, Step.PUBLISH): PlanState.ACTIVE,
    (PlanState.ACTIVE, Step.SUPERSEDE): PlanState.SUPERSEDED,
}

# FHIR R4 CarePlan.status knows no review and no signature: a plan that waits is its draft.
FHIR_STATUS = {
    PlanState.DRAFT: "draft",
    PlanState.IN_REVIEW: "draft",
    PlanState.APPROVED: "active",
    PlanState.ACTIVE: "active",
    PlanState.SUPERSEDED: "revoked",
    PlanState.DISCARDED: "entered-in-error",
}

OPEN = frozenset({PlanState.DRAFT, PlanState.IN_REVIEW})
SIGNED = frozenset({PlanState.APPROVED, PlanState.ACTIVE, PlanState.SUPERSEDED})
READABLE = frozenset({PlanState.ACTIVE, PlanState.SUPERSEDED})


def after(state: PlanState, step: Step) -> PlanState | None:
    """The state that the step leads to, or None where it cannot be taken."""
    return STEPS.get((state, step))


def can(state: PlanState, step: Step) -> bool:
    """Whether the step can be taken."""
    return (state, step) in STEPS
