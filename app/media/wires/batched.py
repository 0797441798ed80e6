"""Up to 64 datagrams for each system call: `recvmmsg` and `sendmmsg` of Linux."""

from __future__ import annotations

import ipaddress
import socket
from typing import cast

from app.media.wires import asked
from app.media.wires.messages import Messages, ffi, layout, libc
from app.media.wires.outgoing import Outgoing, To
from app.media.wires.wire import (
    BATCH,
    OUTGOING,
    Buffer,
    Buffers,
    Destination,
    Source,
    open_socket,
)

PORT_AT = slice(2, 4)
V4_AT, V6_AT = slice(4, 8), slice(8, 24)
AVAILABLE = libc is not None


class Batched:
    """A wire of `recvmmsg` and `sendmmsg`."""

    def __init__(self, bind: str, port: int) -> None:
        self._socket = open_socket(bind, port)
        self._number = self._socket.fileno()
        self.port: int = self._socket.getsockname()[1]
        self._six = self._socket.family == socket.AF_INET6
        self._asked = asked.listen(self._socket)
        self._layout = form = layout(self._asked, six=self._six)
        first, last = form.cut
        self._ends = [(at * form.row + first, at * form.row + last) for at in range(BATCH)]
        self._incoming, self._lent = Buffers(BATCH), Buffers(OUTGOING)
        self._in, self._out = Messages(BATCH, form), Outgoing(self._socket, form, OUTGOING)
        for at, buffer in enumerate(self._incoming.row):
            self._in.piece_words[2 * at] = buffer.address
            self._in.piece_words[2 * at + 1] = len(buffer.view)
        # Without a step between: it runs for each packet.
        self.put = self._out.put
        self._taken = 0
        self.buffers, self.view = self._incoming.row, self._incoming.view
        self.sizes: list[int] = []
        self.sources: list[Source] = []

    @property
    def unsent(self) -> int:
        """Packets that could not go."""
        return self._out.unsent

    def fileno(self) -> int:
        """For the event loop."""
        return self._number

    def receive(self) -> int:
        """Send what waits, then take what has come, at most BATCH."""
        self.flush()
        incoming = self._in
        if self._asked is not None:
            incoming.controls[:] = incoming.whole
        count: int = libc.recvmmsg(self._number, incoming.headers, BATCH, 0, ffi.NULL)
        if count <= 0:
            return 0
        self.sizes = incoming.lengths[:count].tolist()
        rows = bytes(incoming.rows[: count * self._layout.row])
        self.sources = [rows[start:end] for start, end in self._ends[:count]]
        return count

    def take(self) -> Buffer:
        """An empty buffer."""
        if self._taken == OUTGOING:
            self.flush()
        buffer = self._lent.row[self._taken]
        self._taken += 1
        return buffer

    def flush(self) -> None:
        """Let everything go; lent buffers are free again."""
        self._out.send()
        self._taken = 0

    def destination(self, source: Source) -> Destination:
        """Their address and ours in memory that stays."""
        raw, form = cast(bytes, source), self._layout
        name = raw[form.name : form.name + form.name_bytes]
        beside = self._asked.message(raw[form.ours]) if self._asked else b""
        return To(name, beside, joins=self._out.joins)

    def host(self, source: Source) -> tuple[str, int]:
        """Address and port."""
        raw = cast(bytes, source)[self._layout.name :]
        port = int.from_bytes(raw[PORT_AT], "big")
        if not self._six:
            return str(ipaddress.IPv4Address(raw[V4_AT])), port
        address = ipaddress.IPv6Address(raw[V6_AT])
        return str(address.ipv4_mapped or address), port

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
