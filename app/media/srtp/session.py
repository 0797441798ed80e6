"""What both ways of encryption promise."""

from __future__ import annotations

from typing import Protocol

from app.media.wires.wire import Buffer

REFUSED = -1
# Longer than this nothing is encrypted: the longest tag must still fit behind it.
LONGEST = 1500 - 148


class Sealed(Protocol):
    """Each call works on the first `size` bytes of a buffer, in place.

    It answers the new size, or REFUSED: a wrong key, a replay, a packet cut short.
    """

    def open_rtp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a media packet."""

    def open_rtcp(self, buffer: Buffer, size: int) -> int:
        """Decrypt a control packet."""

    def seal_rtp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a media packet."""

    def seal_rtcp(self, buffer: Buffer, size: int) -> int:
        """Encrypt a control packet."""
