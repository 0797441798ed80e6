"""Values as the portal sealed them before patients had keys of their own."""

from __future__ import annotations

from uuid import UUID

from app.kernel.crypto import Sealed, keyring


def in_first_form(words: str, attribute: Sealed, row: UUID) -> bytes:
    """Format 1, key name, nonce, and what is bound: `table|column|row|v1`."""
    masters = keyring().masters
    nonce = bytes(range(12))
    bound = f"{attribute.model.__tablename__}|{attribute.column}|{row.hex}|v1".encode()
    body = masters._sealing[masters.first].encrypt(nonce, words.encode(), bound)
    return b"\x01" + masters.first + nonce + body
