"""The authenticator app: enrolled with its first code, then asked for a new one each time."""

from __future__ import annotations

from uuid import UUID

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import Authenticator, Person, SignIn
from app.accounts.operations import failures
from app.accounts.operations.devices import tries_of
from app.accounts.operations.notices import tell
from app.accounts.operations.recovery import NO_FACTOR, new_codes
from app.accounts.operations.sessions import (
    AUTHENTICATOR,
    CODE_TRIES,
    ENROLMENT,
    complete,
    device_of,
    end,
    note_failure,
    renew,
)
from app.accounts.queries import factors
from app.accounts.rules import Happening
from app.accounts.rules.regaining import LIMITED_FOR
from app.kernel import audit, clock, db
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal

ENROLLED = audit.tag("accounts.authenticator_enrolled", "person")
REPLACED = audit.tag("accounts.authenticator_replaced", "person")
CODE_CONFIRMED = audit.tag("accounts.code_confirmed", "person", "purpose")

SECRET_CHARACTERS = 32  # 160 bits of base32
ISSUER = "Nearside"

WRONG_CODE = _l("That code is not right, or was used already. Please wait for the next one.")
CLOCK_OFF = _l("That code is from another time. Please set your phone's clock to automatic.")
HAS_ONE = _l("You have a second way to show that it is you already. Please sign in with that one.")
NOT_A_CODE = _l("Please type the six digits that your authenticator app shows.")


def begin_enrolment(actor: Actor) -> str:
    """The secret to put into an authenticator; the same while it waits for its first code.

    A secret that waited too long is replaced; one that a code has confirmed is shown to nobody.
    """
    waiting = queries.authenticator_of(actor.person_id)
    if waiting is None:
        return _first_secret(actor)
    if waiting.confirmed_at is not None:
        raise LookupError("a confirmed secret is never shown again")
    if not rules.secret_is_stale(waiting.created_at, clock.now()):
        return waiting.secret
    with db.writing(claims=False):
        stale = db.session().get_one(Authenticator, waiting.id)
        stale.secret = pyotp.random_base32(SECRET_CHARACTERS)
        stale.created_at = clock.now()
        return stale.secret


def _first_secret(actor: Actor) -> str:
    try:
        with db.writing(claims=False) as session:
            factor = _waiting(actor)
            session.add(factor)
    except IntegrityError:  # The page was opened twice at once, and the other one was first.
        db.session().rollback()
        return begin_enrolment(actor)
    return factor.secret


def _waiting(actor: Actor) -> Authenticator:
    """A secret that no code has confirmed."""
    secret = pyotp.random_base32(SECRET_CHARACTERS)
    return Authenticator(person_id=actor.person_id, secret=secret, created_at=clock.now())


def provisioning_address(secret: str, name: str) -> str:
    """The otpauth:// address that the QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm_enrolment(actor: Actor, typed: str, *, tells: bool = True) -> str:
    """Activate the authenticator with its first code; makes recovery codes and a full session.

    Answers the new session's token. The person is told, unless nobody sat there, as in the demo.
    """
    spend_code(actor, typed, confirmed=False)
    with db.writing() as session:
        ask_none_yet(session, actor.person_id)
        factor = queries.authenticator_of(actor.person_id)
        if factor is None:
            raise Refusal(WRONG_CODE, "code")
        factor.confirmed_at = clock.now()
        audit.record(ENROLLED, entity_id=actor.person_id)
        if tells:
            tell(actor.person_id, Happening.AUTHENTICATOR_REPLACED, device_of(actor))
        return first_session(session, actor, ENROLMENT)


def ask_none_yet(session: Session, person_id: UUID) -> None:
    """Refuse where there is a second factor already: a password alone adds no other one.

    Under the person's row, so that of two who come at once the later one finds the earlier.
    """
    session.get_one(Person, person_id, with_for_update={"key_share": True})
    if factors.has_any(person_id):
        raise Refusal(HAS_ONE)


def first_session(session: Session, actor: Actor, method: str) -> str:
    """In the transaction under way: recovery codes and a full session; answers its token."""
    place = queries.authenticator_of(actor.person_id)
    if place is None:  # Who begins with a passkey may connect an app later; the codes wait there.
        place = _waiting(actor)
        session.add(place)
    place.codes = "\n".join(new_codes(session, actor.person_id))
    person = session.get_one(Person, actor.person_id)
    if person.limited_until is not None:  # They come back, and only now have a factor again.
        person.limited_until = clock.now() + LIMITED_FOR
    return complete(actor, method)


def verify_second_factor(actor: Actor, typed: str) -> str:
    """Finish signing in with an authenticator code; answers the new session's token."""
    spend_code(actor, typed, confirmed=True)
    return complete(actor, AUTHENTICATOR)


