"""Home measurements: entered with unit and time, read as chart and table."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("results", __name__)
