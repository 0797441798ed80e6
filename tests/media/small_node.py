"""A small real node for the tests of what stands around one: rooms and legs, but no media.

It checks tokens, keeps places, forgets legs and drains as the forwarding node does, so that the
control server, the processes and the portal's side can be tried without a network.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from itertools import count

from app.media import process, tokens
from app.media.metrics import Figures
from app.media.refusals import Refused
from app.media.settings import NodeSettings


@dataclass
class Leg:
    room: str
    participant: str
    place: int
    connection: str
    answered: bool = False
    offers: int = 1
    pictures: bool = True

    def offer(self) -> str:
        return f"v=0\r\no=- {self.place} {self.offers} IN IP4 127.0.0.1\r\n"


@dataclass
class SmallNode:
    """Rooms in a dictionary."""

    secret: bytes
    most: int = 8
    legs: dict[str, Leg] = field(default_factory=dict)
    joins: int = 0
    removed: set[tuple[str, str]] = field(default_factory=set)
    recording: dict[str, str] = field(default_factory=dict)
    draining: bool = False

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._empty = asyncio.Event()

    @property
    def load(self) -> float:
        return len(self.legs) / self.most

    async def start(self) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.legs.clear()

    async def drain(self) -> None:
        self.draining = True
        while self.legs:
            self._empty.clear()
            await self._empty.wait()

    async def join(
        self, token: str, connection: str, *, echo: bool = False, simulcast: bool = True
    ) -> dict[str, object]:
        claims = self._claims(token)
        rooms = {leg.room for leg in self.legs.values()}
        if self.draining and claims.room not in rooms:
            raise Refused("draining")
        for name, leg in list(self.legs.items()):
            if (leg.room, leg.participant) == (claims.room, claims.participant):
                del self.legs[name]
        if len(self.legs) >= self.most:
            raise Refused("full")
        name = f"leg-{next(self._numbers)}"
        made = Leg(claims.room, claims.participant, claims.place, connection)
        self.legs[name] = made
        self.joins += 1
        others = [leg.place for leg in self._in(claims.room) if leg is not made]
        return {"leg": name, "offer": made.offer(), "place": claims.place, "others": others}

    def _claims(self, token: str) -> tokens.Claims:
        try:
            claims = tokens.verify(token, self.secret, time.time())
        except tokens.Expired:
            raise Refused("expired") from None
        except tokens.BadToken:
            raise Refused("bad-token") from None
        if (claims.room, claims.participant) in self.removed:
            raise Refused("removed")
        return claims

    async def answer(self, leg: str, sdp: str) -> dict[str, object]:
        found = self._leg(leg)
        if not sdp.startswith("v=0\r\n"):
            raise Refused("bad-answer")
        found.answered = True
        return {}

    async def restart(self, leg: str) -> dict[str, object]:
        found = self._leg(leg)
        found.offers += 1
        return {"offer": found.offer()}

    async def show(self, leg: str, *, pictures: bool) -> dict[str, object]:
        self._leg(leg).pictures = pictures
        return {}

    async def leave(self, leg: str) -> dict[str, object]:
        self._leg(leg)
        del self.legs[leg]
        if not self.legs:
            self._empty.set()
        return {}

    async def remove(self, room: str, participant: str) -> dict[str, object]:
        self.removed.add((room, participant))
        for name, leg in list(self.legs.items()):
            if (leg.room, leg.participant) == (room, participant):
                await self.leave(name)
        return {}

    async def record(
        self, room: str, name: str, key: bytes, places: tuple[int, ...]
    ) -> dict[str, object]:
        assert len(key) == 32
        assert places
        self._room(room)
        self.recording[room] = name
        return {}

    async def stop_recording(self, room: str) -> dict[str, object]:
        if room not in self.recording:
            raise Refused("not-recording")
        return {"file": self.recording.pop(room), "seconds": 1.5}

    def room(self, room: str) -> dict[str, object]:
        places = {
            str(leg.place): {"answered": leg.answered, "pictures": leg.pictures}
            for leg in self._room(room)
        }
        return {"places": places, "recording": room in self.recording}

    def figures(self) -> Figures:
        return {
            "rooms": len({leg.room for leg in self.legs.values()}),
            "legs": len(self.legs),
            "joins_total": self.joins,
            "packets_total": {"audio": 0, "video": 0},
        }

    def _leg(self, name: str) -> Leg:
        if name not in self.legs:
            raise Refused("no-leg")
        return self.legs[name]

    def _room(self, room: str) -> list[Leg]:
        found = self._in(room)
        if not found:
            raise Refused("no-room")
        return found

    def _in(self, room: str) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.room == room]


def make(settings: NodeSettings, index: int) -> SmallNode:
    return SmallNode(settings.secret, settings.max_legs)


if __name__ == "__main__":
    import os

    chosen = NodeSettings.from_environment(os.environ)
    sys.exit(process.run(chosen, int(sys.argv[1]), make, tethered=True))
