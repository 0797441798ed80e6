"""ICE-lite (RFC 8445, section 2.5): answers connectivity checks, makes none.

The browser checks and nominates; the node learns from authenticated checks alone where a leg's
packets come from and go to.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from aioice import stun

HEADER_BYTES = 20
ATTRIBUTE_BYTES = 4
USERNAME = 0x0006
LONGEST_USERNAME = 513  # RFC 8489, section 14.3.
UFRAG_BYTES, PASSWORD_BYTES = 9, 18
# The answer (RFC 8489): its kind, its attributes, and what its numbers are mixed with.
SUCCESS, XOR_MAPPED_ADDRESS, INTEGRITY, FINGERPRINT = 0x0101, 0x0020, 0x0008, 0x8028
COOKIE, MIX = 0x2112A442, 0x5354554E
FAMILIES = {4: 1, 6: 2}
HEADER, ADDRESS = struct.Struct("!HHI12s"), struct.Struct("!HHxBH")
INTEGRITY_HEAD, CHECKSUM = struct.pack("!HH", INTEGRITY, 20), struct.Struct("!HHI")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One generation of a leg's name and password; a restart makes the next."""

    fragment: str = field(default_factory=lambda: _drawn(UFRAG_BYTES))
    password: str = field(default_factory=lambda: _drawn(PASSWORD_BYTES))


@dataclass(frozen=True, slots=True)
class Check:
    """An authenticated binding request."""

    fragment: str
    nominates: bool
    answer: bytes
    transaction: bytes


def fragment_of(packet: bytes) -> str | None:
    """Whom a binding request is for: the first half of its user name, before any arithmetic."""
    if len(packet) < HEADER_BYTES or packet[:2] != b"\x00\x01":
        return None
    at, end = HEADER_BYTES, len(packet)
    while at + ATTRIBUTE_BYTES <= end:
        kind = packet[at] << 8 | packet[at + 1]
        size = packet[at + 2] << 8 | packet[at + 3]
        at += ATTRIBUTE_BYTES
        if kind == USERNAME:
            if size > LONGEST_USERNAME or at + size > end:
                return None
            return packet[at : at + size].partition(b":")[0].decode("ascii", "replace")
        at += size + -size % 4
    return None


def answered(
    packet: bytes, credentials: Credentials, host: Callable[[], tuple[str, int]]
) -> Check | None:
    """The answer to a binding request, or None where it is malformed or its sender unknown."""
    key = credentials.password.encode()
    try:
        request = stun.parse_message(packet)
        sound = (
            request.message_method == stun.Method.BINDING
            and request.message_class == stun.Class.REQUEST
            and request.check_message_integrity(key)
        )
    # The parser meets whatever a stranger sends; each way to fail it means "not a request".
    except (ValueError, LookupError, TypeError, struct.error):
        return None
    if not sound:
        return None
    return Check(
        credentials.fragment,
        "USE-CANDIDATE" in request.attributes,
        answer(request.transaction_id, *host(), key),
        request.transaction_id,
    )


def answer(transaction: bytes, host: str, port: int, key: bytes) -> bytes:
    """Tell a browser under which address it is seen; each of a full node asks once a second."""
    address = ipaddress.ip_address(host)
    mixed = int.from_bytes(address.packed, "big") ^ int.from_bytes(
        (COOKIE.to_bytes(4, "big") + transaction)[: len(address.packed)], "big"
    )
    size = len(address.packed)
    said = ADDRESS.pack(
        XOR_MAPPED_ADDRESS, 4 + size, FAMILIES[address.version], port ^ COOKIE >> 16
    ) + mixed.to_bytes(size, "big")
    whole = len(INTEGRITY_HEAD) + 20 + len(said)
    covered = HEADER.pack(SUCCESS, whole, COOKIE, transaction) + said
    said += INTEGRITY_HEAD + hmac.digest(key, covered, "sha1")
    # The checksum covers the length with itself in it, the digest the length without.
    message = HEADER.pack(SUCCESS, whole + CHECKSUM.size, COOKIE, transaction) + said
    return message + CHECKSUM.pack(FINGERPRINT, 4, zlib.crc32(message) ^ MIX)


def _drawn(count: int) -> str:
    """Random text of the letters that ICE allows: it has + and / where addresses have - and _."""
    return secrets.token_urlsafe(count).translate({ord("-"): "+", ord("_"): "/"})
