"""Whose glucose should stay where, and for how much of the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.clinical.sentences import N_, Sentence

SOURCE = "Battelino 2019 doi:10.2337/dci19-0028; ADA Standards of Care 2026 section 6"


@dataclass(frozen=True)
class Goal:
    """What one figure (per cent) should be: `above` and `below` strictly, `at_most` included."""

    figure: str
    above: float | None = None
    below: float | None = None
    at_most: float | None = None

    def met(self, value: float) -> bool:
        """Whether the figure reaches the goal."""
        return (
            (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )


@dataclass(frozen=True)
class Target:
    """One set of cut points in mg/dL. In range is `low` to `high`, both included."""

    key: str
    label: Sentence
    very_low: int
    low: int
    high: int
    very_high: int
    goals: tuple[Goal, ...]
    source: str = SOURCE


_ROWS = (
    Target(
        "adult",
        Sentence(N_("Adults with diabetes")),
        very_low=54,
        low=70,
        high=180,
        very_high=250,
        goals=(
            Goal("in_range", above=70),
            Goal("below", below=4),
            Goal("very_low", below=1),
            Goal("above", below=25),
            Goal("very_high", below=5),
            Goal("cv", at_most=36),
        ),
    ),
    Target(
        "older",
        Sentence(N_("Older people, and people whom low glucose would harm more")),
        very_low=54,
        low=70,
        high=180,
        very_high=250,
        goals=(Goal("in_range", above=50), Goal("below", below=1), Goal("very_high", below=10)),
    ),
    Target(
        "pregnancy",
        Sentence(N_("Pregnancy with type 1 diabetes")),
        very_low=54,
        low=63,
        high=140,
        very_high=250,
        goals=(
            Goal("in_range", above=70),
            Goal("below", below=4),
            Goal("very_low", below=1),
            Goal("above", below=25),
        ),
    ),
)

TARGETS: Mapping[str, Target] = MappingProxyType({row.key: row for row in _ROWS})
