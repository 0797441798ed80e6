"""Who gets how much of a room's media."""

from __future__ import annotations


class Quality:
    """Shares each line between what its leg could see."""
