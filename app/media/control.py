"""The control server of one node: JSON over a Unix socket, or over TLS from another machine.

Who may speak here is decided by the socket's file mode, or by the client's certificate; what is
said is still read as if a stranger said it. Every refusal is `{"refused": code, "words": ...}`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol, TypeVar

from aiohttp import web

from app.media import metrics
from app.media.admission import Bucket, Used
from app.media.bodies import BadBody, read
from app.media.logs import Log
from app.media.metrics import Figures
from app.media.refusals import Refused

LARGEST_BODY = 65_536
READ_SECONDS = 5.0
ACT_SECONDS = 10.0
JOINS_PER_SECOND = 50.0
JOINS_BURST = 100.0
KEY_BYTES = 32
EVERY_PLACE = "0123"
ID = "[A-Za-z0-9_-]{1,64}"
STATUS = {
    "bad-token": HTTPStatus.FORBIDDEN,
    "expired": HTTPStatus.FORBIDDEN,
    "removed": HTTPStatus.FORBIDDEN,
    "no-room": HTTPStatus.NOT_FOUND,
    "no-leg": HTTPStatus.NOT_FOUND,
    "bad-answer": HTTPStatus.BAD_REQUEST,
    "not-recording": HTTPStatus.CONFLICT,
    "full": HTTPStatus.SERVICE_UNAVAILABLE,
    "draining": HTTPStatus.SERVICE_UNAVAILABLE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
WORDS: dict[int, tuple[str, str]] = {
    HTTPStatus.NOT_FOUND: ("not-found", "There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("not-allowed", "This address does not take this method."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too-large", "The request is too large."),
    HTTPStatus.REQUEST_TIMEOUT: ("too-slow", "The request did not arrive in time."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("trouble", "Something went wrong on the media node."),
}
BAD_REQUEST = ("bad-request", "The request cannot be read.")
TOO_FAST = ("too-fast", "Too many people join at once. Please try again in a moment.")
Answer = Mapping[str, object]
Shape = TypeVar("Shape")
log = Log("control")


class Forwarder(Protocol):
    """What the control server asks of a node; every method may raise Refused."""

    @property
    def load(self) -> float:
        """How busy the node is, 0 to 1."""

    async def join(
        self, token: str, connection: str, *, echo: bool = False, simulcast: bool = True
    ) -> Answer:
        """Make a leg: {"leg", "offer", "place", "others"}."""

    async def answer(self, leg: str, sdp: str) -> Answer:
        """Take the browser's answer to the offer."""

    async def restart(self, leg: str) -> Answer:
        """New ICE credentials for a leg: {"offer"}."""

    async def show(self, leg: str, *, pictures: bool) -> Answer:
        """Give a leg the others' pictures, or their sound alone."""

    async def leave(self, leg: str) -> Answer:
        """End a leg."""

    async def remove(self, room: str, participant: str) -> Answer:
        """End a participant's leg and refuse their tokens until these expire."""

    async def record(self, room: str, name: str, key: bytes, places: tuple[int, ...]) -> Answer:
        """Begin to record these places of a room under a key of 32 bytes."""

    async def stop_recording(self, room: str) -> Answer:
        """End the recording: {"file", "seconds"}."""

    def room(self, room: str) -> Answer:
        """Who is in a room: {"places", "recording"}, and "why" one has ended by itself."""

    def figures(self) -> Figures:
        """Counters and gauges, "rooms" and "legs" among them."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Asking for a leg."""

    token: str
    connection: str = field(metadata={"id": True})
    echo: bool = False
    simulcast: bool = True


