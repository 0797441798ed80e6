"""A call through the media node: who may have a connection to it, and which node it is.

The node knows a room by the call's id and a person by a name that means nothing elsewhere. Who
has which place is decided here, never by the page: it is their seat in the visit.
"""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.consults import queries
from app.consults.models import Call, Presence
from app.consults.operations import nodes
from app.consults.operations.nodes import Answer, NodeGone, NodeRefused
from app.consults.operations.present import CLOSED, REPLACED
from app.consults.queries import CallView, VisitView
from app.consults.rules import Door
from app.kernel import clock, db, live
from app.kernel.actor import Actor
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal
from app.media import tokens

TRIES = Limit("relay", ((60, timedelta(minutes=1)),))
# Five of the minute that a node grants are left for clocks that differ.
TOKEN_SECONDS = tokens.LONGEST_SECONDS - 5
MOST_LEGS = 10_000
NAME_CHARACTERS = 32

ABSENT = _l("The call cannot go through our server now. It goes directly to the other person.")
BUSY = _l("Our video server is very busy. Please try again in a minute.")
GONE = _l("This connection has ended. We are connecting you again.")
UNFIT = _l("Your browser and our video server did not understand each other.")
REMOVED = _l("You were taken out of this call.")
MOVED_EVENT = "consults:moved"


class RelayRefusal(Refusal):
    """The relay is not to be had; `code` tells the page's script why."""

    def __init__(self, code: str, sentence: object) -> None:
        super().__init__(sentence)
        self.code = code


REFUSALS = {
    "full": ("Busy", BUSY),
    "busy": ("Busy", BUSY),
    "too-fast": ("Busy", BUSY),
    "draining": ("Busy", BUSY),
    "no-leg": ("Gone", GONE),
    "no-room": ("Gone", GONE),
    "bad-answer": ("Unfit", UNFIT),
    "bad-request": ("Unfit", UNFIT),
    "too-large": ("Unfit", UNFIT),
    "removed": ("Removed", REMOVED),
}


@dataclass(frozen=True, slots=True)
class Page:
    """The page that asks: its socket, its connection, and whether it calls itself (echo)."""

    sid: str
    connection: str
    echo: bool
    place: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """A connection to a node, as that node knows it."""

    node: str
    name: str


class Legs:
    """The legs that this process made, by who has them; the oldest make way.

    A process that forgot one has the page join anew, which replaces the leg at the node.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._legs: OrderedDict[tuple[UUID, str, bool], Leg] = OrderedDict()

    def keep(self, actor: Actor, page: Page, leg: Leg) -> None:
        """Remember a leg."""
        with self._lock:
            self._legs[actor.person_id, page.connection, page.echo] = leg
            while len(self._legs) > MOST_LEGS:
                self._legs.popitem(last=False)

    def of(self, actor: Actor, page: Page) -> Leg:
        """The leg of this page; refused where there is none."""
        with self._lock:
            found = self._legs.get((actor.person_id, page.connection, page.echo))
        if found is None:
            raise RelayRefusal("Gone", GONE)
        return found

    def forget(self, actor: Actor, page: Page) -> Leg | None:
        """Let go of this page's leg; answers which it was."""
        with self._lock:
            return self._legs.pop((actor.person_id, page.connection, page.echo), None)


_legs = Legs()


def join(one: VisitView, actor: Actor, page: Page) -> Answer:
    """A connection to the node: {"offer", "place", "others"}; an older one of the person ends.

    Raises RelayRefusal where the page is not the present one, or no node has room.
    """
    page = replace(page, place=one.seat)
    return _kept(actor, page, *_join_call(_call(one, actor, page), actor, page))


def join_oneself(actor: Actor, page: Page) -> Answer:
    """The same in a room of one's own, to see and hear oneself in; a second one ends the first.

    Raises RelayRefusal where no node has room.
    """
    node = nodes.least_loaded()
    if node is None:
        raise RelayRefusal("Absent", ABSENT)
    try:
        said = _join(node, f"echo-{_participant('echo', actor.person_id)}", actor, page)
    except NodeGone:
        raise RelayRefusal("Absent", ABSENT) from None
    except NodeRefused as no:
        raise _refusal(no) from None
    return _kept(actor, page, node, said)


def _kept(actor: Actor, page: Page, node: str, said: Answer) -> Answer:
    _legs.keep(actor, page, Leg(node, str(said["leg"])))
    return {key: said[key] for key in ("offer", "place", "others")}


def answer(actor: Actor, page: Page, sdp: str) -> Answer:
    """Hand the browser's answer to the node."""
    _ask(_legs.of(actor, page), "POST", "/answer", sdp=sdp)
    return {}


