"""Which of this machine's addresses was asked, so that the answer leaves from the same.

A socket that listens on all addresses lets the system choose where an answer comes from, and a
browser takes none from an address that it did not ask. Linux tells the address with each datagram
and takes it with each answer (IP_PKTINFO of ip(7); RFC 3542, section 6). Elsewhere a node with
several addresses is bound to one.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import NamedTuple

AVAILABLE = sys.platform.startswith("linux")
# Python names the second alone.
IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO = 8, 49, 50
LENGTH_LEVEL_KIND = struct.Struct("@Qii")
V4_BYTES, V6_BYTES = 12, 20


def space(size: int) -> int:
    """Bytes that one thing said beside a datagram takes, up to where a next one would begin."""
    whole = LENGTH_LEVEL_KIND.size + size
    return whole + -whole % 8


class Form(NamedTuple):
    """What the system writes beside a datagram: of which kind, and where the address is in it."""

    level: int
    kind: int
    size: int
    first: int
    last: int

    @property
    def space(self) -> int:
        """Bytes of the whole message, up to where a next one would begin."""
        return space(self.size)

    def answer(self, address: bytes) -> bytes:
        """What is written beside the answer; by which interface it leaves is left to the system."""
        return address.rjust(self.last, b"\0").ljust(self.size, b"\0")

    def message(self, address: bytes) -> bytes:
        """The same with its head, as it lies in memory."""
        head = LENGTH_LEVEL_KIND.pack(LENGTH_LEVEL_KIND.size + self.size, self.level, self.kind)
        return (head + self.answer(address)).ljust(self.space, b"\0")


V4 = Form(socket.IPPROTO_IP, IP_PKTINFO, V4_BYTES, 4, 8)
V6 = Form(socket.IPPROTO_IPV6, IPV6_PKTINFO, V6_BYTES, 0, 16)


def listen(made: socket.socket) -> Form | None:
    """Have the system tell each datagram's address, where the socket serves more than one."""
    if not AVAILABLE or made.getsockname()[0] not in {"0.0.0.0", "::"}:  # noqa: S104 - names them
        return None
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        return V6
    made.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    return V4
