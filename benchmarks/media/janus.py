"""The rival: Debian's Janus with one event loop, its echo test and its video room."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.media.addresses import Place
from benchmarks.media.crowd import Person, Remote
from benchmarks.media.listening import FIRST_NAME
from benchmarks.media.servers import Server, process, wait

OFF = """
    audiobridge duktape lua nosip recordplay sip streaming textroom videocall voicemail
    mqtt nanomsg pfunix rabbitmq websockets jsonlog
"""
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


class Janus(Server):
    """Janus, asked over HTTP."""

    def __init__(self, pid: int, port: int) -> None:
        super().__init__(pid)
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._rooms: int | None = None
        self._session = self.ask("", janus="create")["data"]["id"]

    def ask(self, path: str, **said: object) -> Any:
        """One request."""
        body = json.dumps(said | {"transaction": secrets.token_hex(6)})
        self._connection.request("POST", f"/janus{path}", body)
        return json.loads(self._connection.getresponse().read())

    def new_room(self) -> int:
        """A room for two, gone with the server."""
        path = f"/{self._session}"
        if self._rooms is None:
            attached = self.ask(path, janus="attach", plugin="janus.plugin.videoroom")
            self._rooms = attached["data"]["id"]
        number = secrets.randbelow(1 << 31)
        body = {"request": "create", "room": number, "publishers": 2, "videocodec": "vp8"}
        self.ask(f"{path}/{self._rooms}", janus="message", body=body)
        return number

    def _event(self) -> Any:
        """Wait for the next event of the session."""
        self._connection.request("GET", f"/janus/{self._session}?maxev=1")
        return json.loads(self._connection.getresponse().read())

    async def meet(self, person: Person) -> Remote:
        """Offer sound and picture to the echo test, and take its answer."""
        path = f"/{self._session}"
        handle = self.ask(path, janus="attach", plugin="janus.plugin.echotest")["data"]["id"]
        self.ask(
            f"{path}/{handle}",
            janus="message",
            body={"audio": True, "video": True},
            jsep={"type": "offer", "sdp": _offer(person), "trickle": False},
        )
        while True:
            event = await asyncio.to_thread(self._event)
            if "jsep" in event:
                return Remote.read(event["jsep"]["sdp"])


def _offer(person: Person) -> str:
    name = FIRST_NAME + 2 * person.number
    own = [
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{person.fragment}",
        f"a=ice-pwd:{person.password}",
        f"a=fingerprint:sha-256 {person.fingerprint}",
        "a=setup:actpass",
        "a=rtcp-mux",
        "a=sendrecv",
        f"a=extmap:3 {TRANSPORT_CC}",
        f"a=candidate:1 1 udp 2130706431 {person.ip} {person.crowd.port} typ host",
        "a=end-of-candidates",
    ]
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        *own,
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
        f"a=ssrc:{name + 1} cname:person",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:1",
        *own,
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 transport-cc",
        "a=rtcp-fb:96 nack",
        "a=rtcp-fb:96 nack pli",
        f"a=ssrc:{name} cname:person",
    ]
    return "\r\n".join(lines) + "\r\n"


@contextmanager
def janus(place: Place) -> Iterator[Janus]:
    """One Janus on one core, with one event loop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="nearside-bench-") as text:
        folder = Path(text)
        _configure(folder, port, place)
        program = [shutil.which("janus") or "janus", "-F", text, "-L", f"{text}/log", "-o"]
        with process(program, os.environ) as started:
            wait(lambda: _listens(port), started)
            yield Janus(started.pid, port)


def _configure(folder: Path, port: int, place: Place) -> None:
    off = ",".join(f"libjanus_{name}.so" for name in OFF.split())
    (folder / "janus.jcfg").write_text(
        'general: { debug_level = 1, session_timeout = 0, event_loops = 1, admin_secret = "x" }\n'
        f'nat: {{ ice_enforce_list = "{place.interface}" }}\n'
        'media: { ipv6 = false, rtp_port_range = "20000-40000" }\n'
        f'plugins: {{ disable = "{off}" }}\n'
        f'transports: {{ disable = "{off}" }}\n'
        f'loggers: {{ disable = "{off}" }}\n'
    )
    (folder / "janus.transport.http.jcfg").write_text(
        'general: { json = "compact", base_path = "/janus", http = true,'
        f' port = {port}, ip = "127.0.0.1" }}\nadmin: {{ admin_http = false }}\n'
    )
    (folder / "janus.plugin.echotest.jcfg").write_text("general: { }\n")
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
