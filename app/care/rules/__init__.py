"""Pure rules of care: who counts as what."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Sex(StrEnum):
    """Sex recorded at birth, which several thresholds need (FHIR AdministrativeGender codes)."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


def age_on(birth: date, day: date) -> int:
    """Whole years lived on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
