"""Units of measure under their UCUM codes, converted in exact decimals.

units.convert(Decimal("5.5"), "mmol/L", "mg/dL", analyte="glucose")
units.reckon(...)                          the same, for a number still in doubt
units.valid("mm[Hg]")                      whether a code is written as UCUM asks
units.name("m3.kg-1.s-2")                  its parts in words
units.multiply(...), units.divide(...)     of two quantities, in a third unit
units.decimal(5.6)                         a number as a decimal, or a refusal
units.ANALYTES                             key -> Analyte, what a concentration is of
units.UNITS                                code -> Unit, the everyday ones

Everyday units come from a short table; the rest of UCUM is read when first asked for.
UCUM is copyright Regenstrief Institute and the UCUM Organization: see NOTICE.txt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.clinical.units.conversion import convert, decimal, divide, multiply, reckon
from app.clinical.units.everyday import UNITS
from app.clinical.units.ucum import name, valid
from app.clinical.units.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.clinical.units.analytes import Analyte

    ANALYTES: Mapping[str, Analyte]

__all__ = [
    "ANALYTES",
    "UNITS",
    "Unit",
    "convert",
    "decimal",
    "divide",
    "multiply",
    "name",
    "reckon",
    "valid",
]


def __getattr__(wanted: str) -> Any:
    """The table of analytes is read when it is first named (PEP 562)."""
    if wanted == "ANALYTES":
        from app.clinical.units import analytes

        return analytes.table()
    raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")
