"""Signing in and out, in transactions; every step leaves an audit event."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID

import pyotp
from argon2 import PasswordHasher, profiles
from argon2.exceptions import VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import Authenticator, Person, RecoveryCode, SignIn
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Role, Stage
from app.kernel.crypto import keyring
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

SIGNED_IN = audit.tag("accounts.signed_in", "person", "method")
SIGN_IN_FAILED = audit.tag("accounts.sign_in_failed", "person", "step")
SIGNED_OUT = audit.tag("accounts.signed_out", "person", "sessions")
ENROLLED = audit.tag("accounts.authenticator_enrolled", "person")
PERSON_CREATED = audit.tag("accounts.person_created", "person", "role")
CODE_CONFIRMED = audit.tag("accounts.code_confirmed", "person", "purpose")

MINUTES = timedelta(minutes=5)
# Warehouse's published limits: ten passwords and five codes in five minutes.
PASSWORD_TRIES = Limit("password", ((10, MINUTES), (50, timedelta(days=1))))
ADDRESS_TRIES = Limit("address", ((60, MINUTES),))
CODE_TRIES = Limit("code", ((5, MINUTES), (20, timedelta(hours=1)), (50, timedelta(days=1))))
# RFC 9106, section 4, second choice: 64 MiB and three passes.
HASHING = profiles.RFC_9106_LOW_MEMORY
SECRET_CHARACTERS = 32  # 160 bits of base32
ISSUER = "Nearside"

WRONG_PASSWORD = _l("That e-mail and password do not match. Please check both.")
WRONG_CODE = _l("That code is not right, or was used already. Please wait for the next one.")
CLOCK_OFF = _l("That code is from another time. Please set your phone's clock to automatic.")
WRONG_RECOVERY = _l("That recovery code is not right, or was used already.")
NOT_A_CODE = _l("Please type the six digits that your authenticator app shows.")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(HASHING)


@cache
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def create_person(
    *, email: str, name: str, role: Role, password: str, zone: str, title: str = ""
) -> UUID:
    """Make an account that must enrol an authenticator before it opens anything."""
    hashed = _hasher().hash(password)
    with db.writing() as session:
        person = Person(
            email=email.strip().lower(),
            name=name,
            role=role,
            title=title,
            zone=zone,
            password_hash=hashed,
            created_at=clock.now(),
        )
        session.add(person)
        session.flush()
        audit.record(PERSON_CREATED, entity_id=person.id, role=role.value)
        return person.id


def check_password(email: str, password: str, address: str) -> str:
    """Begin a session with the password; answers its token. Takes the same time for anyone.

    Raises TooMany or Refusal.
    """
    account = email.strip().lower()[:254]
    PASSWORD_TRIES.take(account)
    ADDRESS_TRIES.take(address)
    person = db.session().scalar(select(Person).where(Person.email == account, Person.active))
    if not _matches(person.password_hash if person else _dummy_hash(), password) or not person:
        _note_failure(person.id if person else None, "password")
        raise Refusal(WRONG_PASSWORD, "password")
    PASSWORD_TRIES.give_back(account)
    ADDRESS_TRIES.give_back(address)
    with db.writing():
        return _open_session(person.id, Stage.PASSWORD)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except VerificationError:
        return False


def _note_failure(person_id: UUID | None, step: str) -> None:
    with db.writing(claims=False):
        audit.record(SIGN_IN_FAILED, entity_id=person_id, step=step)


def _open_session(person_id: UUID, stage: Stage) -> str:
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session().add(
        SignIn(
            person_id=person_id,
            token_hash=sha256(token.encode()).hexdigest(),
            stage=stage,
            created_at=moment,
            last_seen_at=moment,
        )
    )
    return token


def _end(session: Session, *where: object) -> int:
    rows = session.execute(
        update(SignIn)
        .where(SignIn.ended_at.is_(None), *where)  # type: ignore[arg-type]  # criteria
        .values(ended_at=clock.now())
    )
    return int(rows.rowcount)  # type: ignore[attr-defined]  # an UPDATE counts its rows


def begin_enrolment(actor: Actor) -> str:
    """The secret to put into an authenticator; the same until a code confirms it."""
    if waiting := queries.authenticator_of(actor.person_id):
        return waiting.secret
    try:
        with db.writing(claims=False) as session:
            factor = Authenticator(
                person_id=actor.person_id,
                secret=pyotp.random_base32(SECRET_CHARACTERS),
                created_at=clock.now(),
            )
            session.add(factor)
    except IntegrityError:  # The page was opened twice at once, and the other one was first.
        db.session().rollback()
        return begin_enrolment(actor)
    return factor.secret


def provisioning_address(secret: str, name: str) -> str:
    """The otpauth:// address that the QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm_enrolment(actor: Actor, typed: str) -> str:
    """Activate the authenticator with its first code; makes recovery codes and a full session.

    Answers the new session's token.
    """
    _spend_code(actor.person_id, typed, confirmed=False)
    with db.writing() as session:
        factor = queries.authenticator_of(actor.person_id)
        if factor is None or factor.confirmed_at is not None:
            raise Refusal(WRONG_CODE, "code")
        factor.confirmed_at = clock.now()
        factor.codes = "\n".join(_new_recovery_codes(session, actor.person_id))
        _end(session, SignIn.id == actor.session_id)
        audit.record(ENROLLED, entity_id=actor.person_id)
        audit.record(SIGNED_IN, entity_id=actor.person_id, method="enrolment")
        return _open_session(actor.person_id, Stage.FULL)


