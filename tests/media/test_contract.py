"""Names of aiortc and pylibsrtp that the node uses and that are not public.

A release that moves one of them must fail here, by name, and not in somebody's consult.
"""

from __future__ import annotations

import asyncio
import inspect

import aiortc
import pylibsrtp
import pytest
from aiortc import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport

from app.media.srtp import inplace


class Carrier:
    """What the node gives aiortc for an ICE transport, and nothing more."""

    def __init__(self, role: str) -> None:
        self.role, self.state = role, "completed"
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.other: Carrier | None = None

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, data: bytes) -> None:
        assert self.other is not None
        self.other.inbox.put_nowait(data)


async def associated() -> tuple[RTCDtlsTransport, RTCDtlsTransport]:
    ends = Carrier("controlling"), Carrier("controlled")
    ends[0].other, ends[1].other = ends[1], ends[0]
    made = [RTCDtlsTransport(end, [RTCCertificate.generateCertificate()]) for end in ends]
    parameters = [one.getLocalParameters() for one in made]
    await asyncio.gather(made[0].start(parameters[1]), made[1].start(parameters[0]))
    return made[0], made[1]


def test_aiortc_is_of_the_minor_version_that_was_read():
    assert aiortc.__version__.split(".")[:2] == ["1", "16"]


def test_dtls_asks_its_transport_for_two_methods_and_leaves_the_keys_in_two_names():
    async def judged() -> None:
        server, client = await associated()
        assert (server.state, client.state) == ("connected", "connected")
        packet = bytes([0x80, 111, 0, 1]) + bytes(8) + b"sound"
        for sender, receiver in ((server, client), (client, server)):
            assert isinstance(sender._tx_srtp, pylibsrtp.Session)
            sealed = sender._tx_srtp.protect(packet)
            assert receiver._rx_srtp.unprotect(sealed) == packet
        await client.stop()
        await server.stop()

    asyncio.run(judged())


def test_the_controlling_side_is_the_server_without_being_told():
    async def judged() -> None:
        server, client = await associated()
        assert (server._role, client._role) == ("server", "client")
        await client.stop()
        await server.stop()

    asyncio.run(judged())


def test_dtls_starts_with_the_other_sides_parameters_alone():
    assert list(inspect.signature(RTCDtlsTransport.start).parameters) == [
        "self",
        "remoteParameters",
    ]
    assert RTCDtlsParameters(fingerprints=[]).fingerprints == []


def test_srtp_is_called_in_place():
    assert inplace.AVAILABLE
    session = pylibsrtp.Session(
        pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    )
    assert session._srtp[0] is not None


@pytest.mark.parametrize(
    "name", ["srtp_protect", "srtp_protect_rtcp", "srtp_unprotect", "srtp_unprotect_rtcp"]
)
def test_the_binding_takes_a_session_a_buffer_and_a_length(name):
    signature = str(inplace.ffi.typeof(getattr(inplace.lib, name)))
    assert signature.count(",") == 2
    assert signature.endswith("int *)>") or "int *)" in signature
