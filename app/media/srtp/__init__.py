"""Encryption of a leg's packets with the keys that DTLS agreed: in place, or through copies."""

from __future__ import annotations

from pylibsrtp import Session

from app.media.srtp.session import Sealed


def sealed(receiving: Session, sending: Session, *, in_place: bool | None = None) -> Sealed:
    """The pair of sessions behind one interface; None takes the faster way where there is one."""
    from app.media.srtp import inplace

    if in_place is None:
        in_place = inplace.AVAILABLE
    if in_place:
        return inplace.InPlace(receiving, sending)
    from app.media.srtp.copied import Copied

    return Copied(receiving, sending)
