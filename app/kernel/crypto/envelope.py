"""The bytes of a sealed value: AES-256-GCM under one data key, bound to the cell it is for.

Layout: format (1 byte), id of the data key (16), nonce (12), ciphertext and tag (16): 45 bytes more
than the text in UTF-8. Bound to it, without being stored: table and column, row, owner, format.
The tag is that of NIST SP 800-38D; nonces are random, so that one key may seal 2^32 values.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x02"
NONCE_BYTES = 12
KEY_BYTES = 32
_NUMBER = slice(1, 17)
_NONCE = slice(17, 17 + NONCE_BYTES)
_BODY = slice(17 + NONCE_BYTES, None)


class SealBroken(RuntimeError):
    """A sealed value does not belong where it was found, or its key is unknown."""


class Erased(RuntimeError):
    """The data key of this owner was destroyed: nothing opens any more, nothing is sealed."""


@dataclass(frozen=True, slots=True, eq=False)
class DataKey:
    """One data key as this process holds it: its id, whose values it seals, and the key."""

    number: bytes
    owner: bytes
    secret: bytes = field(repr=False)
    aead: AESGCM = field(repr=False)

    @classmethod
    def of(cls, number: UUID, owner: UUID, secret: bytes) -> DataKey:
        """Make it from 32 bytes that were drawn or unwrapped."""
        return cls(number.bytes, owner.bytes, secret, AESGCM(secret))

    def seal(self, text: str, cell: bytes, row: UUID) -> bytes:
        """Encrypt `text` for one cell, named by `cell_of` and its row."""
        nonce = os.urandom(NONCE_BYTES)
        bound = cell + row.bytes + self.owner + FORMAT
        return FORMAT + self.number + nonce + self.aead.encrypt(nonce, text.encode(), bound)

    def open(self, sealed: bytes, cell: bytes, row: UUID) -> str:
        """Decrypt one cell; raises SealBroken when it was moved, changed or cut short."""
        bound = cell + row.bytes + self.owner + FORMAT
        try:
            return self.aead.decrypt(sealed[_NONCE], sealed[_BODY], bound).decode()
        except (InvalidTag, ValueError) as error:  # cut short, it lacks a whole nonce
            raise SealBroken("not written here") from error


def key_number(sealed: bytes) -> bytes:
    """The id of the data key that a value names."""
    return sealed[_NUMBER]


def cell_of(table: str, column: str) -> bytes:
    """What binds a value to its column; the row and its owner follow in a fixed length."""
    return f"{table}|{column}|".encode()
