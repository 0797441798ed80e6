"""What a device is asked to sign, and whether it did. The library is loaded with its first use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from app.accounts import rules
from app.accounts.models import Challenge
from app.accounts.rules import Ceremony
from app.kernel import clock, db, reading
from app.kernel.refusal import Refusal

CHALLENGE_BYTES = 32
MILLISECONDS = int(rules.CHALLENGE_LASTS.total_seconds() * 1000)
LONGEST_ANSWER = 16_000
MODEL_CHARACTERS = 36
NAME_OF_THE_PORTAL = "Nearside"
NOT_SIGNED = _l("That did not work. Please try again, or use your password and code.")
USED = _l("That was used already, or took longer than five minutes. Please try again.")
# What the readers of JSON, CBOR and keys raise on what no device sends.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, as its device told of it."""

    credential_id: bytes
    public_key: bytes
    uses: int
    backed_up: bool
    model: str


def new_challenge(
    ceremony: Ceremony, session_id: UUID | None, handle: bytes | None = None
) -> tuple[UUID, bytes]:
    """Make what is to be signed; answers its number and the bytes."""
    value = secrets.token_bytes(CHALLENGE_BYTES)
    row = Challenge(
        ceremony=ceremony,
        session_id=session_id,
        value=value,
        handle=handle,
        created_at=clock.now(),
    )
    with db.writing(claims=False) as session:
        session.add(row)
    return row.id, value


def take_challenge(
    number: UUID | None, ceremony: Ceremony, session_id: UUID | None
) -> tuple[bytes, bytes | None]:
    """Use up a challenge in one atomic step, so that an answer counts once; raises Refusal.

    Answers the bytes, and the handle that was made with them.
    """
    with db.writing(claims=False) as session:
        taken = session.execute(
            delete(Challenge)
            .where(
                Challenge.id == number,
                Challenge.ceremony == ceremony,
                Challenge.session_id.is_not_distinct_from(session_id),
                Challenge.created_at > clock.now() - rules.CHALLENGE_LASTS,
            )
            .returning(Challenge.value, Challenge.handle)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if taken is None:
        raise Refusal(USED if number else NOT_SIGNED)
    return bytes(taken.value), taken.handle


def to_create(value: bytes, handle: bytes, email: str, name: str, known: list[bytes]) -> str:
    """What the browser needs to make a key, as JSON; a device that has one makes no second."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=NAME_OF_THE_PORTAL,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=value,
        timeout=MILLISECONDS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return webauthn.options_to_json(options)


def to_sign(value: bytes, known: list[bytes]) -> str:
    """What the browser needs to sign with a key it has, as JSON; any key when none is named."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=value,
        timeout=MILLISECONDS,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def created(answer: str, value: bytes) -> Made:
    """Check the answer to `to_create`; raises Refusal."""
    import webauthn

    made = _checked(
        webauthn.verify_registration_response,
        credential=_whole(answer),
        expected_challenge=value,
        expected_rp_id=_host(),
        expected_origin=_origin(),
        require_user_verification=True,
    )
    return Made(
        made.credential_id,
        made.credential_public_key,
        made.sign_count,
        made.credential_backed_up,
        made.aaguid[:MODEL_CHARACTERS],
    )


def read(answer: str) -> Any:
    """The answer to `to_sign` as it was sent, not yet believed; raises Refusal."""
    from webauthn.helpers import parse_authentication_credential_json

    return _checked(parse_authentication_credential_json, _whole(answer))


def uses_signed(sent: Any, value: bytes, public_key: bytes) -> int:
    """Check the answer to `to_sign`; answers the device's count of uses. Raises Refusal.

    The count is not judged here: only one that was truly signed may raise an alarm.
    """
    import webauthn

    found = _checked(
        webauthn.verify_authentication_response,
        credential=sent,
        expected_challenge=value,
        expected_rp_id=_host(),
        expected_origin=_origin(),
        credential_public_key=public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return int(found.new_sign_count)


def _checked(check: Any, *given: object, **named: object) -> Any:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return check(*given, **named)
    except (WebAuthnException, InvalidSignature, UnsupportedAlgorithm, *UNREADABLE) as wrong:
        raise Refusal(NOT_SIGNED) from wrong


def _whole(answer: str) -> dict[str, Any]:
    """The answer as an object with one meaning: the library's own reader takes more than that."""
    try:
        found = reading.loads(answer, longest=LONGEST_ANSWER)
    except reading.BadJson as wrong:
        raise Refusal(NOT_SIGNED) from wrong
    if not isinstance(found, dict):
        raise Refusal(NOT_SIGNED)
    return found


def _origin() -> str:
    origin: str = current_app.extensions["settings"].origin
    return origin


def _host() -> str:
    """The name that keys are made for; from the settings, never from what a request says."""
    return urlsplit(_origin()).hostname or ""


def sweep() -> None:
    """Forget challenges that nobody answered in time."""
    with db.writing(claims=False) as session:
        old = Challenge.created_at < clock.now() - rules.CHALLENGE_LASTS
        session.execute(delete(Challenge).where(old))
