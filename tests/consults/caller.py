"""A peer without a browser: aiortc for the media, the portal's own socket for the signals."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

import socketio
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaStreamError
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

from tests.consults.meeting import Meeting
from tests.support.portal import COOKIE, Someone

PATIENCE_SECONDS = 15.0


class Line:
    """A signed-in person's socket, speaking for one connection."""

    def __init__(self, meeting: Meeting, someone: Someone) -> None:
        self.appointment = str(meeting.appointment)
        self.connection = uuid4().hex
        self.told: list[tuple[str, Any]] = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", lambda event, data=None: self.told.append((event, data)))
        headers = {"Cookie": f"{COOKIE}={meeting.token(someone)}"}
        self.client.connect(meeting.server.url, headers=headers, transports=["websocket"])

    def ask(self, event: str, **data: Any) -> dict[str, Any]:
        """Send an event of the room and wait for its answer."""
        said = {"appointment": self.appointment, "connection": self.connection, **data}
        answer: dict[str, Any] = self.client.call(f"consults:{event}", said, timeout=10)
        return answer

    def enter(self, *, joining: bool = True) -> dict[str, Any]:
        """Open the room, or join the call."""
        return self.ask("enter", joining=joining, sound=True, picture=True)

    def heard(self, event: str) -> list[Any]:
        """Everything of one kind that came so far."""
        return [data for name, data in self.told if name == event]

    def close(self) -> None:
        """Leave as a closed browser does."""
        self.client.disconnect()


class Caller(Line):
    """A person in the call, with a moving test picture and silence."""

    def __init__(self, meeting: Meeting, someone: Someone) -> None:
        super().__init__(meeting, someone)
        self.other = ""
        self.frames: Counter[str] = Counter()
        self.pictures: set[tuple[int, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.pc = self._wait(self._make())
        self.client.on("consults:signal", self._signalled)

    def call(self) -> None:
        """Join; whoever comes second offers."""
        seen = self.enter()
        if seen["other"] and seen["other"]["place"] == "call":
            self.other = seen["other"]["connection"]
            self._wait(self._offer())

    def begin_again(self) -> None:
        """Fall silent without a word, ready for a call."""
        silent, self.pc = self.pc, self._wait(self._make())
        self._wait(silent.close())
        self.frames.clear()

    def close(self) -> None:
        """Close the connection, the socket and the loop."""
        self._wait(self.pc.close())
        super().close()
        self._wait(self._rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    async def _rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self) -> RTCPeerConnection:
        pc = RTCPeerConnection()
        pc.addTrack(AudioStreamTrack())
        pc.addTrack(VideoStreamTrack())
        pc.on("track", self._watch)
        return pc

    def _watch(self, track: MediaStreamTrack) -> None:
        task = asyncio.ensure_future(self._count(track))
        self._tasks.add(task)

    async def _count(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                self.frames[track.kind] += 1
                if track.kind == "video":
                    self.pictures.add((frame.width, frame.height))
        except MediaStreamError:
            return

    async def _offer(self) -> None:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        self._describe()

    def _describe(self) -> None:
        here = self.pc.localDescription
        self._signal("description", {"type": here.type, "sdp": here.sdp})

    def _signal(self, kind: str, body: dict[str, str]) -> None:
        data = {
            "appointment": self.appointment,
            "connection": self.connection,
            "to": self.other,
            "kind": kind,
            "body": json.dumps(body),
        }
        self.client.emit("consults:signal", data)

    def _signalled(self, signal: dict[str, str]) -> None:
        self.told.append(("consults:signal", signal))
        asyncio.run_coroutine_threadsafe(self._heard(signal), self._loop)

    async def _heard(self, signal: dict[str, str]) -> None:
        self.other = signal["from"]
        body = json.loads(signal["body"])
        if signal["kind"] == "seal":
            self._signal("seal", {"step": "cannot"})
            return
        if signal["kind"] == "candidate":
            if body["candidate"]:
                candidate = candidate_from_sdp(body["candidate"].removeprefix("candidate:"))
                candidate.sdpMid, candidate.sdpMLineIndex = body["sdpMid"], body["sdpMLineIndex"]
                await self.pc.addIceCandidate(candidate)
            return
        await self.pc.setRemoteDescription(RTCSessionDescription(body["sdp"], body["type"]))
        if body["type"] == "offer":
            await self.pc.setLocalDescription(await self.pc.createAnswer())
            self._describe()

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds, for as long as people would."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(0.05)
