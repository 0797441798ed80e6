"""How one leg's line was shared out last."""

from __future__ import annotations

from app.media.congestion.rises import Rises
from app.media.congestion.share import Given, Want


class Line:
    """What could be had, what was given, and when better is tried; times in microseconds."""

    def __init__(self) -> None:
        self.wants: list[Want] = []
        self.given: dict[int, Given] = {}
        self.rises = Rises()
        self.looked_us = 0
        # Whether everything was given at its best, and what that was decided from.
        self.full = False
        self.seen: tuple[object, ...] = ()
        self.silent = False
