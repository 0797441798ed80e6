"""What both kinds of wire promise, and the buffers they share."""

from __future__ import annotations

import socket
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from _cffi_backend import unpack
from cffi import FFI

# Room for the largest datagram of an Ethernet, a tag that is added in place, and one byte more
# than is ever accepted: what fills a buffer whole was larger than any packet of a call.
STRIDE = 2048
LARGEST = 1500
BATCH = 64
OUTGOING = 256
# A second of a full node fits, so that a busy moment delays packets and loses none.
SOCKET_BYTES = 32 * 1024 * 1024
SO_RCVBUFFORCE, SO_SNDBUFFORCE = 33, 32

memory = FFI()
# The first bytes of a buffer's `text`, in two thirds of the time that a copy of its view takes.
copied: Callable[[Any, int], bytes] = unpack

# Where a datagram came from: hashable, and meaningful to the wire alone.
Source = Hashable
# The same address, prepared for sending.
Destination = Any


class Buffer:
    """Memory of one datagram: as a view, as pointers for C, and as a number for the kernel."""

    __slots__ = ("_whole", "address", "pointer", "text", "view")

    def __init__(self, whole: Any, at: int) -> None:
        self._whole = whole  # Neither a pointer into memory nor a view of it keeps it.
        self.pointer = whole + at
        # The same for `copied`.
        self.text = memory.cast("char *", self.pointer)
        self.address = int(memory.cast("uintptr_t", self.pointer))
        self.view = memoryview(memory.buffer(self.pointer, STRIDE))


class Buffers:
    """A row of buffers that lives as long as the wire."""

    def __init__(self, count: int) -> None:
        self._whole = memory.new("unsigned char[]", count * STRIDE)
        self.row = [Buffer(self._whole, at * STRIDE) for at in range(count)]
        # All of them, one behind the other.
        self.view = memoryview(memory.buffer(self._whole))


class Wire(Protocol):
    """The node's one port. `receive` fills `buffers`, `sizes` and `sources`.

    `view` is the memory of all `buffers`, STRIDE bytes each.

    A received buffer may be changed in place and given to `put`; it is sent before the next
    `receive`. `take` lends a buffer for anything else, until the next `flush`.
    """

    port: int
    view: memoryview
    buffers: list[Buffer]
    sizes: list[int]
    sources: list[Source]

    @property
    def unsent(self) -> int:
        """Packets that could not go."""

    def fileno(self) -> int:
        """For the event loop."""

    def receive(self) -> int:
        """Send what waits, then take what has come: how many, at most BATCH."""

    def take(self) -> Buffer:
        """An empty buffer."""

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        """Send the first `size` bytes; a batched wire sends them with the next flush."""

    def flush(self) -> None:
        """Let everything go."""

    def destination(self, source: Source) -> Destination:
        """A source as an address to send to; keep it, making one costs time."""

    def host(self, source: Source) -> tuple[str, int]:
        """Address and port of a source, as text and number."""

    def close(self) -> None:
        """Give the port back."""


def open_socket(bind: str, port: int) -> socket.socket:
    """One UDP socket, for both families where the machine has both; never blocking."""
    both = bind in {"", "::", "0.0.0.0"} and socket.has_dualstack_ipv6()  # noqa: S104 - as told
    family = socket.AF_INET6 if both or ":" in bind else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        if both:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        _enlarge(made)
        made.bind(("::" if both else bind, port))
    except OSError:
        made.close()
        raise
    return made


def _enlarge(made: socket.socket) -> None:
    for forced, plain in (
        (SO_RCVBUFFORCE, socket.SO_RCVBUF),
        (SO_SNDBUFFORCE, socket.SO_SNDBUF),
    ):
        try:
            # Beyond the system's limit, where the process may.
            made.setsockopt(socket.SOL_SOCKET, forced, SOCKET_BYTES)
        except OSError:
            made.setsockopt(socket.SOL_SOCKET, plain, SOCKET_BYTES)
