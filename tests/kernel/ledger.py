"""Writing a record of access, sealing it, and doing to it what nobody should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from click.testing import Result
from sqlalchemy import Connection, select, text

from app.kernel import audit, clock, db
from app.kernel.audit import checkpoints, sealing
from app.kernel.models import AuditEvent
from tests.support.portal import Portal

GUARDED = ("audit_event", "audit_seal", "audit_checkpoint", "record_key")
TOUCHED = audit.tag("test.touched", "thing", "code")


def write(portal: Portal, count: int = 1, at: datetime | None = None) -> list[UUID]:
    """Events in transactions of their own; answers their ids."""
    with portal.inside():
        before = set(db.session().scalars(select(AuditEvent.id)))
        db.session().rollback()
        for number in range(count):
            if at is None:
                _one(number)
            else:
                with clock.standing_at(at):
                    _one(number)
        rows = db.session().scalars(select(AuditEvent).order_by(AuditEvent.at))
        return [row.id for row in rows if row.id not in before]


def _one(number: int) -> None:
    with db.writing():
        audit.record(TOUCHED, entity_id=uuid4(), patient_id=uuid4(), code=f"c{number}")


def seal(portal: Portal, at: datetime | None = None) -> int:
    """Seal what waits, as the worker does about once a second."""
    with portal.inside():
        if at is None:
            return sealing.seal()
        with clock.standing_at(at):
            return sealing.seal()


def sign(portal: Portal) -> None:
    """Sign a checkpoint, as the worker does once an hour."""
    with portal.inside():
        checkpoints.sign()


def run(portal: Portal, *words: str) -> Result:
    """One of the record's commands."""
    return portal.app.test_cli_runner().invoke(args=["audit", *words], catch_exceptions=False)


@contextmanager
def tampering(portal: Portal) -> Iterator[Connection]:
    """Write to the database behind the portal's back, as one who may take its guards away."""
    with portal.inside(), db.database().engine.begin() as connection:
        guards = _take_away(connection)
        yield connection
        for one in guards:
            execute(connection, one)


def _take_away(connection: Connection) -> list[str]:
    """Drop the triggers of the record; answers what puts them back."""
    if not db.database().sqlite:
        for table in GUARDED:
            execute(connection, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in GUARDED]
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    found = [row for one in GUARDED for row in connection.execute(text(asked), {"table": one})]
    for name, _sql in found:
        execute(connection, f"DROP TRIGGER {name}")
    return [sql for _name, sql in found]


def number_of(portal: Portal, event: UUID) -> int:
    """An event's place in the record."""
    with portal.inside():
        found = db.session().scalar(select(AuditEvent.number).where(AuditEvent.id == event))
        assert found is not None
        return found


def stored(portal: Portal, event: UUID) -> str | bytes | UUID:
    """An event's id as a raw statement needs it."""
    return event.hex if portal.app.extensions["database"].sqlite else event


def execute(connection: Connection, statement: str, **values: Any) -> None:
    """One raw statement."""
    connection.execute(text(statement), values)
