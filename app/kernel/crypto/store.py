"""Data keys: made with their owner's first value, held for a while, destroyed for good."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock, db
from app.kernel.crypto.envelope import KEY_BYTES, DataKey, Erased
from app.kernel.crypto.masters import MasterKeys
from app.kernel.crypto.models import CURRENT, WrappedKey

MOST_OWNERS = 4096
# Another process may have destroyed a key or made a new one: after so long this one asks again.
HELD_SECONDS = 60.0
_FRESH = "fresh data keys"
_OF_OWNERS = (
    select(WrappedKey.id, WrappedKey.owner, WrappedKey.wrapped, WrappedKey.retired_at)
    .where(WrappedKey.owner.in_(bindparam("owners", expanding=True)))
    .order_by(WrappedKey.created_at)
)
_CURRENT_OF = (WrappedKey.retired_at.is_(None), WrappedKey.wrapped.is_not(None))


@dataclass(slots=True)
class OwnerKeys:
    """The data keys of one owner by id, a destroyed one as None; `current` seals."""

    until: float
    current: DataKey | None = None
    known: dict[bytes, DataKey | None] = field(default_factory=dict)


class DataKeys:
    """The data keys that this process has unwrapped, and the table where all of them are."""

    def __init__(self, masters: MasterKeys) -> None:
        self._masters = masters
        self._lock = threading.Lock()
        self._held: dict[UUID, OwnerKeys] = {}

    def of(self, owner: UUID) -> OwnerKeys:
        """An owner's keys; those that are held cost no query."""
        held = self._held.get(owner)
        if held is not None and held.until > time.monotonic():
            return held
        return self._fresh().get(owner) or self._load([owner])[owner]

    def ready(self, owners: Iterable[UUID]) -> None:
        """Hold the keys of all these owners, by one query for those that are not held yet."""
        moment, fresh = time.monotonic(), self._fresh()
        missing = {
            one
            for one in owners
            if one not in fresh and ((held := self._held.get(one)) is None or held.until <= moment)
        }
        if missing:
            self._load(missing)

    def again(self, owner: UUID) -> OwnerKeys:
        """An owner's keys as the database has them now."""
        return self._load([owner])[owner]

    def current(self, owner: UUID) -> DataKey:
        """The key that seals; made in the open transaction where there is none yet.

        Raises Erased where the owner's keys were destroyed.
        """
        found = self.of(owner)
        if found.current is not None:
            return found.current
        if found.known:
            raise Erased(str(owner))
        return self.give(owner, os.urandom(KEY_BYTES))

    def give(self, owner: UUID, secret: bytes) -> DataKey:
        """Make an owner's first key; whoever makes one at the same moment shares the first."""
        with db.writing(claims=False) as session:
            made = self.give_on(session.connection(), owner, secret)
            self._fresh()[owner] = OwnerKeys(
                time.monotonic() + HELD_SECONDS, made, {made.number: made}
            )
            # Held by all only once it stands: a transaction that fails takes its keys with it.
            db.after_commit(lambda: self.forget(owner))
            return made

    def give_on(self, connection: Connection, owner: UUID, secret: bytes) -> DataKey:
        """The same on a bare connection, as migrations have one."""
        known = self.read_on(connection, [owner])[owner]
        if known.current is None and not known.known:
            self._insert(connection, owner, secret)
            known = self.read_on(connection, [owner])[owner]
        if known.current is None:
            raise Erased(str(owner))
        return known.current

    def read_on(
        self, connection: Connection, owners: Collection[UUID]
    ) -> defaultdict[UUID, OwnerKeys]:
        """The keys of these owners as they stand in the table, unwrapped."""
        until = time.monotonic() + HELD_SECONDS
        found: defaultdict[UUID, OwnerKeys] = defaultdict(lambda: OwnerKeys(until))
        for number, owner, wrapped, retired in connection.execute(
            _OF_OWNERS, {"owners": list(owners)}
        ):
            key = None
            if wrapped is not None:
                secret = self._masters.unwrap(wrapped, number, owner)
                key = DataKey.of(number, owner, secret)
            found[owner].known[number.bytes] = key
            if retired is None:
                found[owner].current = key
        return found

    def renew(self, owner: UUID) -> None:
        """Let another key seal from now on, in the open transaction; the old one still opens."""
        session = db.session()
        retired = update(WrappedKey).where(*_CURRENT_OF, WrappedKey.owner == owner)
        session.execute(
            retired.values(retired_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
        self._insert(session.connection(), owner, os.urandom(KEY_BYTES))
        self._fresh().pop(owner, None)
        db.after_commit(lambda: self.forget(owner))

    def shred(self, owner: UUID) -> None:
        """Destroy an owner's keys for good, in the open transaction, and keep any from coming."""
        session = db.session()
        moment = clock.now()
        gone = update(WrappedKey).where(WrappedKey.owner == owner, WrappedKey.wrapped.is_not(None))
        session.execute(
            gone.values(wrapped=None, destroyed_at=moment),
            execution_options={"synchronize_session": False},
        )
        if not self.read_on(session.connection(), [owner])[owner].known:
            session.add(
                WrappedKey(owner=owner, wrapped=None, created_at=moment, destroyed_at=moment)
            )
        self._fresh().pop(owner, None)
        self.forget(owner)
        db.after_commit(lambda: self.forget(owner))

    def forget(self, owner: UUID) -> None:
        """Let go of what this process holds of an owner."""
        with self._lock:
            self._held.pop(owner, None)

    def _insert(self, connection: Connection, owner: UUID, secret: bytes) -> None:
        number = uuid4()
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        row = insert(WrappedKey.__table__).values(  # type: ignore[arg-type]  # a mapped table
            id=number,
            owner=owner,
            wrapped=self._masters.wrap(secret, number, owner),
            created_at=clock.now(),
        )
        connection.execute(
            row.on_conflict_do_nothing(index_elements=["owner"], index_where=CURRENT)
        )

    def _load(self, owners: Collection[UUID]) -> defaultdict[UUID, OwnerKeys]:
        # On the bare connection: a session would first write what is only half made.
        found = self.read_on(db.session().connection(), owners)
        hold = self._fresh().__setitem__ if db.in_transaction() else self.hold
        for owner in owners:
            if found[owner].known:
                hold(owner, found[owner])
        return found

    def hold(self, owner: UUID, keys: OwnerKeys) -> None:
        """Keep an owner's keys at hand until they are old; the oldest of too many goes."""
        with self._lock:
            self._held.pop(owner, None)
            while len(self._held) >= MOST_OWNERS:
                del self._held[next(iter(self._held))]
            self._held[owner] = keys

    def _fresh(self) -> dict[UUID, OwnerKeys]:
        """Keys as the open transaction sees them: what it made may never come to stand."""
        if not db.in_transaction():
            return {}
        fresh: dict[UUID, OwnerKeys] = db.session().info.setdefault(_FRESH, {})
        return fresh
