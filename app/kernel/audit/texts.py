"""An event as the bytes that are hashed: the same from Python before it is stored and from SQL.

Fields stand in a fixed order between separators that none of them can hold (JSON escapes them),
so that no two different events read alike. The details are bound as the JSON text that is stored.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from app.kernel.models import AuditEvent

SEPARATOR = "\x1f"
FIELDS = (
    *("at", "id", "tag", "actor_role", "actor_id", "session_id"),
    *("patient_id", "entity", "entity_id", "request_id", "detail"),
)
NAMES = frozenset({"id", "actor_id", "session_id", "patient_id", "entity_id"})
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
MOMENT_CHARACTERS = 26


def text_of(event: AuditEvent) -> bytes:
    """The bytes of an event that is about to be stored."""
    parts = [f"{event.at:{MOMENT}}"]
    for name in FIELDS[1:-1]:
        value = getattr(event, name)
        parts.append(value.hex if isinstance(value, UUID) else value or "")
    if any(SEPARATOR in part for part in parts):
        raise ValueError(f"{event.tag}: a field holds the separator")
    return SEPARATOR.join([*parts, json.dumps(event.detail)]).encode()


def select_sql(columns: str, which: str, *, sqlite: bool) -> str:
    """Ask for columns of stored events and, last, their bytes; `which` says of which and how."""
    return f"SELECT {columns}, {_bytes(sqlite)} FROM audit_event {which}"  # noqa: S608 - constants


def _bytes(sqlite: bool) -> str:
    """An expression for the same bytes of a stored event, in the engine's own SQL."""
    joined = f" || {'char(31)' if sqlite else 'chr(31)'} || "
    if sqlite:
        return f"CAST({joined.join(_sqlite(name) for name in FIELDS)} AS BLOB)"
    return f"convert_to({joined.join(_postgresql(name) for name in FIELDS)}, 'UTF8')"


def _sqlite(name: str) -> str:
    return f"coalesce({name}, '')"


def _postgresql(name: str) -> str:
    if name == "at":
        return "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if name in NAMES:
        return f"coalesce(replace({name}::text, '-', ''), '')"
    return f"coalesce({name}::text, '')"


def field(text: bytes, name: str) -> str:
    """One field of an event's bytes."""
    return text.decode().split(SEPARATOR)[FIELDS.index(name)]
