"""DTLS of one leg through aiortc, over the node's one port.

aiortc supplies handshake, certificate check and keys. It is given a stand-in for its ICE
transport that carries DTLS records and nothing else: no media packet ever reaches its parsers,
where a single oversize datagram would end the connection. `_recv` and `_send` are what it asks
of that transport, `_rx_srtp` and `_tx_srtp` where it leaves the keys: a contract test watches
all four.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from app.media.srtp import sealed
from app.media.srtp.session import Sealed

# Records that wait for the handshake; more from one address is a flood.
WAITING = 32
HANDSHAKE_SECONDS = 15.0


class HandshakeFailed(Exception):
    """No keys: a wrong certificate, no common cipher, or no answer in time."""


class _Carrier:
    """What aiortc takes for its ICE transport."""

    # The controlling side of ICE is DTLS server for aiortc; the browser, active, is client.
    role = "controlling"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._forward = send
        self.records: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    async def _recv(self) -> bytes:
        record = await self.records.get()
        if record is None:
            raise ConnectionError
        return record

    async def _send(self, data: bytes) -> None:
        self._forward(data)


class Handshake:
    """One DTLS association; it outlives every change of address."""

    def __init__(self, certificate: RTCCertificate, send: Callable[[bytes], None]) -> None:
        self._carrier = _Carrier(send)
        self._transport = RTCDtlsTransport(self._carrier, [certificate])  # type: ignore[arg-type]  # a stand-in
        self._transport.add_listener("statechange", self._changed)
        self.ended: Callable[[], None] = lambda: None

    def record(self, data: bytes) -> None:
        """A record from the leg's own address; too many are dropped, as the network would."""
        with suppress(asyncio.QueueFull):
            self._carrier.records.put_nowait(data)

    async def keys(self, algorithm: str, fingerprint: str) -> Sealed:
        """Wait for the browser's handshake, check its certificate, and take the keys.

        Raises HandshakeFailed.
        """
        remote = RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(algorithm, fingerprint)])
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._transport.start(remote)
        except TimeoutError:
            raise HandshakeFailed("no answer in time") from None
        if self._transport.state != "connected":
            raise HandshakeFailed(self._transport.state)
        receiving, sending = self._transport._rx_srtp, self._transport._tx_srtp  # noqa: SLF001 - watched
        return sealed(receiving, sending)

    def _changed(self) -> None:
        if self._transport.state == "closed":
            self.ended()

    async def close(self) -> None:
        """Tell the browser, and let go."""
        self._transport.remove_all_listeners()
        await self._transport.stop()
        with suppress(asyncio.QueueFull):
            self._carrier.records.put_nowait(None)


def fingerprint_of(certificate: RTCCertificate) -> str:
    """The certificate's SHA-256 digest, as an offer names it."""
    return next(one.value for one in certificate.getFingerprints() if one.algorithm == "sha-256")
