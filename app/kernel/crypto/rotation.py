"""Moving on to new keys while people work, and asking of every sealed value whether it opens.

Rotation keeps no list of what is done: the values themselves say under which key they are. So it
may be killed at any moment and begun again, and whoever writes meanwhile is never overwritten: a
value is replaced only where it is still the one that was read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, LargeBinary, func, literal, select, true, update
from sqlalchemy.orm import Session

from app.kernel import audit, clock, db
from app.kernel.crypto import record
from app.kernel.crypto.envelope import FORMAT, Erased, SealBroken, key_number
from app.kernel.crypto.health import WRAPPED_ROWS
from app.kernel.crypto.keyring import INDEX, keyring
from app.kernel.crypto.models import SealingAnew, WrappedKey
from app.kernel.crypto.sealed import Sealed, sealed_attributes
from app.kernel.crypto.store import HELD_SECONDS

ROTATED = audit.tag("keys.rotated", "data_key", "wrapped", "renewed", "sealed", "destroyed")
Found = TypeVar("Found", bound=db.Row)
BATCH = 100
# Between two batches, so that the people's own writing has its turn.
PAUSE_SECONDS = 0.005
# By then no process seals with a key that was retired, however long it had held it.
OUT_OF_USE = timedelta(seconds=3 * HELD_SECONDS)


@dataclass(slots=True)
class Rotated:
    """What a rotation did; `broken` names values that no key opens."""

    wrapped: int = 0
    renewed: int = 0
    sealed: int = 0
    destroyed: int = 0
    waiting: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Verified:
    """How many data keys and values opened, and how many were erased with their key."""

    keys: int = 0
    values: int = 0
    erased: int = 0


def rotate(*, renew: bool = False, tell: Callable[[Rotated], None] = lambda _done: None) -> Rotated:
    """Wrap data keys under the newest settings' key, and seal anew what is under an older one.

    With `renew` every owner gets a new data key first. A retired one is destroyed by a later
    rotation, once no process can still be sealing with it.
    """
    done, began = Rotated(), clock.now()
    for step in (_rewrap, *([_renew] if renew else []), _seal_anew):
        for _batch in step(done):
            tell(done)
            time.sleep(PAUSE_SECONDS)
    with db.writing(claims=False) as session:
        _destroy_retired(session, done, began - OUT_OF_USE)
        audit.record(
            ROTATED,
            entity_id=None,
            wrapped=done.wrapped,
            renewed=done.renewed,
            sealed=done.sealed,
            destroyed=done.destroyed,
        )
    return done


def verify() -> Verified:
    """Open every data key and every sealed value; raises SealBroken naming the first that fails."""
    found = Verified()
    for model in WRAPPED_ROWS:
        for keys in _batches(model, model.wrapped.is_not(None)):
            for key in keys:
                keyring().masters.unwrap(key.wrapped or b"", key.id, key.owner)
                found.keys += 1
    for attribute in sealed_attributes():
        for rows in _batches(attribute.model, attribute.is_set):
            keyring().keys.ready({attribute.owner(row) for row in rows})
            for row in rows:
                if _plain(attribute, row) is None:
                    found.erased += 1
                else:
                    found.values += 1
    return found


def _rewrap(done: Rotated) -> Iterator[None]:
    masters = keyring().masters
    with db.writing(claims=False) as session:
        record.keep(session)
    for model in WRAPPED_ROWS:
        newest = func.substr(model.wrapped, 2, len(masters.first)) == _bytes(masters.first)
        for rows in _batches(model, model.wrapped.is_not(None) & ~newest):
            with db.writing(claims=False) as session:
                for row in rows:
                    before = row.wrapped or b""
                    secret = masters.unwrap(before, row.id, row.owner)
                    fresh = masters.wrap(secret, row.id, row.owner)
                    # Not one that was destroyed in the meantime.
                    same = (model.id == row.id, model.wrapped == before)
                    done.wrapped += _replaced(session, model, same, wrapped=fresh)
            yield


def _renew(done: Rotated) -> Iterator[None]:
    # Only those that are here now: the new ones would be found again.
    current = (WrappedKey.retired_at.is_(None), WrappedKey.wrapped.is_not(None))
    asked = select(WrappedKey.owner).where(*current, WrappedKey.owner != INDEX)
    owners = list(db.session().scalars(asked.order_by(WrappedKey.id)))
    for at in range(0, len(owners), BATCH):
        with db.writing(claims=False):
            for owner in owners[at : at + BATCH]:
                keyring().keys.renew(owner)
                done.renewed += 1
        yield


def _seal_anew(done: Rotated) -> Iterator[None]:
    retired = select(WrappedKey.id).where(
        WrappedKey.retired_at.is_not(None), WrappedKey.wrapped.is_not(None)
    )
    some_retired = db.session().scalar(retired.limit(1)) is not None
    for attribute in sealed_attributes():
        where = attribute.is_set if some_retired else attribute.in_first_form
        for rows in _batches(attribute.model, where):
            with db.writing(claims=False) as session:
                _open_the_door(session)
                keyring().keys.ready({attribute.owner(row) for row in rows})
                for row in rows:
                    _one_anew(session, attribute, row, done)
                _close_the_door(session)
            yield


def _one_anew(session: Session, attribute: Sealed, row: db.Row, done: Rotated) -> None:
    owner, before = attribute.owner(row), getattr(row, attribute.column)
    keys = keyring().keys.of(owner)
    if keys.current is None and keys.known:
        return  # Erased.
    if keys.current and before[:1] == FORMAT and key_number(before) == keys.current.number:
        return
    try:
        text = _plain(attribute, row)
    except SealBroken as broken:
        done.broken.append(str(broken))
        return
    if text is not None:
        fresh = keyring().seal(text, attribute.cell, row.id, owner)
        same = (attribute.model.id == row.id, attribute.stored == before)
        done.sealed += _replaced(session, attribute.model, same, **{attribute.column: fresh})


def _destroy_retired(session: Session, done: Rotated, before: object) -> None:
    """Retired keys under which nothing is left, because this rotation looked at every value."""
    kept = (WrappedKey.retired_at.is_not(None), WrappedKey.wrapped.is_not(None))
    if not done.broken:
        done.destroyed = _replaced(
            session,
            WrappedKey,
            (*kept, WrappedKey.retired_at < before),
            wrapped=None,
            destroyed_at=clock.now(),
        )
    done.waiting = session.scalar(select(func.count()).select_from(WrappedKey).where(*kept)) or 0


def _plain(attribute: Sealed, row: db.Row) -> str | None:
    """The text of a value; None where it was erased with its key."""
    try:
        return attribute.open(getattr(row, attribute.column), row.id, attribute.owner(row))
    except Erased:
        return None


def _batches(model: type[Found], where: ColumnElement[bool]) -> Iterator[list[Found]]:
    """Rows in the order of their ids, each batch read afresh."""
    after: UUID | None = None
    while True:
        beyond = model.id > after if after else true()
        asked = select(model).where(where, beyond).order_by(model.id).limit(BATCH)
        with db.database().read() as session:
            rows = list(session.scalars(asked))
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _replaced(
    session: Session, model: type[db.Row], where: tuple[object, ...], **to: object
) -> int:
    # Past the mapper: a row version that moved on would cost somebody their edit.
    changed = update(model.__table__).where(*where).values(**to)  # type: ignore[arg-type]  # a mapped table, criteria
    return session.connection().execute(changed).rowcount


def _open_the_door(session: Session) -> None:
    """Let this transaction, and no other, seal signed rows anew."""
    session.add(SealingAnew(id=uuid4()))
    session.flush()


def _close_the_door(session: Session) -> None:
    session.connection().execute(SealingAnew.__table__.delete())  # type: ignore[attr-defined]  # a mapped table


def _bytes(value: bytes) -> ColumnElement[bytes]:
    return literal(value, LargeBinary)
