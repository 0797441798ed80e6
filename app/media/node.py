"""One node: rooms and legs on one UDP port, in one event loop."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from app.media import sdp, tokens
from app.media.engine import Engine
from app.media.leg import Leg
from app.media.logs import Log
from app.media.metrics import Figures
from app.media.overload import FULL
from app.media.recording.sink import Sink
from app.media.refusals import Refused
from app.media.rooms import PLACES, Room
from app.media.settings import NodeSettings

CONNECTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
RECORDING = re.compile(r"[A-Za-z0-9_-]{1,64}")
SUFFIX = ".webm.sealed"
# How often recordings are looked after, and after how long an empty room's is closed.
LOOK_SECONDS = 0.2
EMPTY_SECONDS = 30.0
log = Log("node")


def _microseconds() -> int:
    """A clock that never goes back."""
    return time.monotonic_ns() // 1000


class Node:
    """What `control` asks of a node: see `control.Forwarder` for the words of each call."""

    def __init__(
        self,
        settings: NodeSettings,
        index: int = 0,
        *,
        plain: bool = False,
        now: Callable[[], int] = _microseconds,
    ) -> None:
        self._settings = settings
        self._engine = Engine(settings, index, plain=plain, gone=self._gone, now=now)
        self._rooms: dict[str, Room] = {}
        self._removed: dict[tuple[str, str], float] = {}
        self._files: dict[str, str] = {}
        # When the room of a recording was seen empty.
        self._emptied: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[object] | None = None
        self._draining = False
        self._empty = asyncio.Event()
        self._joins = self._restarts = 0

    async def start(self) -> None:
        """Open the UDP port; raises OSError where it cannot be had."""
        self._engine.start()
        self._look()

    async def drain(self) -> None:
        """Take no new rooms; returns when the last has emptied."""
        self._draining = True
        self._leave_when_empty()
        await self._empty.wait()

    async def close(self) -> None:
        """End every recording and every leg, and let go of the port."""
        if self._timer is not None:
            self._timer.cancel()
        if self._closing is not None:
            await self._closing
        for name in list(self._files):
            with suppress(Refused):
                await self.stop_recording(name)
        await self._engine.close()

    @property
    def load(self) -> float:
        """How busy the node is, 0 to 1."""
        return max(self._engine.pressure.load, len(self._engine.legs) / self._settings.max_legs)

    async def join(
        self, token: str, connection: str, *, echo: bool = False, simulcast: bool = True
    ) -> Mapping[str, object]:
        """Make a leg and its offer; the participant's earlier leg ends."""
        claims = self._claims(token)
        if CONNECTION.fullmatch(connection) is None:
            raise Refused("bad-token")
        self._admit(claims)
        shows = [claims.place] if echo else [at for at in range(PLACES) if at != claims.place]
        leg = Leg(claims, connection, shows=shows, now=self._engine.now())
        leg.simulcast = simulcast
        await self._make_way(leg)
        # Looked up only now: while others left, the room may have ended, or begun anew.
        room = self._rooms.setdefault(claims.room, Room(claims.room))
        room.enter(leg)
        self._engine.open(leg)
        self._joins += 1
        others = [at for at, one in room.legs.items() if one is not leg]
        offer = self._engine.offer(leg)
        return {"leg": leg.id, "offer": offer, "place": leg.place, "others": others}

    async def answer(self, leg: str, sdp_text: str) -> Mapping[str, object]:
        """Take the browser's answer: the first begins the handshake, later ones change routes."""
        found = self._leg(leg)
        try:
            answer = sdp.read_answer(sdp_text)
        except ValueError as error:
            raise Refused("bad-answer", str(error)) from None
        if found.answer is None:
            self._engine.secure(found, answer)
        elif found.answer.fingerprint != answer.fingerprint:
            raise Refused("bad-answer", "The answer names another certificate.")
        return {}

    async def restart(self, leg: str) -> Mapping[str, object]:
        """New ICE credentials; keys, streams and slots stay."""
        found = self._leg(leg)
        found.renew()
        self._engine.reopen(found)
        self._restarts += 1
        return {"offer": self._engine.offer(found)}

    async def show(self, leg: str, *, pictures: bool) -> Mapping[str, object]:
        """Give a leg the others' pictures from now on, or their sound alone."""
        found = self._leg(leg)
        found.pictures = pictures
        found.rearrange(0)
        return {}

    async def leave(self, leg: str) -> Mapping[str, object]:
        """End a leg."""
        await self._engine.shut(self._leg(leg))
        return {}

    async def remove(self, room: str, participant: str) -> Mapping[str, object]:
        """End a participant's leg; their tokens for this room are worth nothing from now on."""
        self._removed[room, participant] = time.time() + tokens.LONGEST_SECONDS
        found = self._rooms.get(room)
        for leg in list(found.legs.values()) if found else []:
            if leg.participant == participant:
                await self._engine.shut(leg)
        return {}

    async def record(
        self, room: str, name: str, key: bytes, places: tuple[int, ...] = tuple(range(PLACES))
    ) -> Mapping[str, object]:
        """Begin to record these places of a room; nothing of the others is written."""
        found = self._room(room)
        if room in self._files or RECORDING.fullmatch(name) is None:
            raise Refused("busy")
        path = self._settings.recordings / f"{name}{SUFFIX}"
        self._files[room] = path.name
        try:
            sink = await asyncio.to_thread(Sink, path, key, places)
        except (OSError, ValueError):
            del self._files[room]
            raise Refused("busy", "The recording could not be begun.") from None
        # While the file was made everybody may have left, and others have come.
        found = self._rooms.setdefault(room, found)
        found.record(sink)
        return {}

    async def stop_recording(self, room: str) -> Mapping[str, object]:
        """End the recording: which file, and how long it is."""
        found = self._room(room)
        sink = found.sink
        if not isinstance(sink, Sink):
            raise Refused("not-recording")
        found.record(None)
        seconds = await asyncio.to_thread(sink.close)
        self._forget(found)
        self._emptied.pop(room, None)
        return {"file": self._files.pop(room, ""), "seconds": seconds}

    def _look(self) -> None:
        """Ask for the pictures that recordings wait for; close those that nobody is left in."""
        try:
            for name in self._files:
                self._look_after(self._rooms.get(name))
        except Exception:
            # The clock of recordings stands still for nobody's trouble.
            log.exception("recordings_failed")
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look_after(self, room: Room | None) -> None:
        if room is None or not isinstance(room.sink, Sink):
            return
        for place in room.sink.needs_keyframe() & room.legs.keys():
            for stream in room.legs[place].video_streams():
                if not stream.is_stale(self._engine.now()):
                    stream.want_keyframe()
        if room.legs:
            self._emptied.pop(room.name, None)
            return
        empty = time.monotonic() - self._emptied.setdefault(room.name, time.monotonic())
        if empty > EMPTY_SECONDS and (self._closing is None or self._closing.done()):
            self._closing = asyncio.ensure_future(self.stop_recording(room.name))

    def room(self, room: str) -> Mapping[str, object]:
        """Who is in a room, by place."""
        found = self._room(room)
        places = {
            str(at): {
                "ready": leg.ready,
                "sends": sorted({one.kind for one in leg.streams.values()}),
            }
            for at, leg in found.legs.items()
        }
        sink = found.sink
        if not isinstance(sink, Sink):
            return {"places": places, "recording": False}
        if sink.ended is not None:
            return {"places": places, "recording": False, "why": sink.ended.code}
        return {"places": places, "recording": True}

    def figures(self) -> Figures:
        """Counters and gauges for metrics."""
        return {
            **self._engine.figures(),
            "rooms": len(self._rooms),
            "load": self.load,
            "joins_total": self._joins,
            "restarts_total": self._restarts,
        }

    def _claims(self, token: str) -> tokens.Claims:
        try:
            claims = tokens.verify(token, self._settings.secret, time.time())
        except tokens.Expired:
            raise Refused("expired") from None
        except tokens.BadToken:
            raise Refused("bad-token") from None
        now = time.time()
        self._removed = {who: until for who, until in self._removed.items() if until > now}
        if (claims.room, claims.participant) in self._removed:
            raise Refused("removed")
        return claims

    def _admit(self, claims: tokens.Claims) -> None:
        """Who is in a room already may always come back; others only where there is room."""
        room = self._rooms.get(claims.room)
        if room is not None and any(
            one.participant == claims.participant for one in room.legs.values()
        ):
            return
        if self._draining and room is None:
            raise Refused("draining")
        if len(self._engine.legs) >= self._settings.max_legs:
            raise Refused("full")
        if self._engine.pressure.load > FULL:
            raise Refused("full")

    async def _make_way(self, leg: Leg) -> None:
        """End whoever the leg replaces, and whoever came meanwhile that it replaces too."""
        while room := self._rooms.get(leg.room):
            before = [one for one in room.legs.values() if _gives_way(one, leg)]
            if not before:
                return
            for one in before:
                await self._engine.shut(one)

    def _leg(self, leg: str) -> Leg:
        found = self._engine.legs.get(leg)
        if found is None:
            raise Refused("no-leg")
        return found

    def _room(self, room: str) -> Room:
        found = self._rooms.get(room)
        if found is None:
            raise Refused("no-room")
        return found

    def _gone(self, leg: Leg) -> None:
        room = self._rooms.get(leg.room)
        if room is not None:
            room.shut(leg)
            self._forget(room)
        self._leave_when_empty()

    def _leave_when_empty(self) -> None:
        if self._draining and not self._engine.legs:
            self._empty.set()

    def _forget(self, room: Room) -> None:
        if not room.legs and room.sink is None:
            self._rooms.pop(room.name, None)


def _gives_way(before: Leg, leg: Leg) -> bool:
    return before.place == leg.place or before.participant == leg.participant
