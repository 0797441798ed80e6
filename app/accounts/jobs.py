"""Notices about an account leave by mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accounts import room
from app.accounts.operations import notices


@room.job("mail")
def mail(payload: dict[str, Any]) -> None:
    """Send one notice."""
    notices.send_mail(UUID(payload["notice"]))
