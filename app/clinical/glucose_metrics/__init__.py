"""Continuous glucose: mean, variability, times in ranges, and the day's usual course.

glucose_metrics.summary(readings, target="adult") -> Summary
glucose_metrics.wear(readings, days=14) -> Wear
glucose_metrics.daily_profile(readings) -> tuple[Slot, ...]
glucose_metrics.TARGETS                     key -> Target: its ranges and its goals
glucose_metrics.LOINC                       figure -> LOINC code

A reading is anything with `taken_at`, `value`, `unit` and `censored`, as the readings of
device files are, or a `Glucose`.
"""

from __future__ import annotations

from app.clinical.glucose_metrics.profile import Slot, daily_profile
from app.clinical.glucose_metrics.sensor import Glucose, SensorReading
from app.clinical.glucose_metrics.summary import (
    LOINC,
    Shares,
    Summary,
    gmi,
    gmi_mmol_mol,
    gri,
    summary,
)
from app.clinical.glucose_metrics.targets import TARGETS, Goal, Target
from app.clinical.glucose_metrics.wear import Wear, wear

__all__ = [
    "LOINC",
    "TARGETS",
    "Glucose",
    "Goal",
    "SensorReading",
    "Shares",
    "Slot",
    "Summary",
    "Target",
    "Wear",
    "daily_profile",
    "gmi",
    "gmi_mmol_mol",
    "gri",
    "summary",
    "wear",
]
