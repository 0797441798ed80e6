"""Letters leave by mail; whoever never came is erased, and a carer's time runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.care import room
from app.care.operations import breaking, invitations, mailing, proxies


@room.job("break_glass_mail")
def break_glass_mail(payload: dict[str, Any]) -> None:
    """Write one letter."""
    breaking.send_mail(UUID(payload["opening"]), UUID(payload["person"]))


@room.job("invitation_mail")
def invitation_mail(payload: dict[str, Any]) -> None:
    """Write one letter."""
    mailing.write_letter(UUID(payload["invitation"]), payload["serial"])


room.every(timedelta(hours=6))(invitations.sweep)
room.every(timedelta(minutes=1))(proxies.end_those_over)
