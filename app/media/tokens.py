"""Join tokens: what the web process says about one person who may join one room, for a minute.

A token is text of eight parts joined by dots: the version, room, participant, place, role, the
second at which it expires, a nonce, and an HMAC-SHA256 over all that stands before it. There is
exactly one way to write a token, so a changed character is another text and another code.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

VERSION = "n1"
LONGEST_SECONDS = 60
LONGEST_TOKEN = 300
NONCE_BYTES = 12
SHAPE = re.compile(
    r"n1\.(?P<room>[A-Za-z0-9_-]{1,64})\.(?P<participant>[A-Za-z0-9_-]{1,64})"
    r"\.(?P<place>[0-3])\.(?P<role>[a-z]{1,16})\.(?P<expires>[1-9][0-9]{0,11})"
    r"\.(?P<nonce>[A-Za-z0-9_-]{16})\.(?P<code>[A-Za-z0-9_-]{43})",
    re.ASCII,
)


class BadToken(ValueError):
    """The text is no token that this secret signed for a time close to now."""


class Expired(BadToken):
    """The secret did sign it, but its time is over."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who may join what, and until when: `expires` is in whole seconds since 1970."""

    room: str
    participant: str
    place: int
    role: str
    expires: int
    nonce: str


def fresh_nonce() -> str:
    """Sixteen characters drawn at random, by which a token is known to be used."""
    return secrets.token_urlsafe(NONCE_BYTES)


def sign(claims: Claims, secret: bytes) -> str:
    """The token that says this; raises ValueError where no token could be read back."""
    said = (
        f"{VERSION}.{claims.room}.{claims.participant}.{claims.place}.{claims.role}"
        f".{claims.expires}.{claims.nonce}"
    )
    text = f"{said}.{_code(said, secret)}"
    if SHAPE.fullmatch(text) is None:
        raise ValueError("these claims do not fit into a token")
    return text


def verify(text: str, secret: bytes, now: float) -> Claims:
    """What a token says; `now` is in seconds since 1970.

    Raises Expired for a token that was good, and BadToken for everything else.
    """
    found = SHAPE.fullmatch(text) if len(text) <= LONGEST_TOKEN else None
    if found is None:
        raise BadToken("not a token")
    said, _, code = text.rpartition(".")
    # In constant time: how long a refusal takes must not tell how much of a code was right.
    if not hmac.compare_digest(_code(said, secret), code):
        raise BadToken("not a token")
    expires = int(found["expires"])
    if expires <= now:
        raise Expired("the token has expired")
    if expires - now > LONGEST_SECONDS:
        raise BadToken("not a token")
    return Claims(
        room=found["room"],
        participant=found["participant"],
        place=int(found["place"]),
        role=found["role"],
        expires=expires,
        nonce=found["nonce"],
    )


def _code(said: str, secret: bytes) -> str:
    digest = hmac.digest(secret, said.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
