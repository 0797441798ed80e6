"""The page shell: fields, errors, headers, navigation, times, languages, and today's page."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("web", __name__)
