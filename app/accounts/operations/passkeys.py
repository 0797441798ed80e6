"""Passkeys: both factors in one step, made, named, used and removed by their owner."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries, rules
from app.accounts.models import Authenticator, Passkey, Person
from app.accounts.operations import ceremonies
from app.accounts.operations.ceremonies import NOT_SIGNED
from app.accounts.operations.devices import is_known, source, tries_of
from app.accounts.operations.notices import tell
from app.accounts.operations.sessions import (
    ADDRESS_TRIES,
    CODE_TRIES,
    PASSKEY,
    SIGNED_IN,
    device_of,
    make_room,
    note_failure,
    open_session,
    renew,
)
from app.accounts.rules import Ceremony, Happening
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Stage
from app.kernel.refusal import Refusal

ADDED = audit.tag("accounts.passkey_added", "passkey")
REMOVED = audit.tag("accounts.passkey_removed", "passkey")
COPIED = audit.tag("accounts.passkey_copied", "passkey")

HANDLE_BYTES = 64
MOST = 10
COPY_FOUND = _l(
    "This passkey was used by another device as well. For your safety it was refused."
    " Please sign in with your password and code, and remove it."
)
COPY_FOUND_UNCODED = _l(
    "This passkey was used by another device as well. For your safety it was refused."
    " Please sign in with your password and a recovery code, add a new passkey, and remove this"
    " one."
)
LAST_ONE = _l("This is your only way to show that it is you. Please add another one first.")
ENOUGH = _l("You have ten passkeys. Please remove one first.")
NEEDS_CODES = _l("You sign plans with codes of an authenticator app. Please connect one first.")
NEEDS_PASSWORD = _l("Please choose a password of your own first.")
KNOWN_ALREADY = _l("This device has a passkey already.")


def begin_enrolment(actor: Actor) -> tuple[UUID, str]:
    """The number of a challenge, and what the browser needs to make a key for it, as JSON."""
    person = db.session().get_one(Person, actor.person_id)
    own = _of(actor.person_id)
    handle = own[0].handle if own else secrets.token_bytes(HANDLE_BYTES)
    number, value = ceremonies.new_challenge(Ceremony.ENROL, actor.session_id, handle)
    # A device whose passkey was copied may make another one in its place.
    known = [one.credential_id for one in own if one.copied_at is None]
    return number, ceremonies.to_create(value, handle, person.email, person.name, known)


def made(actor: Actor, number: UUID | None, answer: str, name: str) -> Passkey:
    """The key that the device made, yet to be written; raises Refusal."""
    value, handle = ceremonies.take_challenge(number, Ceremony.ENROL, actor.session_id)
    key = ceremonies.created(answer, value)
    if len(_of(actor.person_id)) >= MOST:
        raise Refusal(ENOUGH)
    return Passkey(
        person_id=actor.person_id,
        handle=handle,
        credential_id=key.credential_id,
        public_key=key.public_key,
        uses=key.uses,
        backed_up=key.backed_up,
        model=key.model,
        name=name,
        created_at=clock.now(),
    )


def enrol(actor: Actor, number: UUID | None, answer: str, name: str) -> None:
    """Add the key that the device made; raises Refusal."""
    row = made(actor, number, answer, name)
    try:
        with db.writing() as session:
            session.add(row)
            session.flush()
            audit.record(ADDED, entity_id=row.id)
            tell(actor.person_id, Happening.PASSKEY_ADDED, device_of(actor))
    except IntegrityError:
        raise Refusal(KNOWN_ALREADY) from None


def begin_sign_in() -> tuple[UUID, str]:
    """The same for signing in: any passkey that the browser holds for this portal."""
    number, value = ceremonies.new_challenge(Ceremony.SIGN_IN, None)
    return number, ceremonies.to_sign(value, [])


def sign_in(number: UUID | None, answer: str, address: str, device: str, browser: str = "") -> str:
    """Open a full session with a passkey alone; answers its token. Raises TooMany or Refusal.

    A browser that has signed anybody in is not counted with its network, which strangers share.
    """
    tries = source(browser, rules.network_of(address))
    ADDRESS_TRIES.take(tries)
    value, _handle = ceremonies.take_challenge(number, Ceremony.SIGN_IN, None)
    row = _use(answer, value)
    ADDRESS_TRIES.give_back(tries)
    known = is_known(row.person_id, browser)
    with db.writing() as session:
        make_room(session, row.person_id)
        audit.record(SIGNED_IN, entity_id=row.person_id, method=PASSKEY)
        return open_session(row.person_id, Stage.FULL, device, known=known)


def begin_confirmation(actor: Actor) -> tuple[UUID, str]:
    """The same for showing a factor again: only this person's own passkeys."""
    number, value = ceremonies.new_challenge(Ceremony.CONFIRM, actor.session_id)
    return number, ceremonies.to_sign(value, [one.credential_id for one in _of(actor.person_id)])


