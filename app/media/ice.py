"""ICE-lite (RFC 8445, section 2.5): answers connectivity checks, makes none.

The browser checks and nominates; the node learns from authenticated checks alone where a leg's
packets come from and go to.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from aioice import stun

HEADER_BYTES = 20
ATTRIBUTE_BYTES = 4
USERNAME = 0x0006
LONGEST_USERNAME = 513  # RFC 8489, section 14.3.
UFRAG_BYTES, PASSWORD_BYTES = 9, 18


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
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": host()},
    )
    response.add_message_integrity(key)
    return Check(
        credentials.fragment,
        "USE-CANDIDATE" in request.attributes,
        bytes(response),
        request.transaction_id,
    )


def _drawn(count: int) -> str:
    """Random text of the letters that ICE allows: it has + and / where addresses have - and _."""
    return secrets.token_urlsafe(count).translate({ord("-"): "+", ord("_"): "/"})
