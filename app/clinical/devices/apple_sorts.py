"""Records of one sort in an Apple Health export: what is looked up once for all of them."""

from __future__ import annotations

from decimal import Decimal

from app.clinical.devices import amounts, apple_types, limits
from app.clinical.devices.apple_types import Type
from app.clinical.devices.apple_values import percent

# A person's heart beats at a hundred rates or two: most numbers come again.
MOST_KNOWN = 1_000


class Sort:
    """Records of one type in one unit, and those met since the last gathering."""

    __slots__ = (
        "begun", "high", "known", "low", "name", "numbers", "pairs", "passed", "row", "unit",
        "unit_text",
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
        self.known: dict[str, Decimal] = {}
        self.begun: list[str] = []
        self.numbers: list[Decimal] = []
        self.passed = 0

    def number(self, text: str) -> Decimal:
        """The number of a value, once it is seen to be one and possible."""
        value = self.known.get(text)
        if value is not None:
            return value
        value = amounts.scientific(text)
        if self.row is not None and self.unit is not None:
            if self.row.percent:
                value = percent(value, text)
            if not self.low <= value <= self.high:
                raise limits.outside(self.row.measure, self.row.component, self.unit, value)
        if len(self.known) < MOST_KNOWN:
            self.known[text] = value
        return value
