"""Records of one sort in an Apple Health export: what is looked up once for all of them."""

from __future__ import annotations

from decimal import Decimal

from app.clinical.devices import apple_types, limits
from app.clinical.devices.apple_types import Type


class Sort:
    """Records of one type in one unit, and those met since the last gathering."""

    __slots__ = (
        "begun", "high", "low", "name", "numbers", "pairs", "passed", "row", "unit", "unit_text",
    )  # fmt: skip

    def __init__(self, name: str, row: Type | None, unit_text: str | None) -> None:
        self.name = apple_types.short(name)
        self.row = row
        self.unit = apple_types.ucum(row, unit_text) if row is not None else None
        self.unit_text = unit_text or ""
        self.low, self.high = limits.NO_LIMITS
        if row is not None and self.unit is not None:
            self.low, self.high = limits.span(row.measure, row.component, self.unit)
        self.pairs = name in apple_types.CORRELATED
        self.begun: list[str] = []
        self.numbers: list[Decimal] = []
        self.passed = 0
