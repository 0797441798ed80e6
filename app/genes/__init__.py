"""Genetic reports: what a laboratory found, what it means, and which medicines it touches."""

from __future__ import annotations

from app.kernel.room import Room

room = Room("genes", __name__)
