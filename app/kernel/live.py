"""Live sockets: WebSocket only, behind a guard, each event behind a door asked every time."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from app.kernel import actor as actors
from app.kernel import jobs, outbox, reading
from app.kernel.access import Access, FactorNeeded, SignInNeeded, TrustNeeded
from app.kernel.actor import Actor
from app.kernel.payload import BadPayload, read
from app.kernel.refusal import Refusal
from app.kernel.settings import Settings
from app.kernel.sockets import SocketIO, join_room

LARGEST_MESSAGE = 65_536
EVENTS_PER_SECOND = 20.0
EVENTS_BURST = 60.0
SWEEP_SECONDS = 0.8
JOIN_SECONDS = 8.0
PATH = "/socket.io/"
UNMET = (SignInNeeded, FactorNeeded, TrustNeeded)
# What the packet and JSON readers raise on frames that no client of ours sends.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
REFUSED = [
    ("Content-Length", "0"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
]

Ended = Callable[[Iterable[UUID]], set[UUID]]
Left = Callable[[str, Actor], None]
log = structlog.get_logger("live")


class _Frames:
    """How frames are written and read."""

    dumps = staticmethod(json.dumps)
    loads = staticmethod(reading.loads)


class Sockets:
    """The open sockets of this process: whose they are, and how fast they talk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._actors: dict[str, Actor] = {}
        self._tokens: dict[str, tuple[float, float]] = {}
        self._opening: defaultdict[UUID, int] = defaultdict(int)

    def reserve(self, person: UUID, settings: Settings) -> bool:
        """Take one of the places under both caps for a request that wants to become a socket.

        Counted before the handshake, because a socket that never joins holds its thread as well.
        """
        with self._lock:
            room = sum(self._opening.values()) < settings.max_sockets
            if not room or self._opening[person] >= settings.max_sockets_per_person:
                return False
            self._opening[person] += 1
            return True

    def release(self, person: UUID) -> None:
        """Give the place back."""
        with self._lock:
            self._opening[person] -= 1
            if not self._opening[person]:
                del self._opening[person]

    def add(self, sid: str, actor: Actor, settings: Settings) -> bool:
        """Note a socket that joins; False when the person has enough of them."""
        with self._lock:
            theirs = sum(one.person_id == actor.person_id for one in self._actors.values())
            if theirs >= settings.max_sockets_per_person:
                return False
            self._actors[sid] = actor
            self._tokens[sid] = (EVENTS_BURST, time.monotonic())
            return True

    def remove(self, sid: str) -> Actor | None:
        """Forget a closed socket; answers whose it was."""
        with self._lock:
            self._tokens.pop(sid, None)
            return self._actors.pop(sid, None)

    def session_of(self, sid: str) -> UUID | None:
        """The sign-in session that this socket joined with; None before it has joined."""
        with self._lock:
            actor = self._actors.get(sid)
            return actor.session_id if actor else None

    def may_speak(self, sid: str) -> bool:
        """Take one token from the socket's bucket."""
        with self._lock:
            left, then = self._tokens.get(sid, (0.0, 0.0))
            moment = time.monotonic()
            left = min(EVENTS_BURST, left + (moment - then) * EVENTS_PER_SECOND)
            self._tokens[sid] = (left - 1, moment)
            return left >= 1

    def of_sessions(self, sessions: set[UUID]) -> list[str]:
        """The sockets that belong to any of these sign-in sessions."""
        with self._lock:
            return [sid for sid, actor in self._actors.items() if actor.session_id in sessions]

    def sessions(self) -> set[UUID]:
        """Every sign-in session with an open socket here."""
        with self._lock:
            return {actor.session_id for actor in self._actors.values()}


