"""A small browser: one socket that makes checks, shakes hands and sends prepared packets.

Its handshake is aiortc's, its encryption pylibsrtp's; nothing of the node is used to speak to it.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc import sdp as aiortc_sdp
from pylibsrtp import Error

from app.media import rtcp, tokens
from app.media.node import Node
from app.media.settings import NodeSettings
from tests.media.bench import ssrc_of

SECRET = b"a secret of the tests, 32 characters"
# Only how long a test waits for what must come; nothing is measured by it.
PATIENCE = 20.0


def token(room="room", participant="ana", place=0, seconds=50, secret=SECRET) -> str:
    claims = tokens.Claims(
        room, participant, place, "patient", int(time.time()) + seconds, tokens.fresh_nonce()
    )
    return tokens.sign(claims, secret)


class Carrier:
    """What aiortc takes for its ICE transport."""

    role, state = "controlled", "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._forward = send
        self.records: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def _recv(self) -> bytes:
        record = await self.records.get()
        if record is None:
            raise ConnectionError
        return record

    async def _send(self, data: bytes) -> None:
        self._forward(data)


class Peer(asyncio.DatagramProtocol):
    """One person's browser."""

    def __init__(self, node: Node, place: int, name: str, room: str) -> None:
        self.node, self.place, self.name, self.room = node, place, name, room
        self.certificate = RTCCertificate.generateCertificate()
        self.media: list[bytes] = []
        self.sealed: list[bytes] = []
        self.control: list[rtcp.Message] = []
        self.answers: list[bytes] = []
        self.raw: list[bytes] = []
        self.leg = ""
        self.closed = False
        self.dtls: RTCDtlsTransport | None = None
        self.transport: asyncio.DatagramTransport | None = None

    # ------------------------------------------------------------ the way in

    async def join(self, *, simulcast=False, echo=False, answers: Sequence[str] = ()) -> None:
        joined = await self.node.join(
            token(self.room, self.name, self.place), "page", simulcast=simulcast, echo=echo
        )
        self.leg = str(joined["leg"])
        self.read(str(joined["offer"]))
        await self.open()
        self.dtls = RTCDtlsTransport(Carrier(self.send), [self.certificate])
        self.dtls.add_listener("statechange", self._changed)
        await self.node.answer(self.leg, self.answer(simulcast=simulcast, more=answers))
        await self.check()
        await asyncio.wait_for(self.dtls.start(self.remote), PATIENCE)
        assert self.dtls.state == "connected"
        await self.until(lambda: self.at_node().ready)

    def read(self, offer: str) -> None:
        self.offer = aiortc_sdp.SessionDescription.parse(offer)
        first = self.offer.media[0]
        self.fragment, self.password = first.ice.usernameFragment, first.ice.password
        self.to = (first.ice_candidates[0].ip, first.ice_candidates[0].port)
        found = first.dtls.fingerprints[0]
        self.remote = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(found.algorithm, found.value)]
        )
        self.names = {
            one.rtp.muxId: [each.ssrc for each in one.ssrc] for one in self.offer.media if one.ssrc
        }

    def answer(self, *, simulcast=False, more: Sequence[str] = (), certificate=None) -> str:
        own = (certificate or self.certificate).getFingerprints()[0]
        lines = ["v=0", f"a=fingerprint:{own.algorithm} {own.value}", "m=video 9 x 96", "a=mid:v"]
        lines += ["a=simulcast:send l;h"] if simulcast else []
        return "\r\n".join([*lines, *more, ""])

    async def open(self) -> None:
        """Take another address."""
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        sock: socket.socket = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    async def check(self, *, nominates=True) -> None:
        before = len(self.answers)
        packet = self.request(nominates=nominates)
        self.send(packet)
        await self.until(lambda: len(self.answers) > before)
        assert stun.parse_message(self.answers[-1]).check_message_integrity(self.password.encode())

    def request(self, *, nominates=True) -> bytes:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self.fragment}:peer"
        message.attributes["PRIORITY"] = 1
        message.attributes["ICE-CONTROLLING"] = 7
        if nominates:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self.password.encode())
        return bytes(message)

    def at_node(self):
        return self.node._engine.legs[self.leg]

    # ------------------------------------------------------------ media

    def send(self, datagram: bytes) -> None:
        self.transport.sendto(datagram, self.to)

    def sends(self, *packets: bytes) -> None:
        for one in packets:
            self.send(self.dtls._tx_srtp.protect(one))

    def says(self, *messages: bytes) -> None:
        self.send(self.dtls._tx_srtp.protect_rtcp(b"".join(messages)))

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.raw.append(data)
        if data[0] < 4:
            self.answers.append(data)
        elif data[0] < 64:
            self.dtls.transport.records.put_nowait(data)
        elif 192 <= data[1] <= 223:
            self.control += rtcp.parse(self.dtls._rx_srtp.unprotect_rtcp(data))
        else:
            self.sealed.append(data)
            try:
                self.media.append(self.dtls._rx_srtp.unprotect(data))
            except Error:
                assert data in self.sealed[:-1]  # Sound sent again, to the last bit.

    def shown(self, mid: str) -> list[bytes]:
        """What has come in the slot of this name."""
        return [one for one in self.media if ssrc_of(one) == self.names[mid][0]]

    def repairs(self, mid: str) -> list[bytes]:
        return [one for one in self.media if ssrc_of(one) == self.names[mid][1]]

    def told(self, kind: type) -> list:
        return [one for one in self.control if isinstance(one, kind)]

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            # What is awaited lies in the node, which tells nobody.
            while not true():  # noqa: ASYNC110 - as said above
                await asyncio.sleep(0.002)

    async def gets(self, mid: str, count: int) -> list[bytes]:
        await self.until(lambda: len(self.shown(mid)) >= count)
        return self.shown(mid)

    def _changed(self) -> None:
        self.closed = self.dtls.state == "closed"

    async def close(self) -> None:
        if self.dtls is not None:
            self.dtls.remove_all_listeners()
            await self.dtls.stop()
        if self.transport is not None:
            self.transport.close()


