"""Many participants behind one socket, each with an address of its own.

A datagram can be told which of the machine's addresses it comes from (IP_PKTINFO): one socket
plays hundreds of browsers that a server tells apart by address.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

IP_PKTINFO = 8
SO_RCVBUFFORCE, SO_SNDBUFFORCE = 33, 32
SOCKET_BYTES = 32 << 20
INFO = struct.Struct("=I4s4s")
EXTRA_BYTES = 64
CHECK_SECONDS = 0.05
PATIENCE_SECONDS = 20.0
STUN_LAST, DTLS_FIRST, DTLS_LAST = 3, 20, 63
CONTROL_FIRST, CONTROL_LAST = 192, 223
PER_NETWORK = 250
CANDIDATE = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) ", re.IGNORECASE)
Address = tuple[str, int]


class Unreadable(RuntimeError):
    """A server's description lacks what is needed to reach it."""


@dataclass
class Remote:
    """What an offer or an answer says of the server's side."""

    address: Address
    fragment: str
    password: str
    algorithm: str
    fingerprint: str
    active: bool

    @classmethod
    def read(cls, sdp: str) -> Remote:
        """The first candidate over UDP, the credentials and the certificate."""
        candidate = CANDIDATE.search(sdp)
        fragment, password = (re.search(rf"a=ice-{name}:(\S+)", sdp) for name in ("ufrag", "pwd"))
        certificate = re.search(r"a=fingerprint:(\S+) (\S+)", sdp)
        if not (candidate and fragment and password and certificate):
            raise Unreadable(sdp)
        return cls(
            (candidate[1], int(candidate[2])),
            fragment[1],
            password[1],
            certificate[1],
            certificate[2],
            "a=setup:active" in sdp,
        )


@dataclass
class Person:
    """One participant: its address, its credentials, and its keys once it is connected."""

    number: int
    crowd: Crowd
    certificate: RTCCertificate
    fragment: str = field(default_factory=lambda: secrets.token_hex(4))
    password: str = field(default_factory=lambda: secrets.token_hex(12))
    remote: Remote | None = None
    role: str = "controlled"
    state: str = "completed"

    def __post_init__(self) -> None:
        net, host = divmod(self.number, PER_NETWORK)
        self.ip = f"{self.crowd.prefix}.{net}.{host + 1}"
        self.packed = socket.inet_aton(self.ip)
        # Whom they hear: in an echo themselves, in a room of two the other one.
        self.partner = self.number ^ self.crowd.pairs
        self.records: asyncio.Queue[bytes] = asyncio.Queue()
        self.answered = asyncio.Event()
        self.dtls = RTCDtlsTransport(self, [self.certificate])  # type: ignore[arg-type]  # a duck of its ICE transport

    @property
    def fingerprint(self) -> str:
        """The certificate's digest."""
        found = self.certificate.getFingerprints()
        return next(one.value for one in found if one.algorithm == "sha-256")

    # These two are what aiortc's DTLS asks of what carries its records.
    async def _recv(self) -> bytes:
        return await self.records.get()

    async def _send(self, data: bytes) -> None:
        self.say(data)

    async def connect(self, remote: Remote) -> None:
        """Check, nominate, and agree on keys."""
        self.remote = remote
        # For aiortc the controlling side is the server of the handshake.
        self.role = "controlling" if remote.active else "controlled"
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.answered.is_set():
                self.check()
                try:
                    await asyncio.wait_for(self.answered.wait(), CHECK_SECONDS)
                except TimeoutError:
                    continue
            fingerprint = RTCDtlsFingerprint(remote.algorithm, remote.fingerprint)
            await self.dtls.start(RTCDtlsParameters(fingerprints=[fingerprint]))
        if self.dtls.state != "connected":
            raise ConnectionError(self.dtls.state)
        # The keys, where aiortc keeps them.
        self.sealing = self.dtls._tx_srtp  # noqa: SLF001 - no public name
        self.opening = self.dtls._rx_srtp  # noqa: SLF001 - no public name

    def say(self, data: bytes) -> None:
        """Send one datagram to the server."""
        if self.remote is not None:
            self.crowd.send(self, data, self.remote.address)

    def check(self) -> None:
        """Show, as a browser does every few seconds, that this address is still its own."""
        if self.remote is None:
            return
        request = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{self.remote.fragment}:{self.fragment}",
                "PRIORITY": 1853824767,
                "ICE-CONTROLLING": 1,
                "USE-CANDIDATE": None,
            },
        )
        request.add_message_integrity(self.remote.password.encode())
        self.say(bytes(request))

    def heard(self, packet: bytes, source: Address) -> None:
        """A datagram to this participant, while it connects."""
        if packet[0] <= STUN_LAST:
            message = stun.parse_message(packet)
            if message.message_class == stun.Class.RESPONSE:
                self.answered.set()
            elif message.message_class == stun.Class.REQUEST:
                reply = stun.Message(
                    message_method=stun.Method.BINDING,
                    message_class=stun.Class.RESPONSE,
                    transaction_id=message.transaction_id,
                    attributes={"XOR-MAPPED-ADDRESS": source},
                )
                reply.add_message_integrity(self.password.encode())
                self.say(bytes(reply))
        elif DTLS_FIRST <= packet[0] <= DTLS_LAST:
            self.records.put_nowait(packet)


class Crowd:
    """All participants of a run."""

    def __init__(self, count: int, prefix: str, *, pairs: bool = False) -> None:
        self.prefix, self.pairs = prefix, pairs
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for forced, plain in (
            (SO_RCVBUFFORCE, socket.SO_RCVBUF),
            (SO_SNDBUFFORCE, socket.SO_SNDBUF),
        ):
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, forced, SOCKET_BYTES)
            except PermissionError:
                self.socket.setsockopt(socket.SOL_SOCKET, plain, SOCKET_BYTES)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.socket.setblocking(False)
        self.socket.bind(("0.0.0.0", 0))  # noqa: S104 - every address of the crowd is behind it
        self.port: int = self.socket.getsockname()[1]
        certificate = RTCCertificate.generateCertificate()
        self.people = [Person(at, self, certificate) for at in range(count)]
        self.by_address = {one.packed: one for one in self.people}

    def send(self, person: Person, data: bytes, to: Address) -> None:
        """Send from the participant's own address."""
        info = [(socket.IPPROTO_IP, IP_PKTINFO, INFO.pack(0, person.packed, bytes(4)))]
        self.socket.sendmsg([data], info, 0, to)

    async def connect(self, meet: Callable[[Person], Awaitable[Remote]]) -> None:
        """Connect everybody, one after the other: `meet` exchanges descriptions for one."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket.fileno(), self._readable)
        try:
            for person in self.people:
                await person.connect(await meet(person))
        finally:
            loop.remove_reader(self.socket.fileno())

    def close(self) -> None:
        """Give the port back."""
        self.socket.close()

    def _readable(self) -> None:
        while True:
            try:
                data, extra, _flags, source = self.socket.recvmsg(2048, EXTRA_BYTES)
            except BlockingIOError:
                return
            for level, kind, value in extra:
                if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO) and data:
                    person = self.by_address.get(INFO.unpack(value[: INFO.size])[1])
                    if person is not None:
                        person.heard(data, source)
