"""Pure rules of consults. Visit, call and presence are three things with a table each.

Hanging up never ends a visit; reloading a page never ends a call; an open page is only presence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel import reading

OPENS_BEFORE = timedelta(minutes=10)
# A visit nobody has begun can still be begun this long after its planned end.
OPEN_AFTER = timedelta(hours=2)
# A page that vanished (reload, sleep, a tunnel) is waited for this long.
LOST_FOR = timedelta(seconds=60)
# A page speaks about every 15 s; browsers let hidden ones speak once a minute.
SILENT_FOR = timedelta(seconds=150)
SHORTEST_CONNECTION, LONGEST_CONNECTION = 8, 36
# Offers of one connection, each with its number.
MOST_TURNS = 100_000
MOST_LINES = 64
LONGEST_SIGNAL = 20_000
LONGEST_CANDIDATE = 1_000
LONGEST_SEAL_PART = 200
# What each step of the agreement on keys carries; the server passes it on and can read none of it.
SEAL_STEPS = {
    "promise": {"leaf", "yours", "promise"},
    "show": {"leaf", "yours", "shown", "nonce"},
    "key": {"leaf", "yours", "iv", "data"},
    "cannot": set[str](),
}
PERMILLE = 1000
# Seats are places at the media node as well.
PATIENT_SEAT, CLINICIAN_SEAT = 0, 1
# A call takes two.
FEWEST_MET = 2
LONGEST_SETUP_MILLISECONDS = 10 * 60 * 1000


class VisitState(StrEnum):
    """Where the visit stands (FHIR EncounterStatus codes)."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"


class VisitStep(StrEnum):
    """What the clinician does to a visit: comes into it, and closes it."""

    START = "start"
    FINISH = "finish"


class CallState(StrEnum):
    """One attempt to see and hear each other."""

    NONE = "none"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ENDED = "ended"


class CallStep(StrEnum):
    """What happens to a call: someone comes, both meet, they are torn apart, all have gone."""

    JOIN = "join"
    MEET = "meet"
    PART = "part"
    EMPTY = "empty"


class Place(StrEnum):
    """Where one of the two is. Away is the absence of a row."""

    AWAY = "away"
    WAITING = "waiting"
    CALL = "call"
    LOST = "lost"


class Move(StrEnum):
    """What changes where someone is."""

    ENTER = "enter"
    JOIN = "join"
    HANG_UP = "hang-up"
    LOSE = "lose"
    EXPIRE = "expire"


class Way(StrEnum):
    """How the media of a call travels: browser to browser, our node, or somebody's TURN server."""

    DIRECT = "direct"
    RELAY = "relay"
    TURN = "turn"


class Door(StrEnum):
    """Whether the room can be joined now."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"
    FINISHED = "finished"


VISIT_STEPS = {
    (VisitState.PLANNED, VisitStep.START): VisitState.IN_PROGRESS,
    (VisitState.IN_PROGRESS, VisitStep.START): VisitState.IN_PROGRESS,
    (VisitState.IN_PROGRESS, VisitStep.FINISH): VisitState.FINISHED,
}
CALL_STEPS = {
    (CallState.NONE, CallStep.JOIN): CallState.CONNECTING,
    (CallState.CONNECTING, CallStep.MEET): CallState.CONNECTED,
    (CallState.CONNECTING, CallStep.EMPTY): CallState.ENDED,
    (CallState.CONNECTED, CallStep.PART): CallState.CONNECTING,
    (CallState.CONNECTED, CallStep.EMPTY): CallState.ENDED,
}
MOVES = {
    (Place.AWAY, Move.ENTER): Place.WAITING,
    (Place.AWAY, Move.JOIN): Place.CALL,
    (Place.WAITING, Move.ENTER): Place.WAITING,
    (Place.WAITING, Move.JOIN): Place.CALL,
    (Place.WAITING, Move.HANG_UP): Place.WAITING,
    (Place.WAITING, Move.LOSE): Place.AWAY,
    (Place.WAITING, Move.EXPIRE): Place.AWAY,
    (Place.CALL, Move.JOIN): Place.CALL,
    (Place.CALL, Move.HANG_UP): Place.WAITING,
    (Place.CALL, Move.LOSE): Place.LOST,
    (Place.CALL, Move.EXPIRE): Place.AWAY,
    (Place.LOST, Move.ENTER): Place.WAITING,
    (Place.LOST, Move.JOIN): Place.CALL,
    (Place.LOST, Move.HANG_UP): Place.WAITING,
    (Place.LOST, Move.LOSE): Place.LOST,
    (Place.LOST, Move.EXPIRE): Place.AWAY,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person as the call sees them: where they are, and whether media flows for them."""

    place: Place
    connected: bool


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How a call goes for one page, without content; nought where it does not know yet.

    Built by `figures_of`, which keeps what pages say within bounds.
    """

    setup_milliseconds: int = 0
    way: Way | None = None
    lost_permille: int = 0
    concealed_permille: int = 0


def figures_of(setup_milliseconds: int, way: str, lost: int, concealed: int) -> CallFigures:
    """What a page says of its call; the last two in thousandths."""
    return CallFigures(
        setup_milliseconds=min(max(setup_milliseconds, 0), LONGEST_SETUP_MILLISECONDS),
        way=Way(way) if way in set(Way) else None,
        lost_permille=min(max(lost, 0), PERMILLE),
        concealed_permille=min(max(concealed, 0), PERMILLE),
    )


def after_visit_step(state: VisitState, step: VisitStep) -> VisitState | None:
    """The visit's next state, or None where the step cannot be taken."""
    return VISIT_STEPS.get((state, step))


