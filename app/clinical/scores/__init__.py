"""Scores and risks that have a published formula, each checked before it is worked out.

    calculate("BMI", weight_kg=70, height_cm=175) -> {"bmi": 22.86, "class": "Within normal range"}

`SCORES` is the registry that documents and tests walk; `ABSENT` says what is left out and
why. Input that is out of range, missing, unknown or contradictory is refused with
`ClinicalInputError`, which names the field, the permitted range and its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import (
    answers,
    body,
    clots,
    diabetes,
    kidney,
    life8,
    liver,
    pooled,
    prevent,
)
from app.clinical.scores.absent import ABSENT, Absent
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_, Sentence

__all__ = ["ABSENT", "SCORES", "Absent", "Score", "calculate"]

UNKNOWN_SCORE = N_("There is no score called “%(name)s”.")

_MODULES = (prevent, life8, pooled, kidney, body, liver, diabetes, answers, clots)

SCORES: Mapping[str, Score] = MappingProxyType(
    {score.name: score for module in _MODULES for score in module.ALL}
)


def calculate(name: str, /, **inputs: object) -> Result:
    """The result of the score of this name, as a dictionary of its outputs.

    Numbers may be int, float or Decimal. `calculate("LE8", component="sleep", hours=7)` gives
    one component of a score that has them. Raises `ClinicalInputError` for a score that is
    unknown or may not be shipped, and for input that cannot be used.
    """
    if name in SCORES:
        return SCORES[name].work_out(inputs)
    if name in ABSENT:
        row = ABSENT[name]
        raise ClinicalInputError("name", row.reason, row.source)
    raise ClinicalInputError("name", Sentence(UNKNOWN_SCORE, {"name": str(name)[:40]}))
