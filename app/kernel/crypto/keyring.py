"""The data keys, and what they do to one value."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

if TYPE_CHECKING:
    from app.kernel.settings import Settings

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_ID_BYTES = 8


class SealBroken(RuntimeError):
    """A sealed value does not belong where it was found, or its key is unknown."""


class Keyring:
    """The data keys, newest first: the first one seals, all of them open."""

    def __init__(self, settings: Settings) -> None:
        self._keys = {
            name.encode().ljust(KEY_ID_BYTES): AESGCM(_derive(key, b"sealed-fields"))
            for name, key in settings.data_keys
        }
        self._first = next(iter(self._keys))
        self._index_key = _derive(settings.data_keys[-1][1], b"blind-index")

    def seal(self, text: str, *, table: str, column: str, row: UUID) -> bytes:
        """Encrypt `text` for one cell. Layout: version, key id, nonce, ciphertext and tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        body = self._keys[self._first].encrypt(nonce, text.encode(), _place(table, column, row))
        return FORMAT + self._first + nonce + body

    def open(self, sealed: bytes, *, table: str, column: str, row: UUID) -> str:
        """Decrypt one cell; raises SealBroken when it was moved, changed or its key is gone."""
        cut = 1 + KEY_ID_BYTES
        key = self._keys.get(sealed[1:cut])
        if sealed[:1] != FORMAT or key is None:
            raise SealBroken(f"{table}.{column} of {row}: unknown format or key")
        nonce, body = sealed[cut : cut + NONCE_BYTES], sealed[cut + NONCE_BYTES :]
        try:
            return key.decrypt(nonce, body, _place(table, column, row)).decode()
        except (InvalidTag, ValueError) as error:  # cut short, it lacks a whole nonce
            raise SealBroken(f"{table}.{column} of {row}: not written here") from error

    def blind(self, text: str, *, purpose: str) -> str:
        """A keyed fingerprint for exact look-up of a sealed value; 64 hex digits."""
        return hmac.new(self._index_key, f"{purpose}|{text}".encode(), sha256).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"nearside|" + purpose).derive(key)


def _place(table: str, column: str, row: UUID) -> bytes:
    return f"{table}|{column}|{row.hex}|v1".encode()


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring
