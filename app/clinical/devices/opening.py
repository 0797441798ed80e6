"""A stream becomes something that can be read from its start as often as needed."""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Callable
from typing import IO, Any

from app.clinical.devices.reading import DeviceFileError
from app.clinical.sentences import N_, Sentence

EMPTY = N_("This file is empty. Please export it again.")
TOO_LARGE = N_("This file is larger than %(limit)s GB. We cannot read it.")
UNREADABLE = N_("We could not open this file. Please try to export it again.")
PDF = N_(
    "This is a PDF. We need the numbers themselves: please export a CSV file from the same place."
)
WORKBOOK = N_("This is a spreadsheet file. Please save it as CSV and choose that file.")
PICTURE = N_("This is a picture. Please choose the file that your device or app exported.")
WEB_PAGE = N_("This is a web page, not an export. Please download the file once more.")
NOT_AN_EXPORT = N_(
    "We do not recognise this file. Please choose the file that your device or app exported."
)
CUT_SHORT = N_(
    "The file is damaged or ends too early here. What comes before this line was read; to get"
    " the rest, please export the file again."
)

SOURCE = "Limits of app/clinical/devices"
SAMPLE_BYTES = 64 * 1024
GIGABYTE = 2**30
MOST_GIGABYTES = 16
SPOOLED_BYTES = 8 * 2**20

_BEGINNINGS = (
    (b"%PDF", PDF),
    (b"\xd0\xcf\x11\xe0", WORKBOOK),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Enough of a heading to see whether its letters take two bytes each.
HEADING_BYTES = 2000
UTF_16_SHARE = 0.6


class Window(io.RawIOBase):
    """A reader of its own over a shared stream: two passes do not disturb each other."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._at = 0

    def readable(self) -> bool:
        """Reading is all it does."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from where this reader stands."""
        self._stream.seek(self._at)
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def refused(text: str, **values: str | int) -> DeviceFileError:
    """The refusal of a whole file."""
    return DeviceFileError("file", Sentence(text, values), SOURCE)


def settled(stream: IO[Any]) -> tuple[IO[bytes], bool]:
    """The stream itself where it can be read twice; else a copy of ours on disk, and True."""
    try:
        if stream.seekable() and isinstance(stream.read(0), bytes):
            return stream, False
        return _copied(stream), True
    except (AttributeError, OSError, ValueError) as error:
        raise refused(UNREADABLE) from error


def _copied(stream: IO[Any]) -> IO[bytes]:
    # The import that reads it closes it when it goes, and it has no name to clean up.
    copy: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 - above
    copied = 0
    while piece := stream.read(SAMPLE_BYTES):
        data = piece.encode() if isinstance(piece, str) else piece
        copied += len(data)
        if copied > MOST_GIGABYTES * GIGABYTE:
            copy.close()
            raise refused(TOO_LARGE, limit=MOST_GIGABYTES)
        copy.write(data)
    return copy


def beginning(stream: IO[bytes]) -> bytes:
    """The first bytes, once everything that is plainly no export has been refused."""
    try:
        stream.seek(0)
        sample = stream.read(SAMPLE_BYTES)
    except (OSError, ValueError) as error:
        raise refused(UNREADABLE) from error
    if not sample.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise refused(EMPTY)
    for start, sentence in _BEGINNINGS:
        if sample.startswith(start):
            raise refused(sentence)
    return sample


def encoding_of(sample: bytes) -> str:
    """The encoding of a text file. What is no text has no heading either, and falls there."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    zeros = sample[:HEADING_BYTES:2].count(0), sample[1:HEADING_BYTES:2].count(0)
    half = min(len(sample), HEADING_BYTES) // 2
    if max(zeros) > half * UTF_16_SHARE:  # every other byte of a heading in it is zero
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def buffered(stream: IO[bytes]) -> IO[bytes]:
    """The file's bytes from its start."""
    return io.BufferedReader(Window(stream), SAMPLE_BYTES)


def text_of(opened: Callable[[], IO[bytes]], encoding: str) -> io.TextIOWrapper:
    """A file as text from its start; a damaged letter costs itself alone."""
    return io.TextIOWrapper(opened(), encoding=encoding, errors="replace")
