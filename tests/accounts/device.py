"""A device that makes and uses one passkey, honest or not, as the standard lays its bytes out.

W3C Web Authentication Level 3, sections 6.1 (authenticator data) and 6.5 (attestation).
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from copy import copy
from hashlib import sha256
from typing import Any
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from app.accounts.models import Passkey
from app.kernel import clock, db
from tests.support.portal import ORIGIN, Someone

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
COORDINATE_BYTES = 32


class Device:
    """One key; it counts its uses unless it is told not to."""

    def __init__(self, *, counts: bool = True, origin: str = ORIGIN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.number = os.urandom(32)
        self.handle = b""
        self.origin = origin
        self.verifies = True
        self.counts = counts
        self.uses = 0

    def copy(self) -> Device:
        """The same key on another device, with the count of this moment."""
        return copy(self)

    def create(self, options: dict[str, Any]) -> str:
        """Answer what the server asked of a new key."""
        self.handle = _bytes(options["user"]["id"])
        told = self._told("webauthn.create", options["challenge"])
        number = len(self.number).to_bytes(2) + self.number
        data = self._data(options["rp"]["id"], ATTESTED) + bytes(16) + number + self._public()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": _text(told), "attestationObject": _text(attested)})

    def sign(self, options: dict[str, Any]) -> str:
        """Answer what the server asked of a key it knows."""
        self.uses += self.counts
        told = self._told("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], 0)
        signature = self.key.sign(data + sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(told),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": _text(self.handle),
            }
        )

    def _told(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, host: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4)

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        sides = [one.to_bytes(COORDINATE_BYTES) for one in (point.x, point.y)]
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: sides[0], -3: sides[1]})

    def _answer(self, response: dict[str, str]) -> str:
        number = _text(self.number)
        return json.dumps(
            {"id": number, "rawId": number, "type": "public-key", "response": response}
        )


def passkey_of(someone: Someone) -> UUID:
    """A passkey that this person has already, for pages about it."""
    device = Device()
    row = Passkey(
        person_id=someone.id,
        handle=os.urandom(64),
        credential_id=device.number,
        public_key=device._public(),
        uses=0,
        backed_up=False,
        model="",
        name="Tablet in the kitchen",
        created_at=clock.now(),
    )
    with db.writing() as session:
        session.add(row)
    return row.id


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
