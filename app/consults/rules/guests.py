"""Pure rules of guests: asked for, approved, let in by a link that works once, gone with the visit.

The clinician decides who comes. The patient may ask for somebody, and take that back until the
link has been opened.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from app.consults.rules import CLINICIAN_SEAT, PATIENT_SEAT, Door

GUEST_SEATS = (2, 3)
LONGEST_NAME = 80
# The bytes of a link that nobody can guess.
LINK_BYTES = 16


class GuestState(StrEnum):
    """Where an invitation stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    OPENED = "opened"
    REMOVED = "removed"
    EXPIRED = "expired"


class GuestStep(StrEnum):
    """What happens to an invitation."""

    APPROVE = "approve"
    REFUSE = "refuse"
    OPEN = "open"
    REMOVE = "remove"
    EXPIRE = "expire"


class Worth(StrEnum):
    """What a link is worth now, to whoever holds it."""

    WAITS = "waits"
    EARLY = "early"
    OPEN = "open"
    USED = "used"
    REFUSED = "refused"
    OVER = "over"


STEPS = {
    (GuestState.ASKED, GuestStep.APPROVE): GuestState.APPROVED,
    (GuestState.ASKED, GuestStep.REFUSE): GuestState.REFUSED,
    (GuestState.ASKED, GuestStep.REMOVE): GuestState.REMOVED,
    (GuestState.ASKED, GuestStep.EXPIRE): GuestState.EXPIRED,
    (GuestState.APPROVED, GuestStep.OPEN): GuestState.OPENED,
    (GuestState.APPROVED, GuestStep.REMOVE): GuestState.REMOVED,
    (GuestState.APPROVED, GuestStep.EXPIRE): GuestState.EXPIRED,
    (GuestState.OPENED, GuestStep.REMOVE): GuestState.REMOVED,
    (GuestState.OPENED, GuestStep.EXPIRE): GuestState.EXPIRED,
}
# Those that have a seat.
LIVE = frozenset({GuestState.ASKED, GuestState.APPROVED, GuestState.OPENED})
BY_PATIENT = frozenset(
    {(GuestState.ASKED, GuestStep.REMOVE), (GuestState.APPROVED, GuestStep.REMOVE)}
)
BY_CLINICIAN = BY_PATIENT | {
    (GuestState.ASKED, GuestStep.APPROVE),
    (GuestState.ASKED, GuestStep.REFUSE),
    (GuestState.OPENED, GuestStep.REMOVE),
}


def after_step(state: GuestState, step: GuestStep) -> GuestState | None:
    """The invitation's next state, or None where the step cannot be taken."""
    return STEPS.get((state, step))


def may_take(seat: int, state: GuestState, step: GuestStep) -> bool:
    """Whether the person with this seat may take the step."""
    allowed = {PATIENT_SEAT: BY_PATIENT, CLINICIAN_SEAT: BY_CLINICIAN}.get(seat, frozenset())
    return (state, step) in allowed


def first_state(seat: int) -> GuestState:
    """How an invitation begins: the clinician's own needs nobody's approval."""
    return GuestState.APPROVED if seat == CLINICIAN_SEAT else GuestState.ASKED


def free_seat(taken: Collection[int]) -> int | None:
    """A seat that no other guest has, or None where all are taken."""
    return next((seat for seat in GUEST_SEATS if seat not in taken), None)


def worth(state: GuestState, door: Door) -> Worth:
    """What a link in this state is worth while the visit's door stands so."""
    if state is GuestState.REFUSED:
        return Worth.REFUSED
    if state not in LIVE or door in {Door.OVER, Door.FINISHED}:
        return Worth.OVER
    if state is GuestState.OPENED:
        return Worth.USED
    if state is GuestState.ASKED:
        return Worth.WAITS
    return Worth.EARLY if door is Door.EARLY else Worth.OPEN
