"""Notices about an account leave by mail; requests to get back in are looked into here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accounts import room
from app.accounts.operations import addressing, notices, regaining


@room.job("mail")
def mail(payload: dict[str, Any]) -> None:
    """Send one notice."""
    notices.send_mail(UUID(payload["notice"]))


@room.job("email_letter")
def email_letter(payload: dict[str, Any]) -> None:
    """Write to the new address, or to the old one."""
    addressing.send_letter(UUID(payload["change"]), done=payload["done"])


@room.job("regaining")
def regain(payload: dict[str, Any]) -> None:
    """Look into a request to get back in."""
    regaining.begin(payload["index"])


@room.job("regaining_letter")
def regaining_letter(payload: dict[str, Any]) -> None:
    """Write to the person who asks."""
    regaining.send_letter(payload)