@dataclass(frozen=True, slots=True)
class Answering:
    """The browser's answer."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Showing:
    """Whether somebody wants to see the others, or only hear them."""

    pictures: bool


@dataclass(frozen=True, slots=True)
class Removing:
    """Who is to go."""

    participant: str = field(metadata={"id": True})


@dataclass(frozen=True, slots=True)
class Recording:
    """The name of the file, 32 bytes of key in hex, and the places to be recorded: "01"."""

    name: str = field(metadata={"id": True})
    key: str = field(metadata={"hex": KEY_BYTES})
    places: str = EVERY_PLACE

    def numbers(self) -> tuple[int, ...]:
        """The places; BadBody where there is none, or one that no room has."""
        wanted = sorted(set(self.places))
        if not wanted or len(wanted) != len(self.places) or not set(wanted) <= set(EVERY_PLACE):
            raise BadBody("The places are digits from 0 to 3, each once.")
        return tuple(int(one) for one in wanted)


class Control:
    """The addresses of one node; `draining` is what health says of it."""

    def __init__(self, node: Forwarder) -> None:
        self.node = node
        self.draining = False
        self._used = Used()
        self._joins = Bucket(JOINS_PER_SECOND, JOINS_BURST)
        self.app = web.Application(middlewares=[_politely], client_max_size=LARGEST_BODY)
        leg, room = f"/legs/{{leg:{ID}}}", f"/rooms/{{room:{ID}}}"
        self.app.add_routes(
            [
                web.post("/join", self._join),
                web.post(f"{leg}/answer", self._answer),
                web.post(f"{leg}/restart", self._restart),
                web.post(f"{leg}/show", self._show),
                web.delete(leg, self._leave),
                web.post(f"{room}/remove", self._remove),
                web.post(f"{room}/recording", self._record),
                web.delete(f"{room}/recording", self._stop_recording),
                web.get(room, self._room),
                web.get("/health", self._health),
                web.get("/metrics", self._metrics),
            ]
        )

    async def _join(self, request: web.Request) -> web.Response:
        if not self._joins.take():
            return refusal(HTTPStatus.TOO_MANY_REQUESTS, *TOO_FAST)
        asked = await _body(request, Joining)
        with self._used.once(asked.token):
            said = await self.node.join(
                asked.token, asked.connection, echo=asked.echo, simulcast=asked.simulcast
            )
        return web.json_response(said)

    async def _answer(self, request: web.Request) -> web.Response:
        asked = await _body(request, Answering)
        return web.json_response(await self.node.answer(request.match_info["leg"], asked.sdp))

    async def _restart(self, request: web.Request) -> web.Response:
        return web.json_response(await self.node.restart(request.match_info["leg"]))

    async def _show(self, request: web.Request) -> web.Response:
        asked = await _body(request, Showing)
        leg = request.match_info["leg"]
        return web.json_response(await self.node.show(leg, pictures=asked.pictures))

    async def _leave(self, request: web.Request) -> web.Response:
        return web.json_response(await self.node.leave(request.match_info["leg"]))

    async def _remove(self, request: web.Request) -> web.Response:
        asked = await _body(request, Removing)
        room = request.match_info["room"]
        return web.json_response(await self.node.remove(room, asked.participant))

    async def _record(self, request: web.Request) -> web.Response:
        asked = await _body(request, Recording)
        room, key = request.match_info["room"], bytes.fromhex(asked.key)
        return web.json_response(await self.node.record(room, asked.name, key, asked.numbers()))

    async def _stop_recording(self, request: web.Request) -> web.Response:
        return web.json_response(await self.node.stop_recording(request.match_info["room"]))

    async def _room(self, request: web.Request) -> web.Response:
        return web.json_response(self.node.room(request.match_info["room"]))

    async def _health(self, _request: web.Request) -> web.Response:
        figures = self.node.figures()
        return web.json_response(
            {
                "status": "draining" if self.draining else "ok",
                "load": self.node.load,
                "rooms": figures["rooms"],
                "legs": figures["legs"],
                "draining": self.draining,
            }
        )

    async def _metrics(self, _request: web.Request) -> web.Response:
        figures = {**self.node.figures(), "load": self.node.load, "draining": int(self.draining)}
        return web.Response(
            text=metrics.text(figures), headers={"Content-Type": metrics.CONTENT_TYPE}
        )


class Connection(web.RequestHandler):
    """One connection; what is not even HTTP is refused in JSON like everything else."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Say no and hang up; whoever cannot write HTTP cannot be asked to go on."""
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("connection_failed", error=type(exc).__name__)
        answer = refusal(status, *WORDS.get(status, BAD_REQUEST))
        answer.force_close()
        return answer


def connections(runner: web.AppRunner) -> Callable[[], Connection]:
    """What a listening socket makes of each client; the runner has been set up."""
    server = runner.server
    if server is None:
        raise RuntimeError("set up the runner first")
    loop = asyncio.get_running_loop()
    return lambda: Connection(server, loop=loop, auto_decompress=False, lingering_time=1.0)


def refusal(status: int, code: str, words: str) -> web.Response:
    """A no, as it travels."""
    return web.json_response({"refused": code, "words": words}, status=status)


@web.middleware
async def _politely(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn whatever goes wrong into a refusal; only a fault of ours is a 500."""
    try:
        async with asyncio.timeout(ACT_SECONDS):
            return await handler(request)
    except Refused as no:
        return refusal(STATUS.get(no.code, HTTPStatus.CONFLICT), no.code, no.words)
    except BadBody as bad:
        return refusal(HTTPStatus.BAD_REQUEST, BAD_REQUEST[0], str(bad))
    except web.HTTPException as no:
        return refusal(no.status, *WORDS.get(no.status, BAD_REQUEST))
    except TimeoutError:
        busy = Refused("busy")
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, busy.code, busy.words)
    except Exception:
        # The last stop: one request must not take the connection of a whole web thread with it.
        log.exception("request_failed", path=str(request.match_info.route.resource))
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return refusal(status, *WORDS[status])


async def _body(request: web.Request, shape: type[Shape]) -> Shape:
    try:
        async with asyncio.timeout(READ_SECONDS):
            return read(shape, await request.read())
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, OSError):
        raise BadBody(BAD_REQUEST[1]) from None
