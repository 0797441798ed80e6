"""The sealer: numbers what was written, hashes it into trees, and chains tree to tree.

Writers only append, each under a MAC, and never wait for one another. About once a second the
sealer takes what is new; an event whose transaction commits late goes into the next batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app.kernel import clock, db
from app.kernel.audit import keys as audit_keys
from app.kernel.audit import texts, tree
from app.kernel.audit.keys import KEY_ID_BYTES, UNSEALED, numbered
from app.kernel.crypto import record
from app.kernel.models import AuditSeal

LARGEST_BATCH = 2000
LOCK = 0x4E53_4155  # One sealer at a time among all processes; PostgreSQL's lock number.
WAITING = "WHERE number IS NULL ORDER BY at, id"
FIRST_BEFORE = sha256(b"").digest()
log = structlog.get_logger("audit")


@dataclass(frozen=True, slots=True)
class Seal:
    """A batch of events under one root, and the hash of the batch before."""

    number: int
    first: int
    last: int
    at: datetime
    root: bytes
    before: bytes

    @property
    def text(self) -> str:
        """What is hashed of it, in a line that people can read."""
        moment = f"{self.at:{texts.MOMENT}}"
        whole = (self.number, self.first, self.last, moment, self.root.hex(), self.before.hex())
        return "|".join(str(part) for part in whole)

    @property
    def hash(self) -> bytes:
        """Its leaf in a checkpoint's tree, and what the next batch names as the one before."""
        return tree.leaf(self.text.encode())


def seal_of(row: AuditSeal) -> Seal:
    """A stored seal."""
    return Seal(row.number, row.first, row.last, row.at, row.root, row.before)


def seal() -> int:
    """Seal everything that waits; answers how many events that were."""
    done = 0
    while _anything_waits() and (some := _seal_batch()):
        done += some
    return done


def _anything_waits() -> bool:
    """Looking costs no writing transaction."""
    waits = text("SELECT 1 FROM audit_event WHERE number IS NULL LIMIT 1")
    found = db.session().execute(waits).first() is not None
    db.session().rollback()  # The next look must see what has come since.
    return found


def _seal_batch() -> int:
    with db.writing(claims=False) as session:
        if not alone(session):
            return 0
        last = session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
        rows = _waiting(session.connection())
        if not rows:
            return 0
        record.keep(session)  # Before anything is sealed that could not be checked without them.
        first = last.last + 1 if last else 1
        leaves = _number(session.connection(), rows, first)
        fresh = Seal(
            number=last.number + 1 if last else 1,
            first=first,
            last=first + len(rows) - 1,
            at=clock.now(),
            root=tree.root(leaves),
            before=last.hash if last else FIRST_BEFORE,
        )
        session.add(_row(fresh))
        return len(rows)


def _row(one: Seal) -> AuditSeal:
    return AuditSeal(
        number=one.number,
        first=one.first,
        last=one.last,
        at=one.at,
        root=one.root,
        before=one.before,
        hash=one.hash,
    )


def alone(session: Session) -> bool:
    """Whether no other process seals or signs now; holds until the transaction ends."""
    if db.database().sqlite:
        return True  # There a writing transaction is alone anyway.
    lock = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(session.execute(lock, {"lock": LOCK}).scalar_one())


def _waiting(connection: Connection) -> list[Any]:
    """(id, mac, bytes) of what waits, in the order in which it is said to have happened."""
    which = f"{WAITING} LIMIT {LARGEST_BATCH}"
    asked = texts.select_sql("id, mac", which, sqlite=db.database().sqlite)
    return list(connection.exec_driver_sql(asked))


def _number(connection: Connection, rows: list[Any], first: int) -> list[bytes]:
    """Give each event its number, under a new MAC that binds it; answers the leaves."""
    mine = audit_keys.keys()
    if any(mac is not None and bytes(mac[:KEY_ID_BYTES]) not in mine.pads for _, mac, _ in rows):
        record.recall(connection)  # Written before the settings lost a key.
    leaves, named = [], []
    for number, (name, mac, body) in enumerate(rows, start=first):
        leaf = tree.leaf(numbered(number, body))
        good = mac is not None and mine.fits(mac, tree.leaf(numbered(UNSEALED, body)))
        if mac is not None and not good:  # A new MAC would make it good: it keeps the one it has.
            log.warning("audit_event_altered", entity_id=str(name))
        leaves.append(leaf)
        named.append((number, mine.mac(leaf) if good else mac, name))
    _store(connection, named)
    return leaves


def _store(connection: Connection, named: list[tuple[int, bytes | None, Any]]) -> None:
    if db.database().sqlite:
        stored = "UPDATE audit_event SET number = ?, mac = ? WHERE id = ?"
        connection.exec_driver_sql(stored, named)
        return
    stored = (
        "UPDATE audit_event SET number = fresh.number, mac = fresh.mac"
        " FROM unnest(%s::bigint[], %s::bytea[], %s::uuid[]) AS fresh (number, mac, id)"
        " WHERE audit_event.id = fresh.id"
    )
    columns = tuple(list(column) for column in zip(*named, strict=True))
    connection.exec_driver_sql(stored, columns)