def _new_recovery_codes(session: Session, person_id: UUID) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [base64.b32encode(secrets.token_bytes(15)).decode() for _ in range(10)]
    moment = clock.now()
    for code in codes:
        session.add(RecoveryCode(person_id=person_id, mac=_mac(code), created_at=moment))
    size = rules.RECOVERY_GROUP_CHARACTERS
    return ["-".join(code[at : at + size] for at in range(0, len(code), size)) for code in codes]


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


def verify_second_factor(actor: Actor, typed: str) -> str:
    """Finish signing in with an authenticator code; answers the new session's token."""
    _spend_code(actor.person_id, typed, confirmed=True)
    return _complete(actor, "authenticator")


def redeem_recovery_code(actor: Actor, typed: str) -> str:
    """Finish signing in with a recovery code, which is then used up."""
    key = actor.person_id.hex
    CODE_TRIES.take(key)
    with db.writing(claims=False) as session:
        spent = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.person_id == actor.person_id,
                RecoveryCode.mac == _mac(rules.plain_recovery_code(typed)),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
        )
    if spent.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE counts its rows
        _note_failure(actor.person_id, "recovery-code")
        raise Refusal(WRONG_RECOVERY, "recovery_code")
    CODE_TRIES.give_back(key)
    return _complete(actor, "recovery-code")


def _complete(actor: Actor, method: str) -> str:
    with db.writing() as session:
        _end(session, SignIn.id == actor.session_id)
        audit.record(SIGNED_IN, entity_id=actor.person_id, method=method)
        return _open_session(actor.person_id, Stage.FULL)


def confirm_with_code(actor: Actor, typed: str, purpose: str) -> None:
    """Ask for a fresh code before a weighty act, and before the transaction of that act.

    Raises Refusal on field `code`, or TooMany. The code is used up even if the act then fails.
    """
    _spend_code(actor.person_id, typed, confirmed=True)
    with db.writing(claims=False):
        audit.record(CODE_CONFIRMED, entity_id=actor.person_id, purpose=purpose)


def _spend_code(person_id: UUID, typed: str, *, confirmed: bool) -> None:
    """Use up one code: one atomic update decides, however many try at once."""
    code = rules.plain_code(typed)
    if code is None:
        raise Refusal(NOT_A_CODE, "code")
    CODE_TRIES.take(person_id.hex)
    with db.writing(claims=False) as session:
        factor = queries.authenticator_of(person_id)
        if factor is None or (factor.confirmed_at is not None) != confirmed:
            raise Refusal(WRONG_CODE, "code")
        off = rules.clock_is_off(factor.secret, code, clock.now())
        step = rules.accepted_step(factor.secret, code, clock.now(), factor.last_step)
        won = step is not None and _take_step(session, factor.id, step)
    if not won:
        _note_failure(person_id, "authenticator")
        raise Refusal(CLOCK_OFF if off else WRONG_CODE, "code")
    CODE_TRIES.give_back(person_id.hex)


def _take_step(session: Session, factor_id: UUID, step: int) -> bool:
    won = session.execute(
        update(Authenticator)
        .where(Authenticator.id == factor_id, Authenticator.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(won.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE counts its rows


def seen(session_id: UUID) -> None:
    """Note that a session is in use."""
    with db.writing(claims=False) as session:
        session.execute(
            update(SignIn).where(SignIn.id == session_id).values(last_seen_at=clock.now())
        )


def sign_out(actor: Actor) -> None:
    """End this session."""
    with db.writing() as session:
        ended = _end(session, SignIn.id == actor.session_id)
        audit.record(SIGNED_OUT, entity_id=actor.person_id, sessions=ended)


def end_every_session(person_id: UUID) -> int:
    """End all sessions of a person; answers how many were open."""
    with db.writing() as session:
        ended = _end(session, SignIn.person_id == person_id)
        audit.record(SIGNED_OUT, entity_id=person_id, sessions=ended)
        return ended