def confirm_again(actor: Actor, number: UUID | None, answer: str) -> str:
    """Show a second factor once more, before a weighty act; answers the session's new token."""
    tries = tries_of(actor)
    CODE_TRIES.take(tries)
    value, _handle = ceremonies.take_challenge(number, Ceremony.CONFIRM, actor.session_id)
    _use(answer, value, of=actor.person_id)
    CODE_TRIES.give_back(tries)
    return renew(actor, PASSKEY)


def rename(actor: Actor, number: UUID, name: str) -> None:
    """Call a passkey something else."""
    with db.writing():
        for one in _of(actor.person_id):
            if one.id == number:
                one.name = name


def remove(actor: Actor, number: UUID) -> None:
    """Forget a passkey; raises Refusal when no other factor would be left."""
    with db.writing() as session:
        # Locked first, or two removals at once would each count the other one's passkey.
        session.get_one(Person, actor.person_id, with_for_update=True)
        confirmed = select(func.count()).where(
            Authenticator.person_id == actor.person_id, Authenticator.confirmed_at.is_not(None)
        )
        own = {one.id: one for one in _of(actor.person_id)}
        if number not in own:
            return
        left = [one for one in own.values() if one.id != number and one.copied_at is None]
        if not rules.may_remove(session.scalar(confirmed) or 0, len(left)):
            raise Refusal(LAST_ONE)
        session.delete(own[number])
        audit.record(REMOVED, entity_id=number)
        tell(actor.person_id, Happening.PASSKEY_REMOVED, device_of(actor))


def _of(person_id: UUID) -> list[Passkey]:
    own = select(Passkey).where(Passkey.person_id == person_id)
    return list(db.session().scalars(own.order_by(Passkey.created_at)))


def _use(answer: str, value: bytes, of: UUID | None = None) -> Passkey:
    """Find the key that signed, believe it, and count the use; raises Refusal.

    One that was copied is believed no more: nobody can tell which of its uses are its owner's.
    """
    sent = ceremonies.read(answer)
    row = db.session().scalar(
        select(Passkey)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == sent.raw_id, Person.active)
    )
    if row is None or row.person_id != (of or row.person_id):
        note_failure(of, PASSKEY)
        raise Refusal(NOT_SIGNED)
    try:
        uses = ceremonies.uses_signed(sent, value, row.public_key)
    except Refusal:
        note_failure(row.person_id, PASSKEY)
        raise
    if sent.response.user_handle not in {None, row.handle}:
        raise Refusal(NOT_SIGNED)
    if row.copied_at is not None:
        note_failure(row.person_id, PASSKEY)
        raise Refusal(_copy_found(row))
    if rules.is_copied(row.uses, uses) or not _counted(row, uses):
        with db.writing(claims=False) as session:
            session.get_one(Passkey, row.id).copied_at = clock.now()
            audit.record(COPIED, entity_id=row.id)
            tell(row.person_id, Happening.PASSKEY_COPIED)
        raise Refusal(_copy_found(row))
    return row


def _copy_found(row: Passkey) -> object:
    """What to tell whoever used it; its owner may have no app that gives codes."""
    return COPY_FOUND if queries.is_enrolled(row.person_id) else COPY_FOUND_UNCODED


def _counted(row: Passkey, uses: int) -> bool:
    """Move the count on in one atomic step; of two uses of one count, one is a copy's."""
    with db.writing(claims=False) as session:
        moved = session.execute(
            update(Passkey)
            .where(Passkey.id == row.id, Passkey.uses == row.uses, Passkey.copied_at.is_(None))
            .values(uses=uses, last_used_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return db.rows_changed(moved) == 1
