"""Questionnaires and what patients answered."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("questionnaires", __name__)
