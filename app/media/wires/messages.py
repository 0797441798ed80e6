"""Rows of messages as `recvmmsg` and `sendmmsg` of Linux read and write them.

The C library is called without a compiler; headers of the messages are laid out once and written
as plain numbers, which costs a third of going through their named fields.
"""

from __future__ import annotations

import sys
from array import array
from typing import Any, NamedTuple

from cffi import FFI

from app.media.wires import asked

V4_NAME, V6_NAME = 16, 28
WORD = 8
HEAD = asked.LENGTH_LEVEL_KIND.size
# Which words of a message's header hold these.
NAME, PIECES, PIECE_COUNT, CONTROL, CONTROL_BYTES = 0, 2, 3, 4, 5

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
        self.pieces = int(ffi.cast("uintptr_t", self._pieces))
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
