"""Sealed fields: AES-256-GCM, bound to the table, column and row they were written for."""

from app.kernel.crypto.keyring import Keyring, SealBroken, keyring
from app.kernel.crypto.sealed import Sealed

__all__ = ["Keyring", "SealBroken", "Sealed", "keyring"]
