"""The public way of pylibsrtp: bytes in, bytes out, copied to where they came from."""

from __future__ import annotations

from collections.abc import Callable

import pylibsrtp

from app.media.srtp.session import LONGEST, REFUSED
from app.media.wires.wire import LARGEST, Buffer


class Copied:
    """Both directions of one leg."""

    __slots__ = ("_receive", "_send")

    def __init__(self, receiving: pylibsrtp.Session, sending: pylibsrtp.Session) -> None:
        self._receive, self._send = receiving, sending

    def open_rtp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a media packet."""
        return _through(self._receive.unprotect, buffer, size, LARGEST)

    def open_rtcp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a control packet."""
        return _through(self._receive.unprotect_rtcp, buffer, size, LARGEST)

    def seal_rtp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a media packet."""
        return _through(self._send.protect, buffer, size, LONGEST)

    def seal_rtcp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a control packet."""
        return _through(self._send.protect_rtcp, buffer, size, LONGEST)


def _through(act: Callable[[bytes], bytes], buffer: Buffer, size: int, longest: int) -> int:
    # Longer than the library's own buffer it would raise; what travels in a call never is.
    if size > longest:
        return REFUSED
    try:
        done = act(bytes(buffer.view[:size]))
    except pylibsrtp.Error:
        return REFUSED
    buffer.view[: len(done)] = done
    return len(done)
