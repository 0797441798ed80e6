"""Pure rules of invitations: sent by mail, opened with something that only the invited know.

An invitation is worth something for a day after it was sent, to whoever answers its question
within five tries, and once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

# Nobody alive was born before; the rules refuse such a date, and with it every plan.
EARLIEST_BIRTH = date(1900, 1, 1)
LASTS = timedelta(hours=24)
MOST_TRIES = 5
# The bytes of a link that nobody can guess.
LINK_BYTES = 16
# How long after the right answer a password may be chosen before the question is asked again.
PROOF_LASTS = timedelta(minutes=30)
# How long what was typed into an invitation is kept after its last link ran out unused.
KEPT_FOR = timedelta(days=30)
LONGEST_NAME = 120
LONGEST_EMAIL = 254


class InvitationState(StrEnum):
    """Where an invitation stands."""

    SENT = "sent"
    OPENED = "opened"
    DONE = "done"
    CLOSED = "closed"


class InvitationStep(StrEnum):
    """What happens to an invitation."""

    SEND = "send"
    OPEN = "open"
    FINISH = "finish"
    CLOSE = "close"


class Standing(StrEnum):
    """How an invitation looks to whoever sent it."""

    ON_ITS_WAY = "on-its-way"
    SENT = "sent"
    OPENED = "opened"
    DONE = "done"
    EXPIRED = "expired"
    CLOSED = "closed"


STEPS = {
    (InvitationState.SENT, InvitationStep.OPEN): InvitationState.OPENED,
    (InvitationState.OPENED, InvitationStep.OPEN): InvitationState.OPENED,
    (InvitationState.OPENED, InvitationStep.FINISH): InvitationState.DONE,
    (InvitationState.SENT, InvitationStep.CLOSE): InvitationState.CLOSED,
    (InvitationState.OPENED, InvitationStep.CLOSE): InvitationState.CLOSED,
    (InvitationState.SENT, InvitationStep.SEND): InvitationState.SENT,
    (InvitationState.OPENED, InvitationStep.SEND): InvitationState.SENT,
    (InvitationState.CLOSED, InvitationStep.SEND): InvitationState.SENT,
}
LIVE = frozenset({InvitationState.SENT, InvitationState.OPENED})


def after_step(state: InvitationState, step: InvitationStep) -> InvitationState | None:
    """The invitation's next state, or None where the step cannot be taken."""
    return STEPS.get((state, step))


def before_step(step: InvitationStep) -> list[InvitationState]:
    """The states from which the step can be taken, for statements."""
    return [state for state, taken in STEPS if taken is step]


def is_open(state: InvitationState, expires_at: datetime | None, moment: datetime) -> bool:
    """Whether the link leads anywhere: it was sent, and its day is not over."""
    return state in LIVE and expires_at is not None and moment < expires_at


def standing(
    state: InvitationState, sent_at: datetime | None, expires_at: datetime | None, moment: datetime
) -> Standing:
    """How the invitation looks to whoever sent it."""
    if state not in LIVE:
        return Standing(state.value)
    if sent_at is None or expires_at is None:
        return Standing.ON_ITS_WAY
    return Standing(state.value) if moment < expires_at else Standing.EXPIRED


def tries_left(tries: int) -> int:
    """How often the question may still be answered."""
    return max(0, MOST_TRIES - tries)


def has_lapsed(
    state: InvitationState,
    serial: int,
    created_at: datetime,
    expires_at: datetime | None,
    moment: datetime,
) -> bool:
    """Whether nobody came for so long that what is known of the invited is to go.

    It counts from the end of the last link; for a letter that was never written, from the
    invitation. Another letter that waits to be written starts it anew.
    """
    if state is InvitationState.DONE or (expires_at is None and serial > 1):
        return False
    return moment - (expires_at or created_at) > KEPT_FOR


def proof_holds(proved_at: datetime, moment: datetime) -> bool:
    """Whether the right answer was given lately enough to choose a password on it."""
    return timedelta(0) <= moment - proved_at <= PROOF_LASTS


def is_possible_birth(born: date, today: date) -> bool:
    """Whether somebody who lives today can have been born on that day."""
    return EARLIEST_BIRTH <= born <= today
