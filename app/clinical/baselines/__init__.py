"""One person's own normal: the range expected of them, and whether a reading breaks it.

baselines.expected_range(history, measure) -> Expected
baselines.is_change(history, value, measure=None) -> Change
baselines.reference_change_value(measure) -> ReferenceChange
baselines.VARIATION                key -> Variation: CVA, CVI and CVG with their source
baselines.METHODS                  what is computed how, each with its source
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.clinical.baselines.changes import (
    Change,
    ReferenceChange,
    is_change,
    reference_change_value,
)
from app.clinical.baselines.methods import METHODS, Method
from app.clinical.baselines.ranges import Expected, expected_range
from app.clinical.baselines.readings import Reading
from app.clinical.baselines.variation import Variation, table, variation

if TYPE_CHECKING:
    from collections.abc import Mapping

    VARIATION: Mapping[str, Variation]

__all__ = [
    "METHODS",
    "VARIATION",
    "Change",
    "Expected",
    "Method",
    "Reading",
    "ReferenceChange",
    "Variation",
    "expected_range",
    "is_change",
    "reference_change_value",
    "variation",
]


def __getattr__(wanted: str) -> Any:
    """The table is read when it is first named (PEP 562)."""
    if wanted == "VARIATION":
        return table()
    raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")
