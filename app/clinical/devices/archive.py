"""The export inside a zip file, found without unpacking anything to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from app.clinical.devices.opening import (
    GIGABYTE,
    MOST_GIGABYTES,
    SAMPLE_BYTES,
    TOO_LARGE,
    WORKBOOK,
    refused,
)
from app.clinical.sentences import N_

BROKEN = N_("This zip file is damaged. Please export it again.")
LOCKED = N_("This zip file is locked with a password. Please export it without one.")
TOO_MANY = N_("This zip file holds more than %(limit)s files, so we did not open it.")
BOMB = N_("This zip file unpacks to far more than it should, so we did not open it.")
STRANGE_NAMES = N_("This zip file holds files with unsafe names, so we did not open it.")
STRANGE_PACKING = N_("This zip file is packed in a way we do not read. Please export it again.")

# A health export holds one route for each workout: thousands, not a hundred thousand.
MOST_MEMBERS = 50_000
# A central directory entry with the longest name this size of export has.
MOST_DIRECTORY_BYTES = MOST_MEMBERS * 400
# Health exports shrink about thirtyfold; deflate itself ends at about a thousandfold.
MOST_RATIO = 200
# What is small cannot harm, however well it shrinks.
HARMLESS_BYTES = 4 * 2**20
MOST_LOOKED_INTO = 100
SHOWN_CHARACTERS = 60

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END_MARK, _END64_MARK = b"PK\x05\x06", b"PK\x06\x06"
_WIDE = 0xFFFF


def is_zip(sample: bytes) -> bool:
    """Whether a file begins as zip files do."""
    return sample.startswith((b"PK\x03\x04", b"PK\x05\x06"))


# What a damaged zip raises while it is opened or read.
BROKEN_READS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
)


class Member(NamedTuple):
    """One file of a zip."""

    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """Its name, as short as a sentence can show it."""
        return self.info.filename[-SHOWN_CHARACTERS:]

    @property
    def content(self) -> tuple[int, int]:
        """The same for two copies of one file."""
        return self.info.file_size, self.info.CRC


class Archive:
    """The files of an export inside a zip, known by what they hold."""

    def __init__(self, stream: IO[bytes]) -> None:
        _check_directory(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
            members = self._zip.infolist()
        except (*BROKEN_READS, ValueError) as error:
            raise refused(BROKEN) from error
        if any(_is_unsafe(member.filename) for member in members):
            raise refused(STRANGE_NAMES)
        if "[Content_Types].xml" in {member.filename for member in members}:
            raise refused(WORKBOOK)

    def open(self, member: Member) -> IO[bytes]:
        """One of the files, from its start."""
        try:
            return self._zip.open(member.info)
        except (*BROKEN_READS, ValueError) as error:
            raise refused(BROKEN) from error

    def health(self) -> list[Member]:
        """The Apple Health exports, largest first: their names are in any language."""
        looked = self._named(".xml")[:MOST_LOOKED_INTO]
        found = [member for member in looked if self._is_health_data(member)]
        return sorted(found, key=lambda member: -member.info.file_size)

    def tables(self) -> list[Member]:
        """The files that may be tables."""
        found = self._named(".csv", ".tsv", ".txt")
        for member in found:
            _check_member(member.info)
        return found

    def _named(self, *ends: str) -> list[Member]:
        infos = self._zip.infolist()
        # Beside each file a Mac packs one with its icon, named alike.
        mine = [one for one in infos if not one.filename.startswith("__MACOSX/")]
        return [Member(one) for one in mine if one.filename.casefold().endswith(ends)]

    def _is_health_data(self, member: Member) -> bool:
        _check_member(member.info)
        try:
            with self.open(member) as file:
                return is_health_data(file.read(SAMPLE_BYTES))
        except BROKEN_READS as error:
            raise refused(BROKEN) from error


def is_health_data(sample: bytes) -> bool:
    """Whether a file is an Apple Health export: its root, or the type it declares."""
    plain = sample.replace(b"\x00", b"")  # UTF-16 without its empty halves
    return b"<HealthData" in plain or b"<!DOCTYPE HealthData" in plain


def _is_unsafe(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or ":" in parts[0] or "\x00" in name


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise refused(LOCKED)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refused(STRANGE_PACKING)
    if member.file_size > MOST_GIGABYTES * GIGABYTE:
        raise refused(TOO_LARGE, limit=MOST_GIGABYTES)
    if member.file_size > HARMLESS_BYTES + MOST_RATIO * member.compress_size:
        raise refused(BOMB)


def _check_directory(stream: IO[bytes]) -> None:
    """Before `zipfile` reads the whole list of members into memory, see how long it is."""
    for members, size in _ends(stream):
        if members > MOST_MEMBERS:
            raise refused(TOO_MANY, limit=MOST_MEMBERS)
        if size > MOST_DIRECTORY_BYTES:
            raise refused(BROKEN)


def _ends(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    length = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, length - _WIDE - 2 * _END64.size - _END.size))
    tail = stream.read()
    for mark, shape, members, size in ((_END_MARK, _END, 4, 5), (_END64_MARK, _END64, 7, 8)):
        at = tail.rfind(mark)
        if at < 0 or at + shape.size > len(tail):
            continue
        found = shape.unpack_from(tail, at)
        # The older record says "see the wider one" by holding only ones.
        if shape is _END64 or found[members] != _WIDE:
            yield found[members], 0 if found[size] == 2**32 - 1 else found[size]
