"""Recordings at rest: a stream in chunks, each sealed by AES-256-GCM.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizar, "Online authenticated
encryption and its nonce-reuse misuse-resistance", CRYPTO 2015), with the header and the length
of the chunk as associated data. A file is

    header   b"NSREC" | version, 1 byte | key id, 16 bytes | salt, 16 bytes
    chunks   length of the rest | a head's mark in the bits on top, 4 bytes | ciphertext, tag

and a nonce is a prefix of 7 bytes | the chunk's number, 4 bytes | the last one's mark, 1 byte.
Key and prefix of a file come from the caller's key and the salt through HKDF-SHA256, so that
one key given for two files never repeats a nonce. A chunk that was altered, moved, left out or
taken from another file does not open; a file that ends early opens up to its last whole chunk
and says that it was cut.

The first chunk is the head of the stream. A better head may follow at any time, and the last
chunk, when there is one, is the best, written when all was known: a reader finds the latest in
the first one's place, and none of them where they stand. That is how a file that is only ever
appended to comes to have its index in front, and one that was cut off tells what is in it.

The web process reads recordings with this module: it imports nothing of the node.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import secrets
import struct
from bisect import bisect_right
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
MAGIC = b"NSREC"
VERSION = 2
KNOWN_VERSIONS = frozenset({1, VERSION})  # the first had no heads between the first and the last
KEY_ID_BYTES = SALT_BYTES = 16
TAG_BYTES = 16
PREFIX_BYTES = 7
LONGEST_CHUNK = 4 * 2**20
LAST, RENEWED = 0x8000_0000, 0x4000_0000
LENGTH_BITS = RENEWED - 1
HEADER_BYTES = len(MAGIC) + 1 + KEY_ID_BYTES + SALT_BYTES
LENGTH = struct.Struct(">I")
NUMBER = struct.Struct(">IB")


class SealBroken(Exception):
    """The file is no recording, was sealed with another key, or was tampered with."""


def key_id(key: bytes) -> bytes:
    """The 16 bytes that tell which key opens a file, and nothing about the key."""
    return hmac.digest(key, b"nearside recording key id", hashlib.sha256)[:KEY_ID_BYTES]


class _Cipher:
    """The key and the nonces of one file."""

    def __init__(self, key: bytes, header: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a recording's key has {KEY_BYTES} bytes, not {len(key)}")
        material = HKDF(
            SHA256(), KEY_BYTES + PREFIX_BYTES, salt=header[-SALT_BYTES:], info=header
        ).derive(key)
        self._aead = AESGCM(material[:KEY_BYTES])
        self._prefix = material[KEY_BYTES:]
        self._header = header

    def seal(self, number: int, plain: bytes, mark: int) -> bytes:
        length = LENGTH.pack(len(plain) + TAG_BYTES | mark)
        nonce = self._prefix + NUMBER.pack(number, mark == LAST)
        return length + self._aead.encrypt(nonce, plain, self._header + length)

    def open(self, number: int, length: bytes, sealed: bytes, *, last: bool) -> bytes:
        nonce = self._prefix + NUMBER.pack(number, last)
        try:
            return self._aead.decrypt(nonce, sealed, self._header + length)
        except InvalidTag:
            raise SealBroken(f"chunk {number} was tampered with") from None


class Sealer:
    """Writes a new sealed file. Every method may block on the disk."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Make the file (0600) in its folder (0700). OSError: it exists, or cannot be made."""
        header = MAGIC + bytes([VERSION]) + key_id(key) + secrets.token_bytes(SALT_BYTES)
        self._cipher = _Cipher(key, header)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        self._chunks = 0
        self._whole = 0
        try:
            self._write(header)
            _sync_folder(path.parent)
        except OSError:
            self.close()
            path.unlink(missing_ok=True)
            raise

    def append(self, plain: bytes) -> None:
        """Seal one chunk of at most 4 MiB and hand it to the system.

        OSError: there is no room for it. The file is then closed as it was before.
        """
        self._append(plain)

    def renew(self, head: bytes) -> None:
        """Seal a head that takes the place of those before it. OSError: as in append."""
        self._append(head, RENEWED)

    def finish(self, head: bytes) -> None:
        """Seal the head that takes the first chunk's place, and close the file."""
        self._append(head, LAST)
        self.sync()
        self.close()

    def sync(self) -> None:
        """Wait until all of it is on the disk."""
        os.fdatasync(self._file)

    def close(self) -> None:
        """Close the file as it is. Again does no harm."""
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)

    def _append(self, plain: bytes, mark: int = 0) -> None:
        if len(plain) > LONGEST_CHUNK:
            raise ValueError(f"a chunk of {len(plain)} bytes is too long")
        self._write(self._cipher.seal(self._chunks, plain, mark))
        self._chunks += 1

    def _write(self, content: bytes) -> None:
        """All of it, or nothing and never again: no second text may have a spent nonce."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, self._whole)
            self.close()
            raise
        self._whole += len(content)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Sealed(io.RawIOBase):
    """The plain stream of a sealed file: readable, seekable, one opened chunk in memory.

    `cut` tells that the file ends before its recorder closed it; `size` is the number of plain
    bytes. Reading raises SealBroken at a chunk that does not open; what was read before it is
    as it was recorded.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__()
        self._file: BinaryIO = path.open("rb", buffering=0)
        try:
            self._cipher = _Cipher(key, _header(self._file, key))
            chunks, self.cut = _walk(self._file)
            self._order = _reading_order(chunks, cut=self.cut)
            self._starts = [0]
            for _, _, length in self._order:
                self._starts.append(self._starts[-1] + (length & LENGTH_BITS) - TAG_BYTES)
            self.size = self._starts[-1]
            self._position = 0
            self._chunk = (-1, b"")
            # A forged mark is found before anything is read: what is no head must not be left out.
            for head in (*(one for one in chunks if one[2] & RENEWED), *self._order[:1]):
                self._open(head)
        except BaseException:
            self._file.close()
            raise

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always: a chunk is opened where it stands."""
        return True

    def tell(self) -> int:
        """Where the next byte is read from."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as in any file; never before its start."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # no typed Buffer yet
        """Fill the buffer with what the current chunk still has."""
        if self._position >= self.size:
            return 0
        index = bisect_right(self._starts, self._position) - 1
        begin = self._position - self._starts[index]
        piece = self._plain(index)[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file and forget the opened chunk."""
        self._chunk = (-1, b"")
        self._file.close()
        super().close()

    def _plain(self, index: int) -> bytes:
        if self._chunk[0] != index:
            self._chunk = (index, self._open(self._order[index]))
        return self._chunk[1]

    def _open(self, chunk: _Chunk) -> bytes:
        number, offset, length = chunk
        self._file.seek(offset)
        sealed = self._file.read(length & LENGTH_BITS)
        return self._cipher.open(number, LENGTH.pack(length), sealed, last=bool(length & LAST))


def open_sealed(path: Path, key: bytes) -> Sealed:
    """The WebM stream in a recording. SealBroken: another key, tampering, or no recording."""
    return Sealed(path, key)


_Chunk = tuple[int, int, int]  # number, where its ciphertext begins, length with the last mark


def _header(file: BinaryIO, key: bytes) -> bytes:
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("this is no recording")
    if header[len(MAGIC)] not in KNOWN_VERSIONS:
        raise SealBroken("this recording is of a version this program does not know")
    if not hmac.compare_digest(header[-SALT_BYTES - KEY_ID_BYTES : -SALT_BYTES], key_id(key)):
        raise SealBroken("this recording was sealed with another key")
    return header


def _walk(file: BinaryIO) -> tuple[list[_Chunk], bool]:
    """The whole chunks of a file, and whether it ends before its last."""
    end = file.seek(0, os.SEEK_END)
    offset = HEADER_BYTES
    chunks: list[_Chunk] = []
    while offset + LENGTH.size <= end:
        file.seek(offset)
        (length,) = LENGTH.unpack(file.read(LENGTH.size))
        if not length:
            break  # a file system that lost power may leave noughts where data was promised
        bytes_of_chunk = length & LENGTH_BITS
        if not TAG_BYTES <= bytes_of_chunk <= LONGEST_CHUNK + TAG_BYTES:
            raise SealBroken(f"chunk {len(chunks)} was tampered with")
        offset += LENGTH.size
        if offset + bytes_of_chunk > end:
            break
        chunks.append((len(chunks), offset, length))
        offset += bytes_of_chunk
        if length & LAST:
            if offset < end:
                raise SealBroken("something was added behind the end of this recording")
            return chunks, False
    return chunks, True


def _reading_order(chunks: list[_Chunk], *, cut: bool) -> list[_Chunk]:
    """The latest head in place of the first, and then what is no head."""
    rest = [one for one in chunks[1:] if not one[2] & (LAST | RENEWED)]
    heads = [one for one in chunks if one[2] & RENEWED]
    latest = chunks[-1:] if not cut else heads[-1:] or chunks[:1]
    return [*latest, *rest]
