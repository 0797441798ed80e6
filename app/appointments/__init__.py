"""When a patient and a clinician meet."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("appointments", __name__)
