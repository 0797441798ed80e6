"""Pure rules of how a call's line was, from what its pages counted."""

from __future__ import annotations

from enum import StrEnum

# Thousandths. So much sound made up by the browser is hardly heard; with more, words go missing.
HARDLY_HEARD, WORDS_MISSING = 30, 100


class Quality(StrEnum):
    """How well one could see and hear each other."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def quality(lost_permille: int, concealed_permille: int) -> Quality:
    """Judged by the worse of lost packets and sound that had to be made up, in thousandths."""
    worse = max(lost_permille, concealed_permille)
    if worse <= HARDLY_HEARD:
        return Quality.GOOD
    return Quality.FAIR if worse <= WORDS_MISSING else Quality.POOR
