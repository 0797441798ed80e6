"""Socket events of a consult. The door of each is asked again every time.

A page is known by its socket and by the connection it names; signals of two pages meet only while
both are the present ones, so what an older page still says reaches nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from app.consults import queries, room, rules
from app.consults.operations import guests, present, recording, relay, turn
from app.consults.operations.present import Page
from app.consults.operations.relay import RelayRefusal
from app.consults.queries import VisitView
from app.consults.queries import guests as queries_of_guests
from app.consults.queries import recording as queries_of_recording
from app.consults.queries.guests import GuestView
from app.kernel import live
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.payload import BadPayload
from app.kernel.refusal import Refusal, Stale, TooMany

BOTH = (Role.PATIENT, Role.CLINICIAN)
DOOR = signed_in(*BOTH, Role.GUEST, writes=True, appointment=queries.visit)
SIGNAL_EVENT = "consults:signal"
# What a page looks for ways with, or, at the last, just the ways: it is told the TURN servers.
ROUTED = frozenset({"join", "restart", "servers"})
RELAY_ACTIONS = ROUTED | {"answer", "show", "leave"}


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What every event says: which visit, and which connection of this page."""

    appointment: UUID
    connection: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    sound: bool = False
    picture: bool = False

    def page(self) -> Page:
        """The page that speaks."""
        if not rules.is_connection(self.connection):
            raise BadPayload("connection")
        return Page(live.sid(), self.connection, self.sound, self.picture)


@dataclass(frozen=True, slots=True)
class Entering(OpenPage):
    """Opening the room, or joining the call."""

    joining: bool = False


@dataclass(frozen=True, slots=True)
class Beat(OpenPage):
    """A sign of life; `setup` is how long the first picture took, in milliseconds.

    `lost` and `concealed` are thousandths: of packets, and of sound that had to be made up.
    """

    connected: bool = False
    setup: int = 0
    way: str = field(default="", metadata={"longest": 8})
    lost: int = 0
    concealed: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """A description or a candidate, as JSON text, from one connection to one other."""

    appointment: UUID
    connection: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    to: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    kind: str = field(metadata={"longest": 16})
    body: str = field(metadata={"longest": rules.LONGEST_SIGNAL})


@room.event("enter", access=DOOR, shape=Entering)
def enter(actor: Actor, payload: Entering, appointment: VisitView) -> dict[str, object]:
    """The page opened the room, or its person pressed Join."""
    try:
        placed = present.enter(appointment, actor, payload.page(), joining=payload.joining)
    except Refusal as refusal:
        return {"refused": "Closed", "words": str(refusal.sentence)}
    now = queries.visit(actor, appointment.id) or appointment
    # Credentials for relays last an hour, and a page may be open for longer.
    fresh = {"iceServers": turn.servers(actor)}
    return {**queries.seen(now).told(), "elsewhere": not placed, **fresh}


@room.event("leave", access=DOOR, shape=OpenPage)
def leave(actor: Actor, payload: OpenPage, appointment: VisitView) -> dict[str, object]:
    """The person hung up."""
    try:
        present.leave(appointment, actor, payload.page())
    except Refusal:
        return {"refused": "Replaced"}
    return {}


@room.event("signal", access=DOOR, shape=Signal)
def signal(actor: Actor, payload: Signal, appointment: VisitView) -> dict[str, object]:
    """Hand a description or a candidate to another person's present page."""
    if not rules.signal_fits(payload.kind, payload.body):
        raise BadPayload(payload.kind)
    to = queries.target(appointment, actor, live.sid(), payload.connection, payload.to)
    if to is None:
        return {"sent": False}
    told: dict[str, object] = {
        "from": payload.connection,
        "to": payload.to,
        "kind": payload.kind,
        "body": payload.body,
    }
    live.send(SIGNAL_EVENT, told, to=to)
    return {"sent": True}


