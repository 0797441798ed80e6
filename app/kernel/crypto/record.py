"""The record's keys, kept: a data key that goes from the settings must not take them along."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.kernel import clock, db
from app.kernel.audit.keys import AuditKeys
from app.kernel.crypto.envelope import SealBroken
from app.kernel.crypto.keyring import keyring
from app.kernel.crypto.models import RECORD, RecordKey


def keep(session: Session) -> None:
    """Write down, wrapped, what each settings' key gives the record; once for each process."""
    mine = _keys()
    if mine.are_kept:
        return
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    for name, kept in mine.own.items():
        number = uuid4()
        row = insert(RecordKey.__table__).values(  # type: ignore[arg-type]  # a mapped table
            id=number,
            name=name,
            wrapped=keyring().masters.wrap(kept, number, RECORD),
            created_at=clock.now(),
        )
        session.connection().execute(row.on_conflict_do_nothing(index_elements=["name"]))
    db.after_commit(_note)


def _note() -> None:
    _keys().are_kept = True


def recall(connection: Connection) -> None:
    """Learn the keys that are kept and whose settings' key is gone.

    One that cannot be opened is left out: what needs it is then named by whoever checks.
    """
    mine = _keys()
    columns = (RecordKey.id, RecordKey.name, RecordKey.wrapped)
    for number, name, wrapped in connection.execute(select(*columns)).all():
        if name in mine.own:
            continue
        try:
            mine.learn(name, keyring().masters.unwrap(wrapped, number, RECORD))
        except SealBroken:
            continue


def _keys() -> AuditKeys:
    found: AuditKeys = current_app.extensions["audit.keys"]
    return found
