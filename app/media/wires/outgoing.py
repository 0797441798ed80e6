"""What is lined up to be sent: few messages for many datagrams.

Packets of a picture are alike in size and go to the same browser: the system takes them as one
message and cuts it at the last moment (UDP_SEGMENT of udp(7)), which saves it most of the way for
each but the first. The order of what goes to one browser is kept; between browsers there is none.
"""

from __future__ import annotations

import errno
import socket
from array import array

from app.media.wires import asked
from app.media.wires.messages import (
    CONTROL,
    CONTROL_BYTES,
    NAME,
    PIECE_COUNT,
    PIECES,
    WORD,
    Layout,
    Messages,
    ffi,
    libc,
)
from app.media.wires.wire import Buffer, Destination

UDP_SEGMENT = 103
SIZE = 2  # bytes in which the length of the pieces is told
# Together below the longest datagram of all, however long each may be.
MOST_JOINED = 32
FULL = frozenset({errno.EAGAIN, errno.ENOBUFS})


class To:
    """A browser's address, and the one of ours that it asked, in memory that stays."""

    __slots__ = ("_kept", "beside", "control", "joins", "name", "waiting")

    def __init__(self, name: bytes, beside: bytes, *, joins: bool) -> None:
        # The kernel is given it by its place: until it has read it that memory must not go.
        self._kept = ffi.new("unsigned char[]", beside + name)
        at = int(ffi.cast("uintptr_t", self._kept))
        self.name, self.control = at + len(beside), at if beside else 0
        self.beside = beside
        # Whether the way to it takes joined packets: a narrow tunnel may not.
        self.joins = joins
        # Address and size of each packet, in turn.
        self.waiting: list[int] = []


class Outgoing:
    """Datagrams that wait for one call of the system."""

    def __init__(self, made: socket.socket, form: Layout, count: int) -> None:
        self._number, self._count = made.fileno(), count
        self._messages = Messages(count, form)
        self._beside = form.control_bytes
        self._controls = _Controls(count, form.control_bytes)
        self.joins = _can_join(made)
        self._to: list[To] = []
        self._waiting = 0
        self.unsent = 0

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        """Line up the first `size` bytes for the next `send`."""
        waiting = to.waiting
        if not waiting:
            self._to.append(to)
        waiting.append(buffer.address)
        waiting.append(size)
        self._waiting += 1
        if self._waiting == self._count:
            self.send()

    def send(self) -> None:
        """Let everything go."""
        if not self._waiting:
            return
        whose: list[To] = []
        pieces: list[int] = []
        for to in self._to:
            at, sizes = len(pieces) // 2, to.waiting[1::2]
            pieces += to.waiting
            to.waiting.clear()
            while sizes:
                run = _alike(sizes) if to.joins else 1
                self._lay(len(whose), to, at, run, sizes[0])
                whose.append(to)
                at += run
                del sizes[:run]
        self._messages.piece_words[: len(pieces)] = array("Q", pieces)
        self._to, self._waiting = [], 0
        self._go(whose)

    def _lay(self, message: int, to: To, piece: int, run: int, size: int) -> None:
        words, at = self._messages.header_words, message * self._messages.step
        words[at + NAME] = to.name
        words[at + PIECES] = self._messages.pieces + 2 * WORD * piece
        words[at + PIECE_COUNT] = run
        if run == 1:
            words[at + CONTROL], words[at + CONTROL_BYTES] = to.control, self._beside
        else:
            words[at + CONTROL] = self._controls.write(message, size, to.beside)
            words[at + CONTROL_BYTES] = self._controls.size

    def _go(self, whose: list[To]) -> None:
        sent, count, headers = 0, len(whose), self._messages.headers
        while sent < count:
            done = libc.sendmmsg(self._number, headers + sent, count - sent, 0)
            if done <= 0:
                # The first of the rest could not go: a full socket, an address out of reach, or
                # a way on which nothing can be joined.
                self._one_by_one(sent, whose[sent], full=ffi.errno in FULL)
                done = 1
            sent += done

    def _one_by_one(self, message: int, to: To, *, full: bool) -> None:
        words, at = self._messages.header_words, message * self._messages.step
        run = words[at + PIECE_COUNT]
        if run == 1 or full:
            self.unsent += run
            return
        words[at + PIECE_COUNT] = 1
        words[at + CONTROL], words[at + CONTROL_BYTES] = to.control, self._beside
        for _ in range(run):
            if libc.sendmmsg(self._number, self._messages.headers + message, 1, 0) == 1:
                to.joins = False
            else:
                self.unsent += 1
            words[at + PIECES] += 2 * WORD


class _Controls:
    """What is said beside joined packets: how long each is, and which address they come from."""

    def __init__(self, count: int, beside: int) -> None:
        head = asked.LENGTH_LEVEL_KIND.size
        self._beside = asked.space(SIZE)
        self.size = self._beside + beside
        one = asked.LENGTH_LEVEL_KIND.pack(head + SIZE, socket.IPPROTO_UDP, UDP_SEGMENT)
        self._memory = ffi.new("unsigned char[]", one.ljust(self.size, b"\0") * count)
        self._bytes = memoryview(ffi.buffer(self._memory))
        self._sizes = self._bytes[: count * self.size].cast("H")[head // SIZE :: self.size // SIZE]
        self._at = int(ffi.cast("uintptr_t", self._memory))

    def write(self, message: int, size: int, beside: bytes) -> int:
        """Fill in one; answers where it lies."""
        at = message * self.size
        self._sizes[message] = size
        if beside:
            self._bytes[at + self._beside : at + self.size] = beside
        return self._at + at


def _alike(sizes: list[int]) -> int:
    """How many of the first can be joined: of one size, and at the end one that is shorter."""
    size, run, most = sizes[0], 1, min(len(sizes), MOST_JOINED)
    while run < most and sizes[run] == size:
        run += 1
    return run + (run < most and sizes[run] < size)


def _can_join(made: socket.socket) -> bool:
    try:
        made.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True
