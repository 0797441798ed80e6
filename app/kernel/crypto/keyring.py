"""The keyring of an application: it seals and opens single values, and makes fingerprints."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from flask import current_app

from app.kernel.crypto.envelope import FORMAT, DataKey, Erased, SealBroken, key_number
from app.kernel.crypto.masters import FIRST_FORM, MasterKeys
from app.kernel.crypto.store import DataKeys

if TYPE_CHECKING:
    from app.kernel.settings import Settings

# Whose values belong to no patient: those of staff and of the kernel.
CLINIC = UUID(int=0)
# The owner of the key that makes fingerprints; it seals nothing.
INDEX = UUID(int=1)


class Keyring:
    """Seals and opens values under their owners' data keys."""

    def __init__(self, settings: Settings) -> None:
        self.masters = MasterKeys(settings.data_keys)
        self.keys = DataKeys(self.masters)

    def seal(self, text: str, cell: bytes, row: UUID, owner: UUID) -> bytes:
        """Encrypt `text` for one cell of this owner, whose first value makes their key."""
        return self.keys.current(owner).seal(text, cell, row)

    def open(self, sealed: bytes, cell: bytes, row: UUID, owner: UUID) -> str:
        """Decrypt one cell; raises SealBroken, or Erased where the owner's key was destroyed."""
        if sealed[:1] == FORMAT:
            return self._key(key_number(sealed), owner).open(sealed, cell, row)
        if sealed[:1] == FIRST_FORM:
            return self.masters.open_first_form(sealed, cell, row)
        raise SealBroken("unknown format")

    def blind(self, text: str, *, purpose: str) -> str:
        """A keyed fingerprint for exact look-up of a sealed value; 64 hex digits."""
        key = self.keys.of(INDEX).current or self.keys.give(INDEX, self.masters.index_secret)
        return fingerprint(key.secret, text, purpose)

    def _key(self, number: bytes, owner: UUID) -> DataKey:
        found = self.keys.of(owner).known
        if number not in found:
            found = self.keys.again(owner).known  # Another process may have just made it.
        if number not in found:
            raise SealBroken("not sealed for this owner")
        key = found[number]
        if key is None:
            raise Erased(str(owner))
        return key


def fingerprint(secret: bytes, text: str, purpose: str) -> str:
    """HMAC-SHA-256 over a purpose and a text: different purposes never meet."""
    return hmac.new(secret, f"{purpose}|{text}".encode(), sha256).hexdigest()


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring
