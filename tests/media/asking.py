"""A client of a node's control socket, and a small node behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from app.media.control import Control, connections
from app.media.process import Node
from app.media.tokens import Claims, fresh_nonce, sign
from tests.media.small_node import SmallNode

SECRET = b"a secret of the tests, 32 characters"
Said = tuple[int, dict[str, object]]


def token(room: str = "room", participant: str = "ana", place: int = 0, **other: object) -> str:
    said = {"role": "patient", "expires": int(time.time()) + 50, "nonce": fresh_nonce(), **other}
    return sign(Claims(room, participant, place, **said), SECRET)  # type: ignore[arg-type]  # claims by name


class Client:
    """One client of a node's socket."""

    def __init__(self, node: Any, path: Path, session: aiohttp.ClientSession) -> None:
        self.node = node
        self.path = path
        self.session = session

    async def ask(self, method: str, path: str, **body: object) -> Said:
        return await self.send(method, path, json.dumps(body).encode() if body else b"")

    async def send(self, method: str, path: str, body: bytes) -> Said:
        async with self.session.request(method, f"http://node{path}", data=body) as answer:
            return answer.status, json.loads(await answer.read())

    async def join(self, **who: object) -> dict[str, object]:
        made = token(**who)  # type: ignore[arg-type]  # claims by name
        status, said = await self.ask("POST", "/join", token=made, connection="page")
        assert status == 200, said
        return said

    async def raw(self, sent: bytes, *, wait: bool = True) -> bytes:
        """Whatever bytes, and what comes back for them."""
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        try:
            writer.write(sent)
            await writer.drain()
            if not wait:
                return b""
            return await asyncio.wait_for(reader.readuntil(b"}"), 10)
        finally:
            writer.close()


@asynccontextmanager
async def served(directory: Path, node: Node) -> AsyncIterator[Client]:
    await node.start()
    runner = web.AppRunner(Control(node).app, shutdown_timeout=1)
    await runner.setup()
    path = directory / "node.sock"
    listener = await asyncio.get_running_loop().create_unix_server(connections(runner), str(path))
    try:
        connector = aiohttp.UnixConnector(str(path))
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Client(node, path, session)
    finally:
        listener.close()
        await runner.cleanup()
        await node.close()
        path.unlink(missing_ok=True)


def meet(directory: Path, play: Callable[[Client], Awaitable[None]], most: int = 8) -> None:
    """Play a scene with a small node."""
    meet_at(SmallNode(SECRET, most), directory, play)


def meet_at(node: Node, directory: Path, play: Callable[[Client], Awaitable[None]]) -> None:
    """Play a scene with any node."""

    async def whole() -> None:
        async with served(directory, node) as client:
            await play(client)

    asyncio.run(whole())
