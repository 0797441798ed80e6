"""Recovery codes: ten, each of which stands in for the authenticator once."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import RecoveryCode
from app.accounts.operations.devices import tries_of
from app.accounts.operations.notices import tell
from app.accounts.operations.sessions import (
    CODE_TRIES,
    RECOVERY,
    complete,
    device_of,
    note_failure,
)
from app.accounts.rules import Happening
from app.kernel import audit, clock, db
from app.kernel.actor import Actor
from app.kernel.crypto import keyring
from app.kernel.refusal import Refusal

# 120 bits: beyond any search, so that a keyed fingerprint keeps them as well as a slow hash.
CODE_BYTES = 15
CODES_RENEWED = audit.tag("accounts.recovery_codes_renewed", "person")
NO_FACTOR = _l("Please connect an authenticator app first.")
WRONG_RECOVERY = _l("That recovery code is not right, or was used already.")


def new_codes(session: Session, person_id: UUID) -> list[str]:
    """Put ten new codes in place of whatever the person had; answers them as they are written."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [
        base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
        for _ in range(rules.RECOVERY_CODES)
    ]
    moment = clock.now()
    for code in codes:
        session.add(RecoveryCode(person_id=person_id, mac=_mac(code), created_at=moment))
    return [rules.in_groups(code, rules.RECOVERY_GROUP_CHARACTERS) for code in codes]


def renew_codes(actor: Actor) -> None:
    """Make ten new codes; the old ones open nothing from now on."""
    with db.writing() as session:
        factor = queries.authenticator_of(actor.person_id)
        if factor is None:
            raise Refusal(NO_FACTOR)
        factor.codes = "\n".join(new_codes(session, actor.person_id))
        audit.record(CODES_RENEWED, entity_id=actor.person_id)
        tell(actor.person_id, Happening.CODES_RENEWED, device_of(actor))


def _mac(code: str) -> str:
    return keyring().blind(code, purpose="recovery-code")


def codes_to_show(actor: Actor) -> list[str]:
    """The recovery codes that the person has not yet said they saved."""
    factor = queries.authenticator_of(actor.person_id)
    return factor.codes.split("\n") if factor and factor.sealed_codes else []


def codes_are_saved(actor: Actor) -> None:
    """The person has written the codes down: forget their text."""
    with db.writing():
        factor = queries.authenticator_of(actor.person_id)
        if factor is not None:
            factor.sealed_codes = None


def redeem_recovery_code(actor: Actor, typed: str) -> str:
    """Finish signing in with a recovery code, which is then used up."""
    key = tries_of(actor)
    CODE_TRIES.take(key)
    if not spend(actor.person_id, typed):
        note_failure(actor.person_id, RECOVERY)
        raise Refusal(WRONG_RECOVERY, "recovery_code")
    CODE_TRIES.give_back(key)
    return complete(actor, RECOVERY)


def spend(person_id: UUID, typed: str) -> bool:
    """Use up one code: one atomic update decides, however many try at once."""
    with db.writing(claims=False) as session:
        spent = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.person_id == person_id,
                RecoveryCode.mac == _mac(rules.plain_recovery_code(typed)),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return db.rows_changed(spent) == 1