def after_move(place: Place, move: Move) -> Place | None:
    """Where the person is then, or None where the move cannot be made."""
    return MOVES.get((place, move))


def call_after(state: CallState, people: Iterable[Standing]) -> CallState:
    """The call's state, seeing where its people are now."""
    return CALL_STEPS.get((state, _call_step(state, list(people))), state)


def _call_step(state: CallState, people: list[Standing]) -> CallStep:
    taking_part = [one for one in people if one.place in {Place.CALL, Place.LOST}]
    if state is CallState.NONE and any(one.place is Place.CALL for one in people):
        return CallStep.JOIN
    if not taking_part:
        return CallStep.EMPTY
    # Two who meet are a call, whoever they are, and whoever else is still on the way.
    met = sum(one.connected for one in taking_part) >= FEWEST_MET
    return CallStep.MEET if met else CallStep.PART


def opens_at(starts_at: datetime) -> datetime:
    """From when the room can be joined."""
    return starts_at - OPENS_BEFORE


def closes_at(starts_at: datetime, minutes: int) -> datetime:
    """Until when a visit that nobody has begun can be joined."""
    return starts_at + timedelta(minutes=minutes) + OPEN_AFTER


def door(state: VisitState, starts_at: datetime, minutes: int, moment: datetime) -> Door:
    """Whether the room can be joined at this moment."""
    if state is VisitState.FINISHED:
        return Door.FINISHED
    if state is VisitState.IN_PROGRESS:
        return Door.OPEN
    if moment < opens_at(starts_at):
        return Door.EARLY
    return Door.OVER if moment > closes_at(starts_at, minutes) else Door.OPEN


def is_gone(place: Place, beat_at: datetime, moment: datetime) -> bool:
    """Whether someone who fell silent is no longer waited for."""
    patience = LOST_FOR if place is Place.LOST else SILENT_FOR
    return moment - beat_at > patience


def signal_fits(kind: str, body: str) -> bool:
    """Whether a signal is what a browser sends.

    That is a description, the wish for one, a candidate, or a step towards keys.
    """
    try:
        data = reading.loads(body, longest=LONGEST_SIGNAL)
    except reading.BadJson:
        return False
    if not isinstance(data, dict):
        return False
    fits = {
        "description": _is_description,
        "wish": _is_wish,
        "candidate": _is_candidate,
        "seal": _is_seal,
    }
    return fits.get(kind, _never)(data)


def _is_description(data: dict[str, object]) -> bool:
    sdp, turn = data.get("sdp"), data.get("turn", 0)
    return (
        {"type", "sdp"} <= set(data) <= {"type", "sdp", "turn"}
        and data["type"] in ("offer", "answer")
        and isinstance(sdp, str)
        and sdp.startswith("v=0")
        and type(turn) is int
        and 0 <= turn < MOST_TURNS
    )


def _is_wish(data: dict[str, object]) -> bool:
    return set(data) == {"restart"} and isinstance(data["restart"], bool)


def _is_candidate(data: dict[str, object]) -> bool:
    names = {"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"}
    text, index = data.get("candidate"), data.get("sdpMLineIndex")
    small = all(
        value is None or (isinstance(value, str) and len(value) <= LONGEST_CANDIDATE)
        for value in (text, data.get("sdpMid"), data.get("usernameFragment"))
    )
    return (
        set(data) <= names
        and isinstance(text, str)
        and small
        and (index is None or (type(index) is int and 0 <= index < MOST_LINES))
    )


def _is_seal(data: dict[str, object]) -> bool:
    wanted = SEAL_STEPS.get(str(data.get("step")))
    if wanted is None or set(data) != {"step", *wanted}:
        return False
    return all(
        isinstance(value, str) and len(value) <= LONGEST_SEAL_PART for value in data.values()
    )


def _never(_data: dict[str, object]) -> bool:
    return False


def is_connection(text: str) -> bool:
    """Whether this can be the name that a page gave to its connection."""
    plain = text.isascii() and text.replace("-", "").isalnum()
    return plain and SHORTEST_CONNECTION <= len(text) <= LONGEST_CONNECTION
