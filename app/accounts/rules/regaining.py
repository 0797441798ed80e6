"""Pure rules of getting back in after everything was lost: waiting, being checked, a link.

No step rests on the mailbox alone: NIST SP 800-63B-4, 4.2, asks for proofing anew where neither
codes nor factors are left, and two people of the clinic do that here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

# Long enough for the owner to notice and stop it, also over a weekend.
WAIT = timedelta(hours=72)
LINK_LASTS = timedelta(hours=24)
# What nobody has finished by then must be asked for again.
LAPSES_AFTER = timedelta(days=30)
# How long weighty things wait for somebody who has come back.
LIMITED_FOR = timedelta(days=7)
CHECKS = 2
CODE_DIGITS = 8
MOST_TRIES = 5


class RegainState(StrEnum):
    """Where a request to get back in stands."""

    OPEN = "open"
    LINKED = "linked"
    DONE = "done"
    STOPPED = "stopped"
    LAPSED = "lapsed"


class RegainStep(StrEnum):
    """What moves it on."""

    LINK = "link"
    FINISH = "finish"
    STOP = "stop"
    LAPSE = "lapse"


class CheckedBy(StrEnum):
    """How a member of staff made sure who somebody is."""

    IN_PERSON = "in-person"
    VIDEO = "video"
    VOICE = "voice"


class No(StrEnum):
    """Why a member of staff may not confirm who somebody is."""

    PAST = "past"
    EARLY = "early"
    SELF = "self"
    SAME = "same"


LIVE = frozenset({RegainState.OPEN, RegainState.LINKED})
STEPS = {
    (RegainState.OPEN, RegainStep.LINK): RegainState.LINKED,
    # A link that ran out may be followed by another one.
    (RegainState.LINKED, RegainStep.LINK): RegainState.LINKED,
    (RegainState.LINKED, RegainStep.FINISH): RegainState.DONE,
    (RegainState.OPEN, RegainStep.STOP): RegainState.STOPPED,
    (RegainState.LINKED, RegainStep.STOP): RegainState.STOPPED,
    (RegainState.OPEN, RegainStep.LAPSE): RegainState.LAPSED,
    (RegainState.LINKED, RegainStep.LAPSE): RegainState.LAPSED,
}


def due_at(asked_at: datetime) -> datetime:
    """From when staff may check who it is."""
    return asked_at + WAIT


def why_not_check(
    state: RegainState, asked_at: datetime, moment: datetime, *, himself: bool, again: bool
) -> No | None:
    """Why this member of staff may not confirm it now, or None.

    `himself`: they ask for their own account; `again`: they have confirmed it already.
    """
    if state is not RegainState.OPEN:
        return No.PAST
    if moment < due_at(asked_at):
        return No.EARLY
    if himself:
        return No.SELF
    return No.SAME if again else None


def link_works(state: RegainState, link_at: datetime | None, tries: int, moment: datetime) -> bool:
    """Whether the link that was sent still opens anything."""
    fresh = link_at is not None and moment < link_at + LINK_LASTS
    return state is RegainState.LINKED and fresh and tries < MOST_TRIES


def spoken_code(fingerprint: str) -> str:
    """The digits that staff say to the person, out of a keyed fingerprint in hex."""
    return f"{int(fingerprint, 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def plain_spoken_code(text: str) -> str:
    """The digits that were typed, without spaces and dashes; other letters make it wrong."""
    return "".join(one for one in text if one not in " -\u00a0")