class Live:
    """The socket server of one application."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.sockets = Sockets()
        self.ended: Ended = lambda _sessions: set()
        self.left: list[Left] = []
        self.rules: dict[str, Access] = {}
        options: dict[str, Any] = {"transports": ["websocket"]}
        self.server: Any = SocketIO(  # typed loosely: the stubs lack its inner server
            app,
            async_mode="threading",
            manage_session=False,
            cors_allowed_origins=[settings.origin],
            max_http_buffer_size=LARGEST_MESSAGE,
            async_handlers=False,
            message_queue=settings.redis_url,
            logger=False,
            engineio_logger=False,
            json=_Frames,
            **options,
        )
        self.server.on_event("connect", self._connect)
        self.server.on_event("disconnect", self._disconnect)
        self._read = self._listen()

    def _listen(self) -> Callable[[str, object], object]:
        """Stand between the transport and its reader; answers the reader."""
        transport = self.server.server.eio
        reader: Callable[[str, object], object] = transport.handlers["message"]
        transport.on("message", self._hear)
        return reader

    def _hear(self, transport: str, frame: object) -> None:
        """Read one frame; whoever sends what cannot be read is hung up on.

        Handlers catch what goes wrong in them, so that only the reading itself can fail here.
        """
        try:
            self._read(transport, frame)
        except UNREADABLE as unreadable:
            log.warning("unreadable_frame", trouble=type(unreadable).__name__)
            self._drop(transport)

    def _connect(self, _auth: object = None) -> bool:
        actor = actors.current()
        if actor is None or actor.stage < actors.Stage.FULL:
            return False
        if not self.sockets.add(sid(), actor, self.settings):
            return False
        join_room(f"person:{actor.person_id}")
        return True

    def _disconnect(self, _reason: object = None) -> None:
        actor = self.sockets.remove(sid())
        if actor is not None:
            for act in self.left:
                act(sid(), actor)

    def on(
        self, name: str, access: Access, shape: type[Any], handler: Callable[..., object]
    ) -> None:
        """Register one event behind its door; the answer travels back as the acknowledgement."""
        self.rules[name] = access

        def ask_then_act(data: object = None) -> object:
            try:
                return self._act(access, shape, handler, data)
            except (*UNMET, HTTPException, BadPayload) as refused:
                _note_refusal(name, refused)
                return {"refused": type(refused).__name__}
            except Refusal as refusal:
                return {"refused": "Refusal", "sentence": str(refusal.sentence)}
            except Exception:
                log.exception("event_failed", event_name=name)
                return {"refused": "Trouble"}

        self.server.on_event(name, ask_then_act)

    def _act(
        self, access: Access, shape: type[Any], handler: Callable[..., object], data: object
    ) -> object:
        if not self.sockets.may_speak(sid()):
            self._hang_up(sid())
            return {"refused": "TooFast"}
        actor = actors.current()
        try:
            access.admit(actor)
        except SignInNeeded:
            self._hang_up(sid())
            raise
        payload = read(shape, data)
        things = {name: access.load(actor, name, getattr(payload, name)) for name in access.loads}
        access.confirm(actor)
        return handler(actor, payload, **things)

    def end_sessions(self, sessions: set[UUID]) -> None:
        """Close every socket of these sign-in sessions in this process."""
        for one in self.sockets.of_sessions(sessions):
            self._hang_up(one)

    def _hang_up(self, one: str) -> None:
        """Close the socket itself: a disconnect alone is a request that the client may ignore."""
        transport = self.server.server.manager.eio_sid_from_sid(one, "/")
        self.server.server.disconnect(one)
        if transport is not None:
            self._drop(transport)

    def _drop(self, transport: str) -> None:
        # In a thread of its own: a client that reads nothing would hold up whoever waits for it.
        threading.Thread(
            target=self.server.server.eio.disconnect, args=(transport,), daemon=True
        ).start()

    def start(self) -> None:
        """Look often for sessions that ended elsewhere, and close their sockets."""
        threading.Thread(target=self._sweep, name="live-sweep", daemon=True).start()

    def _sweep(self) -> None:
        silent: dict[str, float] = {}
        while True:
            time.sleep(SWEEP_SECONDS)
            try:
                silent = self._drop_silent(silent)
                if held := self.sockets.sessions():
                    with self.app.app_context():
                        self.end_sessions(self.ended(held))
            except Exception:
                log.exception("sweep_trouble")

    def _drop_silent(self, known: dict[str, float]) -> dict[str, float]:
        """Close transports that have not joined in time; answers those that still may."""
        inner, moment = self.server.server, time.monotonic()
        waiting = {
            one: known.get(one, moment)
            for one in list(inner.eio.sockets)
            if inner.manager.sid_from_eio_sid(one, "/") is None
        }
        for one, since in waiting.items():
            if moment - since > JOIN_SECONDS:
                self._drop(one)
        return waiting


class SocketGuard:
    """WSGI: nothing reaches the socket server but a signed-in page's own upgrade request.

    Without it, any client can hold threads by posting to, or idling on, the socket path.
    """

    def __init__(self, app: Flask, inner: Any, settings: Settings) -> None:
        self.app = app
        self.inner = inner
        self.settings = settings

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass other paths on; answer 403 to what is not allowed on this one."""
        if not environ.get("PATH_INFO", "").startswith(PATH.rstrip("/")):
            return self.inner(environ, start_response)
        person = self._person(environ) if self._is_own_upgrade(environ) else None
        sockets: Sockets = self.app.extensions["live"].sockets
        if person is None or not sockets.reserve(person, self.settings):
            start_response("403 Forbidden", [*REFUSED, *self.settings.strict_transport.items()])
            return [b""]
        try:
            return self.inner(environ, start_response)  # Returns when the socket has closed.
        finally:
            sockets.release(person)

    def _is_own_upgrade(self, environ: dict[str, Any]) -> bool:
        return (
            environ.get("REQUEST_METHOD") == "GET"
            and environ.get("HTTP_ORIGIN") == self.settings.origin
            and environ.get("HTTP_HOST") in self.settings.hosts
            and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
            and environ.get("CONTENT_LENGTH", "") in {"", "0"}
        )

    def _person(self, environ: dict[str, Any]) -> UUID | None:
        """Who is signed in with both factors; None for anybody else."""
        with self.app.request_context(environ):
            actor = actors.current()
            full = actor is not None and actor.stage >= actors.Stage.FULL
            return actor.person_id if actor is not None and full else None


def _note_refusal(name: str, refused: Exception) -> None:
    """Say who was refused which event, and why in one word."""
    actor = actors.current()
    who = str(actor.person_id) if actor else None
    why = type(refused).__name__
    log.warning("refused", event_name=name, error=why, entity="person", entity_id=who)


def sid() -> str:
    """The socket of the event being handled."""
    return str(request.sid)  # type: ignore[attr-defined]  # set by Flask-SocketIO


def live() -> Live:
    """The socket server of the running application."""
    found: Live = current_app.extensions["live"]
    return found


def send(event: str, data: dict[str, object], *, to: str, skip: str | None = None) -> None:
    """Send an event to a room or a socket, at once: for what is worthless a second later."""
    live().server.emit(event, data, to=to, skip_sid=skip)


def _send_hint(payload: dict[str, Any]) -> None:
    for room in payload["rooms"]:
        send("changed", {"changed": payload["changed"], "id": payload["id"]}, to=room)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its socket server and the guard before it."""
    app.extensions["live"] = Live(app, settings)
    app.wsgi_app = SocketGuard(app, app.wsgi_app, settings)  # type: ignore[method-assign]  # middleware
    jobs.handles(outbox.HINT, _send_hint)