def restart(actor: Actor, page: Page) -> Answer:
    """A new way to the same connection, for a page whose network changed: {"offer"}."""
    return {"offer": _ask(_legs.of(actor, page), "POST", "/restart")["offer"]}


def show(actor: Actor, page: Page, *, pictures: bool) -> Answer:
    """Have the node send this page the others' pictures, or their sound alone."""
    _ask(_legs.of(actor, page), "POST", "/show", pictures=pictures)
    return {}


def leave(actor: Actor, page: Page) -> Answer:
    """End this page's connection; one that has ended already is as good."""
    leg = _legs.forget(actor, page)
    if leg is not None:
        try:
            nodes.ask(leg.node, "DELETE", f"/legs/{leg.name}")
        except (NodeGone, NodeRefused):
            return {}
    return {}


def dismiss(call: CallView, people: tuple[UUID, ...]) -> None:
    """Put everybody out of a call's room, once the visit is finished."""
    if call.node is None:
        return
    for person_id in people:
        try:
            nodes.ask(
                call.node,
                "POST",
                f"/rooms/{call.id.hex}/remove",
                participant=_participant(call.id.hex, person_id),
            )
        except NodeRefused:
            continue
        except NodeGone:
            return


def _call(one: VisitView, actor: Actor, page: Page) -> CallView:
    """The call that this page takes part in; refused for a page that another replaced."""
    if one.door is not Door.OPEN:
        raise RelayRefusal("Closed", CLOSED[one.door])
    found = queries.call_of_page(one, actor, page.sid, page.connection)
    if found is None:
        raise RelayRefusal("Replaced", REPLACED)
    return found


def _join_call(call: CallView, actor: Actor, page: Page) -> tuple[str, Answer]:
    """Join the call on its node; where that one is gone, on another for everybody."""
    node, instead_of = call.node, None
    for last in (False, True):
        node = node or _choose(call, actor, instead_of)
        try:
            return node, _join(node, call.id.hex, actor, page)
        except NodeGone:
            trouble = RelayRefusal("Absent", ABSENT)
        except NodeRefused as no:
            trouble = _refusal(no)
            # A room that the node has already may be joined until it empties.
            if no.code != "draining":
                raise trouble from None
        if last:
            raise trouble
        node, instead_of = None, node
    raise AssertionError  # The second round has returned or raised.


def _choose(call: CallView, actor: Actor, instead_of: str | None) -> str:
    """The least loaded node, written down so that the other person comes to the same.

    Where the call moves from one that is gone, the other's page is told to join anew.
    """
    found = nodes.least_loaded(but=instead_of)
    if found is None:
        raise RelayRefusal("Absent", ABSENT)
    with db.writing() as session:
        row = session.get(Call, call.id, with_for_update=True)
        if row is None or row.ended_at is not None:
            raise RelayRefusal("Gone", GONE)
        # The other person may have chosen a moment ago.
        if row.node in {None, instead_of}:
            row.node = found
            if instead_of is not None:
                _tell_moved(queries.presences(row.consult_id), actor)
        return row.node or found


def _tell_moved(here: dict[UUID, Presence], actor: Actor) -> None:
    for person_id, row in here.items():
        if person_id != actor.person_id:
            db.after_commit(partial(live.send, MOVED_EVENT, {}, to=row.sid))


def _join(node: str, room: str, actor: Actor, page: Page) -> Answer:
    claims = tokens.Claims(
        room=room,
        participant=_participant(room, actor.person_id),
        place=page.place,
        role=actor.role.value,
        expires=int(clock.now().timestamp()) + TOKEN_SECONDS,
        nonce=tokens.fresh_nonce(),
    )
    token = tokens.sign(claims, _secret())
    return nodes.ask(node, "POST", "/join", token=token, connection=page.connection, echo=page.echo)


def _participant(room: str, person_id: UUID) -> str:
    """A name for a person in one room, which leads back to nobody."""
    said = f"{room}|{person_id.hex}".encode()
    return hmac.digest(_secret(), said, "sha256").hex()[:NAME_CHARACTERS]


def _secret() -> bytes:
    text: str = current_app.extensions["settings"].media_secret
    return text.encode()


def _ask(leg: Leg, method: str, path: str, **body: object) -> Answer:
    try:
        return nodes.ask(leg.node, method, f"/legs/{leg.name}{path}", **body)
    except NodeGone:
        raise RelayRefusal("Gone", GONE) from None
    except NodeRefused as no:
        raise _refusal(no) from None


def _refusal(no: NodeRefused) -> RelayRefusal:
    return RelayRefusal(*REFUSALS.get(no.code, ("Absent", ABSENT)))
