"""Series of sensor readings for the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.clinical.glucose_metrics import Glucose

MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)


def every_five(values: list[int] | list[float], unit: str = "mg/dL") -> list[Glucose]:
    return [
        Glucose(MIDNIGHT + timedelta(minutes=5 * place), Decimal(str(value)), unit)
        for place, value in enumerate(values)
    ]
