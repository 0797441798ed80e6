"""Verifying: read the whole record once, and name the first event that is not as it was written.

Everything streams: one batch is held at a time. What is checked: each event against its MAC, which
binds content and number; each batch against its root and the batch before; and the whole against
the signed checkpoints outside the database.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from app.kernel import db
from app.kernel.audit import keys as audit_keys
from app.kernel.audit import sealing, statements, texts, tree
from app.kernel.audit.checkpoints import Checkpoint
from app.kernel.audit.keys import KEY_ID_BYTES, NUMBER_BYTES, UNSEALED, numbered
from app.kernel.audit.sealing import FIRST_BEFORE, WAITING, Seal
from app.kernel.audit.statements import Broken
from app.kernel.crypto import record
from app.kernel.models import AuditSeal

# An event's time is read before its transaction commits, and machines' clocks differ a little.
SLACK = timedelta(seconds=60)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FETCHED = 5000
SEALS_AT_ONCE = 1000


@dataclass(slots=True)
class Findings:
    """What reading the record came to. `problems` begin with the first thing that is wrong.

    `stopped` where nothing can be said of what comes after it; the counts end before it then.
    """

    events: int = 0
    seals: int = 0
    waiting: int = 0
    checkpoints: int = 0
    signed_events: int = 0
    stopped: bool = False
    problems: list[str] = field(default_factory=list)


def verify(outside: list[Checkpoint] | None) -> Findings:
    """Check the record against itself and the checkpoints of the file (None: there is no file)."""
    found = Findings()
    with db.database().engine.connect() as connection:
        if not db.database().sqlite:  # One view of everything, however long it takes.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        else:
            connection.exec_driver_sql("SELECT 1 FROM audit_seal LIMIT 1")  # The view begins here.
        try:
            _Reading(connection, found, outside).whole()
        except Broken as broken:
            found.problems.append(str(broken))
            found.stopped = True
    return found


class _Reading:
    """One walk through the record."""

    def __init__(
        self, connection: Connection, found: Findings, outside: list[Checkpoint] | None
    ) -> None:
        self.connection = connection
        self.found = found
        self.keys = audit_keys.keys()
        record.recall(connection)
        inside = statements.inside(connection)
        found.problems += statements.differences(inside, outside)
        self.statements = statements.in_order([*inside, *(outside or [])], self.keys)
        self.events = self._events()
        self.hashes: list[bytes] = []
        self.any_mac = False

    def whole(self) -> None:
        """All of it; raises Broken at the first thing that is wrong."""
        with closing(self.events):
            self._batches()

    def _batches(self) -> None:
        before: Seal | None = None
        earliest = LONG_AGO
        for seal, stored_hash in self._seals():
            self._follows(seal, before)
            self._events_of(seal, earliest)
            if stored_hash != seal.hash:
                raise Broken(f"{_batch(seal)}: their seal was changed.")
            self.hashes.append(seal.hash)
            self.found.seals += 1
            self._stated(seal)
            before = seal
            if seal.last - seal.first + 1 < sealing.LARGEST_BATCH:
                earliest = seal.at - SLACK  # A full batch has left older events for the next.
        self._end(before.last if before else 0)

    def _follows(self, seal: Seal, before: Seal | None) -> None:
        number, last = (before.number, before.last) if before else (0, 0)
        if (seal.number, seal.first) != (number + 1, last + 1):
            raise Broken(f"Event {last + 1}: the seal of its batch is missing.")
        if seal.before != (before.hash if before else FIRST_BEFORE):
            raise Broken(f"{_batch(seal)}: they do not follow the batch before them.")

    def _events_of(self, seal: Seal, earliest: datetime) -> None:
        """Two hashes for the MAC and one for the leaf; written flat, because it runs per event."""
        leaves, expected, early = [], seal.first, b""
        floor, pads = f"{earliest:{texts.MOMENT}}".encode(), self.keys.pads
        for number, mac, body in _some(self.events, seal.last - seal.first + 1):
            if number != expected:
                raise Broken(f"Event {expected} is missing.")
            leaf = sha256(b"\x00" + number.to_bytes(NUMBER_BYTES, "big") + body).digest()
            if mac is None:
                self._unprotected(number, body)
            else:
                inner, outer = pads.get(mac[:KEY_ID_BYTES]) or _no_key(number, body, mac)
                if sha256(outer + sha256(inner + leaf).digest()).digest() != mac[KEY_ID_BYTES:]:
                    raise Broken(f"{_event(number, body)}: it is not as it was written.")
                self.any_mac = True
            if body < floor:
                early = early or body
            leaves.append(leaf)
            expected += 1
        self.found.events += len(leaves)
        self._complete(seal, leaves)
        if early:
            words = "its time is before events that were sealed earlier: the clock was set back."
            self.found.problems.append(f"Event {texts.field(early, 'id')}: {words}")

    def _complete(self, seal: Seal, leaves: list[bytes]) -> None:
        if len(leaves) <= seal.last - seal.first:
            raise Broken(f"Event {seal.first + len(leaves)} is missing.")
        if tree.root(leaves) != seal.root:
            raise Broken(f"{_batch(seal)}: one of them is not what was sealed.")

    def _unprotected(self, number: int, body: bytes) -> None:
        """Only the oldest events may lack a MAC: those from before there were any."""
        if self.any_mac:
            raise Broken(f"{_event(number, body)}: it was not written by the portal.")

    def _stated(self, seal: Seal) -> None:
        """Compare with the checkpoint that speaks of the seals up to this one."""
        said = self.statements[0].said if self.statements else None
        if said is None or said["last_seal"] > seal.number:
            return
        root = tree.root(self.hashes[said["first_seal"] - 1 - seal.number :])
        stated = (said["last_seal"], said["last_event"], said["head"], said["root"])
        if stated != (seal.number, seal.last, seal.hash.hex(), root.hex()):
            first = self.found.signed_events + 1
            raise Broken(
                f"Events {first} to {seal.last}: they are not what checkpoint"
                f" {said['number']} of {said['at']} has signed."
            )
        self.found.signed_events = seal.last
        self.found.checkpoints += 1
        self.hashes = []
        del self.statements[0]

    def _end(self, last: int) -> None:
        for number, _mac, body in self.events:
            raise Broken(f"{_event(number, body)}: it has a number, but no batch holds it.")
        if self.statements:
            said = self.statements[-1].said
            raise Broken(
                f"Event {last + 1} is missing: checkpoint {said['number']} of {said['at']} has"
                f" signed {said['last_event']} events. The end of the record was cut off."
            )
        for mac, body in self.connection.exec_driver_sql(_asked("mac", WAITING)):
            self.found.waiting += 1
            leaf = tree.leaf(numbered(UNSEALED, body))
            if not (mac is None and not self.any_mac) and not self.keys.fits(mac or b"", leaf):
                raise Broken(f"{_event(None, body)}: it is not as it was written.")

    def _events(self) -> Generator[Any]:
        """(number, MAC, bytes) in order, from the driver itself: a row costs a microsecond."""
        driver: Any = self.connection.connection.driver_connection
        cursor = (
            driver.cursor()
            if db.database().sqlite
            else driver.cursor(name="audit_events", binary=True)
        )
        with closing(cursor):
            cursor.execute(_asked("number, mac", "WHERE number IS NOT NULL ORDER BY number"))
            while rows := cursor.fetchmany(FETCHED):
                yield from rows

    def _seals(self) -> Iterator[tuple[Seal, bytes]]:
        last = 0
        while rows := self._seals_after(last):
            for *parts, stored in rows:
                yield Seal(*parts), stored
            last = rows[-1].number

    def _seals_after(self, number: int) -> list[Any]:
        asked = select(AuditSeal).where(AuditSeal.number > number).order_by(AuditSeal.number)
        columns = asked.with_only_columns(*AuditSeal.__table__.columns)
        return list(self.connection.execute(columns.limit(SEALS_AT_ONCE)))


def _asked(columns: str, which: str) -> str:
    return texts.select_sql(columns, which, sqlite=db.database().sqlite)


def _some(events: Iterator[Any], count: int) -> Iterator[Any]:
    """The next events, as many as a batch holds."""
    for _ in range(count):
        one = next(events, None)
        if one is None:
            return
        yield one


def _no_key(number: int, body: bytes, mac: bytes) -> tuple[bytes, bytes]:
    name = mac[:KEY_ID_BYTES].decode(errors="replace").strip()
    words = f"the data key {name!r} it was written under is not in the settings."
    raise Broken(f"{_event(number, body)}: {words}")


def _event(number: int | None, body: bytes) -> str:
    """An event by its place in the record and the id it bears."""
    place = str(number) if number else "not sealed yet"
    return f"Event {texts.field(body, 'id')} ({place})"


def _batch(seal: Seal) -> str:
    return f"Events {seal.first} to {seal.last}"
