"""The keys that the settings give: they wrap data keys, and still open values of the first form."""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kernel.crypto.envelope import NONCE_BYTES, SealBroken

WRAPPED = b"\x01"
# A value of the first form was sealed by a settings' key itself, without an owner.
FIRST_FORM = b"\x01"
NAME_BYTES = 8
_CUT = 1 + NAME_BYTES


class MasterKeys:
    """The settings' keys, newest first: the first one wraps, all of them open."""

    def __init__(self, keys: tuple[tuple[str, bytes], ...]) -> None:
        named = {name.encode().ljust(NAME_BYTES): key for name, key in keys}
        self._wrapping = {name: _wrapping(key) for name, key in named.items()}
        self._sealing = {
            name: AESGCM(_derive(key, b"sealed-fields")) for name, key in named.items()
        }
        self.names = tuple(named)
        self.first = self.names[0]
        # Where fingerprints were made before there was a key for them: the oldest key's part.
        self.index_secret = _derive(keys[-1][1], b"blind-index")

    def wrap(self, secret: bytes, number: UUID, owner: UUID) -> bytes:
        """Encrypt a data key for its row. Layout: format, name of the key, nonce, ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        body = self._wrapping[self.first].encrypt(nonce, secret, _place(number, owner))
        return WRAPPED + self.first + nonce + body

    def unwrap(self, wrapped: bytes, number: UUID, owner: UUID) -> bytes:
        """The data key; raises SealBroken when it is not this row's or its key is not here."""
        name, nonce, body = _parts(wrapped)
        key = self._wrapping.get(name)
        if wrapped[:1] != WRAPPED or key is None:
            raise SealBroken(f"data key {number}: NEARSIDE_DATA_KEYS lacks the key that wraps it")
        try:
            return key.decrypt(nonce, body, _place(number, owner))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"data key {number}: not wrapped by the key of this name") from error

    def is_newest(self, wrapped: bytes) -> bool:
        """Whether the first key wrapped it."""
        return wrapped[1:_CUT] == self.first

    def open_first_form(self, sealed: bytes, cell: bytes, row: UUID) -> str:
        """Open a value that was sealed before owners had keys of their own."""
        name, nonce, body = _parts(sealed)
        key = self._sealing.get(name)
        if key is None:
            raise SealBroken("unknown format or key")
        try:
            return key.decrypt(nonce, body, cell + f"{row.hex}|v1".encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("not written here") from error


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    return sealed[1:_CUT], sealed[_CUT : _CUT + NONCE_BYTES], sealed[_CUT + NONCE_BYTES :]


def _wrapping(key: bytes) -> AESGCM:
    return AESGCM(_derive(key, b"data-keys"))


def _sealing(key: bytes) -> AESGCM:
    return AESGCM(_derive(key, b"sealed-fields"))


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"nearside|" + purpose).derive(key)


def _place(number: UUID, owner: UUID) -> bytes:
    return b"data_key|wrapped|" + number.bytes + owner.bytes
