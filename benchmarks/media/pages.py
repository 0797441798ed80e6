"""The bare call's page and its way to the node, to Janus, and to the other browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.media.janus import Janus
from benchmarks.media.servers import Node

PAGE = Path(__file__).with_name("page")
FILES = {"/": "call.html", "/peer.js": "peer.js", "/joining.js": "joining.js"}


class Pages:
    """Serves the page, and passes on what it says."""

    def __init__(self, node: Node, janus: Janus) -> None:
        self._node, self._janus = node, janus
        self._rooms: dict[str, list[web.WebSocketResponse]] = {}

    async def file(self, request: web.Request) -> web.FileResponse:
        """The page or one of its scripts."""
        return web.FileResponse(PAGE / FILES[request.path])

    async def join(self, request: web.Request) -> web.Response:
        """Into a room of the node."""
        said = await request.json()
        joined = await asyncio.to_thread(
            self._node.join, said["room"], said["place"], simulcast=True
        )
        return web.json_response(joined)

    async def answer(self, request: web.Request) -> web.Response:
        """The browser's answer to the node's offer."""
        said = await request.json()
        path = f"/legs/{said['leg']}/answer"
        await asyncio.to_thread(self._node.ask, "POST", path, sdp=said["sdp"])
        return web.json_response({})

    async def janus(self, request: web.Request) -> web.Response:
        """To Janus and back, unchanged."""
        url = f"http://127.0.0.1:{self._janus.port}{request.path_qs}"
        async with self._client.request(request.method, url, data=await request.read()) as answer:
            return web.Response(body=await answer.read(), content_type="application/json")

    async def relay(self, request: web.Request) -> web.WebSocketResponse:
        """What one browser says to the other."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        room = self._rooms.setdefault(request.query["room"], [])
        room.append(socket)
        async for message in socket:
            for other in room:
                if other is not socket and not other.closed:
                    await other.send_str(message.data)
        room.remove(socket)
        return socket

    def application(self) -> web.Application:
        """All of it."""
        made = web.Application()
        made.add_routes([web.get(path, self.file) for path in FILES])
        made.add_routes(
            [
                web.post("/node/join", self.join),
                web.post("/node/answer", self.answer),
                web.get("/relay", self.relay),
                web.route("*", "/janus{rest:.*}", self.janus),
            ]
        )
        made.cleanup_ctx.append(self._open_client)
        return made

    async def _open_client(self, _application: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as self._client:
            yield


@contextmanager
def served(node: Node, janus: Janus) -> Iterator[str]:
    """The address of the page, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(Pages(node, janus).application())

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://localhost:{runner.addresses[0][1]}"

    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