def confirm_again(actor: Actor, typed: str) -> str:
    """Show a second factor once more, before a weighty act; answers the session's new token."""
    spend_code(actor, typed, confirmed=True)
    return renew(actor, AUTHENTICATOR)


def begin_replacement(actor: Actor) -> None:
    """Make a secret for another phone; the present one stays until a code confirms the new.

    The same for the first phone of somebody who began with a passkey.
    """
    with db.writing():
        factor = _own(actor)
        factor.next_secret = pyotp.random_base32(SECRET_CHARACTERS)
        factor.next_at = clock.now()


def replacement_secret(actor: Actor) -> str | None:
    """The secret that waits for the first code of another phone, if it is not stale."""
    factor = queries.authenticator_of(actor.person_id)
    if factor is None or factor.next_at is None:
        return None
    return None if rules.secret_is_stale(factor.next_at, clock.now()) else factor.next_secret


def replace(actor: Actor, typed: str) -> str:
    """Put the new phone in the old one's place; every other session ends. Answers a new token."""
    code = rules.plain_code(typed)
    if code is None:
        raise Refusal(NOT_A_CODE, "code")
    tries = tries_of(actor)
    CODE_TRIES.take(tries)
    with db.writing(claims=False) as session:
        factor, secret = _own(actor), replacement_secret(actor)
        step = rules.accepted_step(secret, code, clock.now(), 0) if secret else None
        off = secret is not None and rules.clock_is_off(secret, code, clock.now())
        if secret is not None and step is not None:
            factor.secret, factor.last_step = secret, step
            factor.sealed_next = factor.next_at = None
            kind = REPLACED if factor.confirmed_at else ENROLLED
            factor.confirmed_at = clock.now()
            end(session, SignIn.person_id == actor.person_id, SignIn.id != actor.session_id)
            audit.record(kind, entity_id=actor.person_id)
            tell(actor.person_id, Happening.AUTHENTICATOR_REPLACED, device_of(actor))
    if step is None:
        note_failure(actor.person_id, AUTHENTICATOR)
        raise Refusal(CLOCK_OFF if off else WRONG_CODE, "code")
    CODE_TRIES.give_back(tries)
    failures.forget_all(AUTHENTICATOR, actor.person_id.hex)
    return renew(actor, AUTHENTICATOR)


def _own(actor: Actor) -> Authenticator:
    """The person's authenticator, or the place for one, for changing it; only one at a time."""
    mine = select(Authenticator).where(Authenticator.person_id == actor.person_id)
    factor = db.session().scalar(mine.with_for_update())
    if factor is None:
        raise Refusal(NO_FACTOR)
    return factor


def confirm_with_code(actor: Actor, typed: str, purpose: str) -> None:
    """Ask for a fresh code before a weighty act, and before the transaction of that act.

    Raises Refusal on field `code`, or TooMany. The code is used up even if the act then fails.
    """
    spend_code(actor, typed, confirmed=True)
    with db.writing(claims=False):
        audit.record(CODE_CONFIRMED, entity_id=actor.person_id, purpose=purpose)


def spend_code(actor: Actor, typed: str, *, confirmed: bool) -> None:
    """Use up one code: one atomic update decides, however many try at once."""
    code = rules.plain_code(typed)
    if code is None:
        raise Refusal(NOT_A_CODE, "code")
    tries, person_id = tries_of(actor), actor.person_id
    CODE_TRIES.take(tries)
    in_a_row = failures.count(AUTHENTICATOR, tries)
    with db.writing(claims=False) as session:
        factor = queries.authenticator_of(person_id)
        if factor is None or (factor.confirmed_at is not None) != confirmed:
            raise Refusal(WRONG_CODE, "code")
        off = rules.clock_is_off(factor.secret, code, clock.now())
        step = rules.accepted_step(factor.secret, code, clock.now(), factor.last_step)
        won = step is not None and _take_step(session, factor.id, step)
    if not won:
        failures.note(person_id, AUTHENTICATOR, in_a_row)
        raise Refusal(CLOCK_OFF if off else WRONG_CODE, "code")
    with db.writing(claims=False):
        CODE_TRIES.give_back(tries)
        failures.forget(AUTHENTICATOR, tries)


def _take_step(session: Session, factor_id: UUID, step: int) -> bool:
    won = session.execute(
        update(Authenticator)
        .where(Authenticator.id == factor_id, Authenticator.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return db.rows_changed(won) == 1
