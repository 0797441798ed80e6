"""Pure rules of recordings: asked for, agreed to by everybody, running, kept, deleted.

A recording runs only while everybody who is in the call has agreed to it. Whoever takes that back,
leaves fewer than two, or comes in without having been asked, ends it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

# Which version of the question people were shown; a change of its words is a new version.
WORDING = 1
KEPT_FOR = timedelta(days=365)
# How long a question stays open, and how long pages may take to send through the node.
ANSWER_WITHIN = timedelta(minutes=5)
BEGIN_WITHIN = timedelta(seconds=20)
# One's own reading is written down once for this long, not for each piece that a player fetches.
SAME_OPENING = timedelta(minutes=10)
# How long a node that does not answer is asked again to stop.
STOP_WITHIN = timedelta(minutes=10)
FEWEST = 2
Person = TypeVar("Person")


class RecordingState(StrEnum):
    """Where a recording stands."""

    ASKED = "asked"
    AGREED = "agreed"
    RUNNING = "running"
    REFUSED = "refused"
    DROPPED = "dropped"
    KEPT = "kept"
    DELETED = "deleted"


class RecordingStep(StrEnum):
    """What happens to a recording."""

    AGREE = "agree"
    REFUSE = "refuse"
    BEGIN = "begin"
    END = "end"
    DELETE = "delete"


class Answer(StrEnum):
    """What a person said to it (FHIR Consent)."""

    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Ending(StrEnum):
    """Why a recording is over, or never began."""

    REFUSED = "refused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
    LEFT = "left"
    FINISHED = "finished"
    FAILED = "failed"
    UNANSWERED = "unanswered"


class Deleter(StrEnum):
    """At whose wish a recording was deleted."""

    PATIENT = "patient"
    TIME = "time"


STEPS = {
    (RecordingState.ASKED, RecordingStep.AGREE): RecordingState.AGREED,
    (RecordingState.ASKED, RecordingStep.REFUSE): RecordingState.REFUSED,
    (RecordingState.ASKED, RecordingStep.END): RecordingState.DROPPED,
    (RecordingState.AGREED, RecordingStep.BEGIN): RecordingState.RUNNING,
    (RecordingState.AGREED, RecordingStep.END): RecordingState.DROPPED,
    (RecordingState.RUNNING, RecordingStep.END): RecordingState.KEPT,
    (RecordingState.KEPT, RecordingStep.DELETE): RecordingState.DELETED,
}
OPEN = frozenset({RecordingState.ASKED, RecordingState.AGREED, RecordingState.RUNNING})
# While one stands so, sound and pictures pass unsealed, and everybody's page says so.
UNSEALED = frozenset({RecordingState.AGREED, RecordingState.RUNNING})


def after_step(state: RecordingState, step: RecordingStep) -> RecordingState | None:
    """The recording's next state, or None where the step cannot be taken."""
    return STEPS.get((state, step))


def all_agree(here: Collection[Person], agreed: Collection[Person]) -> bool:
    """Whether everybody who is in the call has said yes, and enough are there."""
    return len(here) >= FEWEST and set(here) <= set(agreed)


def must_end(
    state: RecordingState, here: Collection[Person], agreed: Collection[Person]
) -> Ending | None:
    """Why a recording cannot go on with these people in the call; None where it can."""
    if state not in OPEN:
        return None
    if len(here) < FEWEST:
        return Ending.LEFT
    if state in UNSEALED and not all_agree(here, agreed):
        return Ending.JOINED
    return None


def is_overdue(state: RecordingState, since: datetime, moment: datetime) -> bool:
    """Whether a question was left unanswered, or pages did not begin to send through the node."""
    allowed = {RecordingState.ASKED: ANSWER_WITHIN, RecordingState.AGREED: BEGIN_WITHIN}
    return state in allowed and moment - since > allowed[state]


def may_still_run(ended_at: datetime, moment: datetime) -> bool:
    """Whether a node that has not answered since then may come back with a room that records."""
    return moment - ended_at < STOP_WITHIN


def kept_until(ended_at: datetime) -> datetime:
    """When it is deleted by itself."""
    return ended_at + KEPT_FOR


# ---------------------------------------------------------------- the head of the file

TRACKS = bytes.fromhex("1654AE6B")
ID_AND_LENGTH = {"tracks": 12, "track": 9}
SIZE_MASK = (1 << 56) - 1
# How the element with a track's kind, and that with the name of its place, begin.
KIND, NAME = bytes.fromhex("83 01 00000000000001"), bytes.fromhex("536E 01")
PICTURE, SOUND, OTHER = KIND + b"\x01", KIND + b"\x02", KIND + b"\x11"
LENGTH_BYTES = 7
# The tracks are described well within so many bytes.
MOST_HEAD = 4096


def put_first(head: bytes, place: int) -> bytes:
    """A file's first bytes with the tracks of this place in front; every byte keeps its count.

    Browsers play the first picture and the first sound of a file. `place` counts the places that
    were recorded, from 0; where there are fewer, nothing changes. One who was never seen, or never
    heard, has no picture or no sound in the file: then nobody else's is played in its place. The
    layout is that of `app.media.recording`: every length takes eight bytes.
    """
    at = head.find(TRACKS)
    if at < 0:
        return head
    start = at + ID_AND_LENGTH["tracks"]
    end = start + (int.from_bytes(head[at + 4 : start], "big") & SIZE_MASK)
    tracks = []
    while start < end <= len(head):
        size = ID_AND_LENGTH["track"]
        size += int.from_bytes(head[start + 1 : start + size], "big") & SIZE_MASK
        tracks.append(head[start : start + size])
        start += size
    names = list(dict.fromkeys(map(_name, tracks)))
    wanted = names[place] if 0 <= place < len(names) else None
    chosen = [one for one in tracks if _name(one) == wanted]
    others = [one for one in tracks if _name(one) != wanted]
    for kind in (PICTURE, SOUND):
        if chosen and not any(kind in one for one in chosen):
            # No player takes it for that any more, nor stumbles over it.
            others = [one.replace(kind, OTHER, 1) for one in others]
    laid = b"".join([*chosen, *others])
    return head[: end - len(laid)] + laid + head[end:] if laid else head


def _name(track: bytes) -> bytes:
    """What a track says of its place."""
    _, _, rest = track.partition(NAME)
    size = int.from_bytes(rest[:LENGTH_BYTES], "big")
    return rest[LENGTH_BYTES : LENGTH_BYTES + size]
