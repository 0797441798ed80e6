"""Care plans: drafted by rules, reviewed and signed by a clinician, then read."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("plans", __name__)
