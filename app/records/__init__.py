"""The patient's record as a whole; almost empty until import and export arrive."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("records", __name__)