@room.event("state", access=DOOR, shape=Beat)
def state(actor: Actor, payload: Beat, appointment: VisitView) -> dict[str, object]:
    """The page lives; it says whether media flows and what it sends."""
    figures = rules.figures_of(payload.setup, payload.way, payload.lost, payload.concealed)
    try:
        present.report(
            appointment,
            actor,
            payload.page(),
            connected=payload.connected,
            figures=figures,
        )
    except Refusal:
        return {"refused": "Replaced"}
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """What a page that tries itself out wants of the media node; it needs no visit for that."""

    connection: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    action: str = field(metadata={"longest": 16})
    # The browser's answer to the node's offer.
    sdp: str = field(default="", metadata={"longest": rules.LONGEST_SIGNAL})
    # Whether it wants to see the others, or only hears them.
    pictures: bool = True

    def page(self, *, echo: bool) -> relay.Page:
        """The page that asks."""
        if not rules.is_connection(self.connection) or self.action not in RELAY_ACTIONS:
            raise BadPayload(self.action)
        return relay.Page(live.sid(), self.connection, echo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaying(Checking):
    """What a page of a visit wants of the media node."""

    appointment: UUID


@room.event("relay", access=DOOR, shape=Relaying)
def through_node(actor: Actor, payload: Relaying, appointment: VisitView) -> dict[str, object]:
    """Make, answer, renew or end this page's connection to the media node, or ways to it."""
    page = payload.page(echo=False)
    return _relayed(actor, page, payload, lambda: relay.join(appointment, actor, page))


@room.event("check", access=signed_in(*BOTH, writes=True), shape=Checking)
def there_and_back(actor: Actor, payload: Checking) -> dict[str, object]:
    """The same for the check call, in which a person meets nobody but themselves."""
    page = payload.page(echo=True)
    return _relayed(actor, page, payload, lambda: relay.join_oneself(actor, page))


def _relayed(
    actor: Actor, page: relay.Page, payload: Checking, join: Callable[[], dict[str, object]]
) -> dict[str, object]:
    try:
        relay.TRIES.take(str(actor.person_id))
        said = join() if payload.action == "join" else _asked(actor, page, payload)
    except TooMany as refusal:
        return {"refused": "TooMany", "words": str(refusal.sentence)}
    except RelayRefusal as refusal:
        return {"refused": refusal.code, "words": str(refusal.sentence)}
    # Those that the page had an hour ago are worth nothing now.
    fresh = {"iceServers": turn.servers(actor)} if payload.action in ROUTED else {}
    return {**said, **fresh}


def _asked(actor: Actor, page: relay.Page, payload: Checking) -> dict[str, object]:
    match payload.action:
        case "answer":
            return relay.answer(actor, page, payload.sdp)
        case "restart":
            return relay.restart(actor, page)
        case "show":
            return relay.show(actor, page, pictures=payload.pictures)
        case "leave":
            return relay.leave(actor, page)
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a page of a visit wants of its recording: see it, ask for it, answer, be ready."""

    appointment: UUID
    connection: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    step: str = field(metadata={"longest": 16})
    # Which one is meant; "" where none is open yet.
    recording: str = field(default="", metadata={"longest": 36})

    def which(self) -> UUID:
        """The recording that is meant."""
        try:
            return UUID(self.recording)
        except ValueError:
            raise BadPayload("recording") from None


@room.event("recording", access=DOOR, shape=Recording)
def record(actor: Actor, payload: Recording, appointment: VisitView) -> dict[str, object]:
    """Take one step with the recording of this visit, and tell how it stands."""
    match payload.step:
        case "see":
            pass
        case "ask":
            recording.ask(appointment, actor, live.sid(), payload.connection)
        case "agree" | "refuse":
            agreed = payload.step == "agree"
            recording.answer(appointment, actor, payload.which(), agreed=agreed)
        case "ready":
            recording.ready(appointment, actor, payload.which(), payload.connection)
        case "withdraw":
            recording.withdraw(appointment, actor, payload.which())
        case _:
            raise BadPayload(payload.step)
    return queries_of_recording.told_in(appointment, actor.person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """What a page of the two wants of the list of guests: see it, or take a step with one."""

    appointment: UUID
    connection: str = field(metadata={"longest": rules.LONGEST_CONNECTION})
    step: str = field(metadata={"longest": 16})
    # Which one is meant; "" to see the list.
    guest: str = field(default="", metadata={"longest": 36})


@room.event("guests", access=signed_in(*BOTH, writes=True, appointment=queries.visit), shape=Guests)
def look_after_guests(
    actor: Actor, payload: Guests, appointment: VisitView
) -> dict[str, list[dict[str, object]]]:
    """Take one step with somebody who was invited, and tell how everybody stands."""
    match payload.step:
        case "see":
            pass
        case "approve" | "refuse":
            guests.answer(_guest(actor, payload), approved=payload.step == "approve")
        case "remove":
            guests.remove(_guest(actor, payload))
        case _:
            raise BadPayload(payload.step)
    return {"guests": [one.told() for one in queries_of_guests.guests(appointment)]}


def _guest(actor: Actor, payload: Guests) -> GuestView:
    try:
        found = queries_of_guests.guest(actor, UUID(payload.guest))
    except ValueError:
        raise BadPayload("guest") from None
    if found is None or found.visit.id != payload.appointment:
        raise Stale(guests.PAST)
    return found


@room.on_leave
def closed(sid: str, _actor: Actor) -> None:
    """The page's socket closed."""
    present.lose(sid)
