"""Who looks after whom: patients and their care teams."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("care", __name__)
