"""One system call for each datagram: works wherever Python has sockets."""

from __future__ import annotations

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
    """A wire of `recvfrom_into` and `sendto`."""

    def __init__(self, bind: str, port: int) -> None:
        self._socket = open_socket(bind, port)
        self._incoming, self._outgoing = Buffers(BATCH), Buffers(OUTGOING)
        self._taken = 0
        self.port: int = self._socket.getsockname()[1]
        self.buffers = self._incoming.row
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
                size, source = self._socket.recvfrom_into(self.buffers[count].view)
            except OSError:
                # Nothing more, or the complaint of a host that a packet did not reach.
                return count
            self.sizes[count], self.sources[count] = size, source
        return BATCH

    def take(self) -> Buffer:
        """An empty buffer; everything put so far has gone already."""
        self._taken = (self._taken + 1) % OUTGOING
        return self._outgoing.row[self._taken]

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        """Send at once; a full socket loses the packet, as a full line would."""
        try:
            self._socket.sendto(buffer.view[:size], to)
        except OSError:
            self.unsent += 1

    def flush(self) -> None:
        """Nothing waits."""
        self._taken = 0

    def destination(self, source: Source) -> Destination:
        """The address itself."""
        return source

    def host(self, source: Source) -> tuple[str, int]:
        """Address and port."""
        host, port = source[0], source[1]  # type: ignore[index]  # a pair
        return host.removeprefix("::ffff:"), port

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
