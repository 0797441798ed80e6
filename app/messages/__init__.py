"""The conversation between a patient and the care team."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("messages", __name__)
