"""A small demo clinic; this room exists only in the demo configuration."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("demo", __name__)