class Meeting:
    """A node and the people on it; its clock can be put forward."""

    def __init__(self, directory: Path, *, plain: bool, most: int = 20) -> None:
        self.ahead = 0
        settings = NodeSettings(
            control=directory / "control",
            secret=SECRET,
            bind="127.0.0.1",
            addresses=("127.0.0.1",),
            recordings=directory,
            max_legs=most,
        )
        self.node = Node(settings, plain=plain, now=self.now)
        self.peers: list[Peer] = []
        self.troubles: list[dict[str, object]] = []

    def now(self) -> int:
        return time.monotonic_ns() // 1000 + self.ahead

    @property
    def engine(self):
        return self.node._engine

    def peer(self, place: int, name: str = "", room: str = "room") -> Peer:
        made = Peer(self.node, place, name or f"person-{place}", room)
        self.peers.append(made)
        return made

    async def people(self, count: int, **how) -> list[Peer]:
        made = [self.peer(place) for place in range(count)]
        for one in made:
            await one.join(**how)
        return made

    async def ticks(self) -> None:
        """Let the node's own clock turn."""
        before = self.engine._ticked_us
        await self.peers[0].until(lambda: self.engine._ticked_us != before)


@asynccontextmanager
async def meeting(directory: Path, *, plain=False, **how) -> AsyncIterator[Meeting]:
    held = Meeting(directory, plain=plain, **how)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: held.troubles.append(context))
    await held.node.start()
    try:
        yield held
        assert held.node.figures()["faults_total"] == 0
    finally:
        for one in held.peers:
            await one.close()
        await held.node.close()
        await asyncio.sleep(0)
    assert held.troubles == []


def meet(directory: Path, play: Callable[[Meeting], Awaitable[None]], **how) -> None:
    async def whole() -> None:
        async with meeting(directory, **how) as held:
            await play(held)

    asyncio.run(whole())


def nonsense(size: int, first: int = 0x80) -> bytes:
    return bytes([first]) + secrets.token_bytes(size - 1)
