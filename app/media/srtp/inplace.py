"""libsrtp called on the datagram where it lies: no copy, no allocation.

Uses two names of pylibsrtp that are not public, its binding and a session's handle; a contract
test watches them, and `copied` serves where they are gone.
"""

from __future__ import annotations

from typing import Any

import pylibsrtp

from app.media.srtp.session import LONGEST, REFUSED
from app.media.wires.wire import Buffer

try:
    from pylibsrtp._binding import ffi, lib

    AVAILABLE = all(
        hasattr(lib, name)
        for name in ("srtp_protect", "srtp_protect_rtcp", "srtp_unprotect", "srtp_unprotect_rtcp")
    )
    length: Any = ffi.new("int *")
    # The same number, for Python: to write it so costs half.
    told = memoryview(ffi.buffer(length)).cast("i")
except ImportError:  # A release that keeps its binding elsewhere.
    AVAILABLE, lib, length, told = False, None, None, memoryview(bytes(4)).cast("i")

# Looked up once: these two run for each packet.
protect: Any = getattr(lib, "srtp_protect", None)
unprotect: Any = getattr(lib, "srtp_unprotect", None)


class InPlace:
    """Both directions of one leg."""

    __slots__ = ("_receive", "_send", "_sessions")

    def __init__(self, receiving: pylibsrtp.Session, sending: pylibsrtp.Session) -> None:
        self._sessions = (receiving, sending)  # They own the memory behind the handles.
        self._receive = receiving._srtp[0]  # noqa: SLF001 - see the module's words
        self._send = sending._srtp[0]  # noqa: SLF001 - as above

    def open_rtp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a media packet."""
        told[0] = size
        if unprotect(self._receive, buffer.pointer, length):
            return REFUSED
        opened: int = told[0]
        return opened

    def open_rtcp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a control packet."""
        told[0] = size
        if lib.srtp_unprotect_rtcp(self._receive, buffer.pointer, length):
            return REFUSED
        opened: int = told[0]
        return opened

    def seal_rtp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a media packet."""
        if size > LONGEST:
            return REFUSED
        told[0] = size
        if protect(self._send, buffer.pointer, length):
            return REFUSED
        sealed: int = told[0]
        return sealed

    def seal_rtcp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a control packet."""
        if size > LONGEST:
            return REFUSED
        told[0] = size
        if lib.srtp_protect_rtcp(self._send, buffer.pointer, length):
            return REFUSED
        sealed: int = told[0]
        return sealed
