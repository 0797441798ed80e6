"""People, passwords, second factors, recovery codes and sign-in sessions."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("accounts", __name__)
