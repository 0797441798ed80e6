"""One system call for each datagram: works wherever Python has sockets."""

from __future__ import annotations

from typing import cast

from app.media.wires import asked
from app.media.wires.wire import (
    BATCH,
    OUTGOING,
    Buffer,
    Buffers,
    Destination,
    Source,
    open_socket,
)


class Plain:
    """A wire of `recvmsg_into` and `sendmsg`, or of their older sisters.

    A source is the other's address, and ours that was asked, where there are several.
    """

    def __init__(self, bind: str, port: int) -> None:
        self._socket = open_socket(bind, port)
        self._asked = asked.listen(self._socket)
        self._space = self._asked.space if self._asked else 0
        self._incoming, self._outgoing = Buffers(BATCH), Buffers(OUTGOING)
        self._taken = 0
        self.port: int = self._socket.getsockname()[1]
        self.buffers, self.view = self._incoming.row, self._incoming.view
        self.sizes = [0] * BATCH
        self.sources: list[Source] = [None] * BATCH
        self.unsent = 0

    def fileno(self) -> int:
        """For the event loop."""
        return self._socket.fileno()

    def receive(self) -> int:
        """Take what has come, at most BATCH."""
        self._taken = 0
        for count in range(BATCH):
            try:
                self.sizes[count], self.sources[count] = self._take(self.buffers[count])
            except OSError:
                # Nothing more, or the complaint of a host that a packet did not reach.
                return count
        return BATCH

    def _take(self, buffer: Buffer) -> tuple[int, Source]:
        form = self._asked
        if form is None:
            size, source = self._socket.recvfrom_into(buffer.view)
            return size, (source, b"")
        size, beside, _, source = self._socket.recvmsg_into([buffer.view], self._space)
        return size, (source, beside[0][2][form.first : form.last] if beside else b"")

    def take(self) -> Buffer:
        """An empty buffer; everything put so far has gone already."""
        self._taken = (self._taken + 1) % OUTGOING
        return self._outgoing.row[self._taken]

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        """Send at once; a full socket loses the packet, as a full line would."""
        try:
            self._socket.sendmsg([buffer.view[:size]], to[1], 0, to[0])
        except OSError:
            self.unsent += 1

    def flush(self) -> None:
        """Nothing waits."""
        self._taken = 0

    def destination(self, source: Source) -> Destination:
        """The address, and what is said beside each packet to it."""
        to, address = cast(tuple[object, bytes], source)
        form = self._asked
        beside = [(form.level, form.kind, form.answer(address))] if form and address else []
        return to, beside

    def host(self, source: Source) -> tuple[str, int]:
        """Address and port."""
        host, port = cast(tuple[tuple[str, int], bytes], source)[0][:2]
        return host.removeprefix("::ffff:"), port

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
