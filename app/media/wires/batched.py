"""Up to 64 datagrams for each system call: `recvmmsg` and `sendmmsg` of Linux.

The C library is called without a compiler; headers of the messages are laid out once and written
as plain numbers, which costs a third of going through their named fields.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from array import array
from typing import Any, NamedTuple, cast

from cffi import FFI

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

V4_NAME, V6_NAME = 16, 28
PORT_AT = slice(2, 4)
V4_AT, V6_AT = slice(4, 8), slice(8, 24)
WORD = 8
HEAD = asked.LENGTH_LEVEL_KIND.size
# Which word of a message's header points to what is said beside it.
CONTROL = 4

ffi = FFI()
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
      void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
      void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    """
)


def _load() -> Any:
    """The C library, where it has both calls and lays messages out as this module does."""
    if not sys.platform.startswith("linux") or ffi.sizeof("void *") != WORD:
        return None
    try:
        found = ffi.dlopen(None)
        there = found.recvmmsg and found.sendmmsg
    except (OSError, AttributeError):
        return None
    return found if there else None


libc = _load()
AVAILABLE = libc is not None


class Layout(NamedTuple):
    """How the other's address (name) and ours (control) of one message lie in memory.

    Both lie side by side with what never changes, so that one cut of bytes names the source.
    `cut` is that cut, `name` where the name begins in it, `ours` our own address in it.
    """

    row: int
    name_at: int
    name_bytes: int
    control_at: int
    control_bytes: int
    cut: tuple[int, int]
    name: int
    ours: slice


def layout(form: asked.Form | None, *, six: bool) -> Layout:
    """The layout for a socket of either family, with our own address or without."""
    size = V6_NAME if six else V4_NAME
    if form is None:
        return Layout(size, 0, size, 0, 0, (0, size), 0, slice(0))
    if six:
        # Behind the address the system writes the interface: the cut ends before it.
        begin = size + -size % WORD
        first, last = begin + HEAD + form.first, begin + HEAD + form.last
        row = begin + form.space
        return Layout(row, 0, size, begin, form.space, (0, last), 0, slice(first, last))
    first = HEAD + form.first
    row, name = form.space + size, form.space - first
    ours = slice(0, form.last - form.first)
    return Layout(row, form.space, size, 0, form.space, (first, row), name, ours)


class Messages:
    """A row of message headers, each with one piece of memory and one address."""

    def __init__(self, count: int, form: Layout) -> None:
        self.headers = ffi.new("struct mmsghdr[]", count)
        self._pieces = ffi.new("struct iovec[]", count)
        self._rows = ffi.new("unsigned char[]", count * form.row)
        for at in range(count):
            header, row = self.headers[at].msg_hdr, self._rows + at * form.row
            header.msg_name = row + form.name_at
            header.msg_namelen = form.name_bytes
            header.msg_iov = self._pieces + at
            header.msg_iovlen = 1
            header.msg_control = row + form.control_at if form.control_bytes else ffi.NULL
            header.msg_controllen = form.control_bytes
        self.rows = memoryview(ffi.buffer(self._rows))
        # The same memory as rows of numbers.
        self.step = ffi.sizeof("struct mmsghdr") // WORD
        self.header_words = memoryview(ffi.buffer(self.headers)).cast("Q")
        self.piece_words = memoryview(ffi.buffer(self._pieces)).cast("Q")
        at = ffi.offsetof("struct mmsghdr", "msg_len") // 4
        halves = memoryview(ffi.buffer(self.headers)).cast("I")
        self.lengths = halves[at :: ffi.sizeof("struct mmsghdr") // 4]
        # The system writes over how much room there was.
        at = ffi.offsetof("struct msghdr", "msg_controllen") // WORD
        self.controls = self.header_words[at :: self.step]
        self.whole = memoryview(array("Q", [form.control_bytes] * count))


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
        self._incoming, self._outgoing = Buffers(BATCH), Buffers(OUTGOING)
        self._in, self._out = Messages(BATCH, form), Messages(OUTGOING, form)
        for at, buffer in enumerate(self._incoming.row):
            self._in.piece_words[2 * at] = buffer.address
            self._in.piece_words[2 * at + 1] = len(buffer.view)
        # The kernel is given the addresses by their place in memory: until it has read them, that
        # memory must not go, though nobody else may hold it any more.
        self._held: list[Destination] = [None] * OUTGOING
        self._taken = self._waiting = 0
        self.buffers = self._incoming.row
        self.sizes: list[int] = []
        self.sources: list[Source] = []
        self.unsent = 0

    def fileno(self) -> int:
        """For the event loop."""
        return self._number

    def receive(self) -> int:
        """Send what waits, then take what has come, at most BATCH."""
        if self._waiting:
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
        buffer = self._outgoing.row[self._taken]
        self._taken += 1
        return buffer

    def put(self, buffer: Buffer, size: int, to: Destination) -> None:
        """Line up the first `size` bytes for the next flush."""
        at = self._waiting
        out = self._out
        words = at * out.step
        out.header_words[words], out.header_words[words + CONTROL] = to[0], to[1]
        self._held[at] = to
        out.piece_words[2 * at] = buffer.address
        out.piece_words[2 * at + 1] = size
        self._waiting = at + 1
        if self._waiting == OUTGOING:
            self._send()

    def flush(self) -> None:
        """Let everything go; lent buffers are free again."""
        self._send()
        self._taken = 0

    def _send(self) -> None:
        sent, waiting = 0, self._waiting
        self._waiting = 0
        while sent < waiting:
            done = libc.sendmmsg(self._number, self._out.headers + sent, waiting - sent, 0)
            # The first of the rest could not go: a full socket, or an address out of reach.
            if done <= 0:
                self.unsent += 1
                done = 1
            sent += done

    def destination(self, source: Source) -> Destination:
        """Their address and ours in memory that stays, and where that memory is."""
        raw, form = cast(bytes, source), self._layout
        name = raw[form.name : form.name + form.name_bytes]
        beside = self._asked.message(raw[form.ours]) if self._asked else b""
        kept = ffi.new("unsigned char[]", beside + name)
        at = int(ffi.cast("uintptr_t", kept))
        return at + len(beside), at if beside else 0, kept

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
