"""Letters about records that were opened in an emergency leave by mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.care import room
from app.care.operations import breaking


@room.job("break_glass_mail")
def break_glass_mail(payload: dict[str, Any]) -> None:
    """Write one letter."""
    breaking.send_mail(UUID(payload["opening"]), UUID(payload["person"]))
