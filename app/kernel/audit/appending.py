"""Events that stand alone, written past the ORM: every page that shows a patient waits for one."""

from __future__ import annotations

import json
from typing import Any

from app.kernel import db
from app.kernel.audit import texts
from app.kernel.models import AuditEvent

COLUMNS = (*texts.FIELDS, "mac")


def append(events: list[AuditEvent]) -> None:
    """Write events in one transaction of their own."""
    sqlite = db.database().sqlite
    marks = ", ".join("?" if sqlite else "%s" for _ in COLUMNS)
    statement = f"INSERT INTO audit_event ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608 - constants
    stored = _as_text if sqlite else _as_values
    db.database().append(statement, [(*stored(one), one.mac) for one in events])


def _as_text(event: AuditEvent) -> list[Any]:
    """SQLite keeps each field as the text that is hashed."""
    fields = texts.text_of(event).decode().split(texts.SEPARATOR)
    found = zip(texts.FIELDS, fields, strict=True)
    return [None if name in texts.NAMES and not value else value for name, value in found]


def _as_values(event: AuditEvent) -> list[Any]:
    return [*(getattr(event, name) for name in texts.FIELDS[:-1]), json.dumps(event.detail)]
