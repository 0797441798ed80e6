"""Keys of the record: MACs that only the portal can make, and signatures that all can check.

Both come from the settings' data keys by HKDF, each with a purpose of its own. What checks events
and checkpoints is also kept in the database, wrapped (see crypto.record), so that a data key may go
from the settings and what was written under it can still be checked.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

KEY_ID_BYTES = 8
MAC_BYTES = 32
KEY_BYTES = 32
BLOCK_BYTES = 64  # of SHA-256
NUMBER_BYTES = 8
UNSEALED = 0


class AuditKeys:
    """One MAC key and one signing key for each data key; the first one is in use."""

    def __init__(self, data_keys: Iterable[tuple[str, bytes]]) -> None:
        self.pads: dict[bytes, tuple[bytes, bytes]] = {}
        self._publics: dict[str, Ed25519PublicKey] = {}
        # By the settings' key they came from: what must be kept, as `learn` takes it.
        self.own: dict[str, bytes] = {}
        self.are_kept = False
        signers = []
        for name, key in data_keys:
            seed = _derive(key, b"audit-checkpoint")
            signers.append(Ed25519PrivateKey.from_private_bytes(seed))
            public = signers[-1].public_key().public_bytes_raw()
            self.own[name] = _derive(key, b"audit-mac") + public
            self.learn(name, self.own[name])
        self._signer = signers[0]
        self._first = next(iter(self.pads))
        self.signs_as = next(iter(self.own))

    def learn(self, name: str, kept: bytes) -> None:
        """Know a key by which events and checkpoints can be checked: MAC key, public key."""
        mac_key, public = kept[:KEY_BYTES], kept[KEY_BYTES:]
        self.pads[name.encode().ljust(KEY_ID_BYTES)] = _pads(mac_key)
        self._publics[name] = Ed25519PublicKey.from_public_bytes(public)

    def mac(self, leaf: bytes) -> bytes:
        """Key id and HMAC-SHA256 (RFC 2104) of an event's leaf; 40 bytes."""
        inner, outer = self.pads[self._first]
        return self._first + sha256(outer + sha256(inner + leaf).digest()).digest()

    def fits(self, mac: bytes, leaf: bytes) -> bool:
        """Whether this MAC was made for this leaf, under any key that is still here."""
        inner, outer = self.pads.get(mac[:KEY_ID_BYTES], (b"", b""))
        if not inner:
            return False
        made = sha256(outer + sha256(inner + leaf).digest()).digest()
        return hmac.compare_digest(mac[KEY_ID_BYTES:], made)

    def sign(self, body: bytes) -> bytes:
        """An Ed25519 signature (RFC 8032) under the first key; 64 bytes."""
        return self._signer.sign(body)

    def public(self, name: str) -> Ed25519PublicKey | None:
        """What checks the signatures of one key; None for a key that is gone."""
        return self._publics.get(name)

    def signed(self, name: str, body: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's."""
        public = self.public(name)
        if public is None:
            return False
        try:
            public.verify(signature, body)
        except InvalidSignature:
            return False
        return True


def numbered(number: int, text: bytes) -> bytes:
    """What the leaf of an event hashes: its number in the record (UNSEALED before), its bytes."""
    return number.to_bytes(NUMBER_BYTES, "big") + text


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"nearside|" + purpose).derive(key)


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """The two blocks of HMAC, made once: short messages then cost two hashes and no set-up."""
    padded = key.ljust(BLOCK_BYTES, b"\x00")
    return bytes(one ^ 0x36 for one in padded), bytes(one ^ 0x5C for one in padded)


def keys() -> AuditKeys:
    """The keys of the running application."""
    found: AuditKeys = current_app.extensions["audit.keys"]
    return found


def install(app: Flask, data_keys: Iterable[tuple[str, bytes]]) -> None:
    """Give the application its keys."""
    app.extensions["audit.keys"] = AuditKeys(data_keys)
