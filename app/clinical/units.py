"""Units of measure under their UCUM codes, converted in exact decimals.

Only the units the home measures need. Each row states its size in the base unit of its
dimension and where that figure comes from. Mass and amount of substance are different
dimensions: they meet only through an analyte's molar mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from types import MappingProxyType

from app.clinical.errors import UnitError
from app.clinical.sentences import N_, Sentence

UNKNOWN_UNIT = N_("We do not know the unit “%(unit)s”.")
UNLIKE = N_("%(from_unit)s cannot be turned into %(to_unit)s.")
NEEDS_ANALYTE = N_("To turn %(from_unit)s into %(to_unit)s we must know what was measured.")

# Enough that converting there and back returns the digits that were typed.
PRECISION = 34

UCUM = "UCUM 2.1, ucum.org"


@dataclass(frozen=True)
class Unit:
    """One unit: its dimension and its size in that dimension's base unit."""

    code: str
    dimension: str
    size: Decimal
    source: str


@dataclass(frozen=True)
class Analyte:
    """What a concentration is of: grams in one mole of it."""

    key: str
    molar_mass: Decimal
    source: str


def _table(*rows: Unit) -> MappingProxyType[str, Unit]:
    return MappingProxyType({row.code: row for row in rows})


UNITS = _table(
    Unit("g", "mass", Decimal(1), UCUM),
    Unit("kg", "mass", Decimal(1000), UCUM),
    Unit("[lb_av]", "mass", Decimal("453.59237"), "International yard and pound agreement 1959"),
    Unit("[stone_av]", "mass", Decimal("6350.29318"), "14 [lb_av], UCUM 2.1"),
    Unit("m", "length", Decimal(1), UCUM),
    Unit("cm", "length", Decimal("0.01"), UCUM),
    Unit("[in_i]", "length", Decimal("0.0254"), "International yard and pound agreement 1959"),
    Unit("[ft_i]", "length", Decimal("0.3048"), "International yard and pound agreement 1959"),
    Unit("kPa", "pressure", Decimal(1000), UCUM),
    Unit("mm[Hg]", "pressure", Decimal("133.322387415"), "UCUM 2.1: m[Hg] is 133.322387415 kPa"),
    Unit("mg/dL", "mass concentration", Decimal("0.01"), UCUM),
    Unit("g/L", "mass concentration", Decimal(1), UCUM),
    Unit("mmol/L", "amount concentration", Decimal("0.001"), UCUM),
    Unit("umol/L", "amount concentration", Decimal("0.000001"), UCUM),
)

ANALYTES = MappingProxyType(
    {
        "glucose": Analyte(
            "glucose",
            Decimal("180.156"),
            "Molar mass of C6H12O6, IUPAC atomic weights: 1 mmol/L is 18.0156 mg/dL",
        ),
    }
)

_BY_AMOUNT = {"mass concentration", "amount concentration"}


def convert(value: Decimal, from_unit: str, to_unit: str, analyte: str | None = None) -> Decimal:
    """Convert `value` between two UCUM units.

    >>> convert(Decimal("5.5"), "mmol/L", "mg/dL", analyte="glucose")
    Decimal('99.0858')

    Raises `UnitError` for an unknown unit, unlike dimensions, or mass to moles without a
    known analyte.
    """
    source, target = _unit(from_unit), _unit(to_unit)
    if source == target:
        return value
    with localcontext() as context:
        context.prec = PRECISION
        factor = _crossing(source, target, analyte)
        return +_tidy(value * source.size * factor / target.size)


def _unit(code: str) -> Unit:
    if code not in UNITS:
        raise UnitError("unit", Sentence(UNKNOWN_UNIT, {"unit": code}), UCUM)
    return UNITS[code]


def _crossing(source: Unit, target: Unit, analyte: str | None) -> Decimal:
    """What to multiply by when the base units differ; 1 within a dimension."""
    if source.dimension == target.dimension:
        return Decimal(1)
    names = {"from_unit": source.code, "to_unit": target.code}
    if {source.dimension, target.dimension} != _BY_AMOUNT:
        raise UnitError("unit", Sentence(UNLIKE, names), UCUM)
    if analyte is None or analyte not in ANALYTES:
        raise UnitError("analyte", Sentence(NEEDS_ANALYTE, names), UCUM)
    grams = ANALYTES[analyte].molar_mass
    return grams if source.dimension == "amount concentration" else 1 / grams


def _tidy(value: Decimal) -> Decimal:
    """Drop the noise of the last two digits and the zeros nobody typed."""
    if not value:
        return Decimal(0)
    with localcontext() as context:
        context.prec = PRECISION - 4
        rounded = (+value).normalize()
    return Decimal(format(rounded, "f"))
