"""The video consult: waiting room, call, and who is present."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("consults", __name__)
