"""The record of access: who did what to whose data, written so that a change of it shows."""

from __future__ import annotations

from app.kernel.audit.appending import append
from app.kernel.audit.events import (
    NOBODY,
    SYSTEM,
    Tag,
    all_tags,
    event,
    record,
    tag,
)

__all__ = ["NOBODY", "SYSTEM", "Tag", "all_tags", "append", "event", "record", "tag"]
