"""The patient's record as a whole: who has seen it; import and export will follow."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("records", __name__)
