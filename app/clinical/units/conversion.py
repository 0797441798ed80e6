"""Turning a value in one unit into the same quantity in another, or refusing to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any, TypeVar

from app.clinical.errors import ClinicalInputError, UnitError
from app.clinical.sentences import N_, Sentence, Value
from app.clinical.units import analytes, ucum
from app.clinical.units.analytes import Analyte, Bridge
from app.clinical.units.unit import PRECISION, UCUM, Unit, difference, dimensions, raised

Number = TypeVar("Number", Decimal, float)

UNLIKE = N_("%(from_unit)s cannot be turned into %(to_unit)s.")
NEEDS_ANALYTE = N_("To turn %(from_unit)s into %(to_unit)s we must know what was measured.")
NEVER = N_("A result in %(from_unit)s cannot be turned into %(to_unit)s. It stays as reported.")
NOT_A_NUMBER = N_("A number is needed here, no larger than %(most)s.")

# Far beyond every quantity in medicine, in any unit.
MOST = Decimal(10) ** 30
LEAST_EXPONENT = -60
# Digits of an answer: enough that there and back returns the digits that were typed.
DIGITS = 30

MOLAR_MASS = "Grams and moles meet only in a molar mass: units.ANALYTES"

# Written by laboratories and telephones, and not UCUM. Nothing else is guessed at.
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "uIU/mL": "u[IU]/mL",
        "mIU/L": "m[IU]/L",
        # Apple HealthKit's millimole names the molar mass of glucose.
        "mmol<180.1558800000541>/L": "mmol/L",
    }
)
# Remarks that make a number mean something of its own: a ratio or a count of dilutions.
OF_ITS_OWN = re.compile(r"\[pH\]|\{[^}]*(?:\binr\b|tit(?:er|re))[^}]*\}", re.IGNORECASE)


def convert(value: Number, from_unit: str, to_unit: str, analyte: str | None = None) -> Number:
    """Convert `value` between two UCUM units; Decimal in, Decimal out, else a float.

    >>> convert(Decimal("5.5"), "mmol/L", "mg/dL", analyte="glucose")
    Decimal('99.0858')
    >>> convert(Decimal("98.6"), "[degF]", "Cel")
    Decimal('37')

    Grams become moles only for a known `analyte` (a key, a usual name or a LOINC code of
    units.ANALYTES), and HbA1c becomes mmol/mol by the NGSP and IFCC master equation. Remarks
    in braces count for nothing, as UCUM says.

    Raises `UnitError` for an unknown unit, unlike dimensions, a missing analyte, and what
    has no conversion at all: Lp(a) between grams and moles, pH, INR, titres. Raises
    `ClinicalInputError` for what is no number, or absurdly large.
    """
    number = decimal(value)
    source, target = _unit(from_unit), _unit(to_unit)
    if source.code == target.code:
        return value
    with localcontext(prec=PRECISION):
        found = _converted(number, source, target, analyte)
        answer = _tidy(found)
    alike: Number = _alike(answer, value)
    return alike


def multiply(value: Number, unit: str, by: Number, by_unit: str, into: str = "1") -> Number:
    """The product of two quantities, in the unit `into`."""
    product: Number = _alike(_combined((value, unit), (by, by_unit), into, 1), value)
    return product


def divide(value: Number, unit: str, by: Number, by_unit: str, into: str = "1") -> Number:
    """The quotient of two quantities, in the unit `into`."""
    if not by:
        raise _not_a_number()
    quotient: Number = _alike(_combined((value, unit), (by, by_unit), into, -1), value)
    return quotient


def _combined(one: tuple[object, str], other: tuple[object, str], into: str, power: int) -> Decimal:
    left, right = _unit(one[1]), _unit(other[1])
    if left.offset or right.offset:
        raise _refusal(UNLIKE, left, right)
    with localcontext(prec=PRECISION):
        made = Unit(
            code=f"{left.code} {right.code}",
            size=left.size * right.size**power,
            dimensions=dimensions([*left.dimensions, *raised(right.dimensions, power)]),
        )
        number = decimal(one[0]) * decimal(other[0]) ** power
        return _tidy(_converted(number, made, _unit(into), None))


def _alike(answer: Decimal, given: object) -> Any:
    """Decimal in, Decimal out; a float or whole number in, a float out."""
    return answer if isinstance(given, Decimal) else float(answer)


def decimal(value: object) -> Decimal:
    """A number as a decimal; a float as it is written, so that 5.6 is 5.6.

    Raises `ClinicalInputError` for what is no number, or absurdly large.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float)):
        raise _not_a_number()
    number = Decimal(str(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) > MOST:
        raise _not_a_number()
    return number


def _not_a_number() -> ClinicalInputError:
    most = f"1 with {MOST.adjusted()} zeros"
    return ClinicalInputError("value", Sentence(NOT_A_NUMBER, {"most": most}), UCUM)


def _unit(code: str) -> Unit:
    return ucum.read(SPELLINGS.get(str(code), code))


def _refusal(text: str, source: Unit, target: Unit, why: str = UCUM) -> UnitError:
    codes: dict[str, Value] = {"from_unit": source.code, "to_unit": target.code}
    return UnitError("unit" if why == UCUM else "analyte", Sentence(text, codes), why)


def _converted(number: Decimal, source: Unit, target: Unit, name: str | None) -> Decimal:
    analyte = analytes.find(str(name)) if name else None
    _refuse_what_never_converts(source, target, analyte)
    for bridge, forward in _bridges(source, target, analyte):
        return _across(number, source, target, bridge, forward=forward)
    if source.dimensions == target.dimensions:
        if _might_be_a1c(source, target):
            raise _refusal(NEEDS_ANALYTE, source, target, MOLAR_MASS)
        return (number + source.offset) * source.size / target.size - target.offset
    known = {base for base, _ in difference(source.dimensions, target.dimensions)}
    missing = analyte is None and "mol" in known and known & {"g", "[iU]", "eq"}
    if missing:
        raise _refusal(NEEDS_ANALYTE, source, target, MOLAR_MASS)
    raise _refusal(UNLIKE, source, target)


def _refuse_what_never_converts(source: Unit, target: Unit, analyte: Analyte | None) -> None:
    if OF_ITS_OWN.search(source.code) or OF_ITS_OWN.search(target.code):
        raise _refusal(NEVER, source, target)
    if analyte is None or not analyte.never:
        return
    if analyte.never == "any" or source.dimensions != target.dimensions:
        raise _refusal(NEVER, source, target, analyte.source)


def _bridges(source: Unit, target: Unit, analyte: Analyte | None) -> Iterator[tuple[Bridge, bool]]:
    """The rows of the table that lead from source to target, forward or back."""
    for bridge in analyte.bridges if analyte else ():
        ends = _unit(bridge.from_unit), _unit(bridge.to_unit)
        if bridge.add:
            if _same(source, ends[0]) and _same(target, ends[1]):
                yield bridge, True
            if _same(source, ends[1]) and _same(target, ends[0]):
                yield bridge, False
        elif _leads(source, target, *ends):
            yield bridge, True
        elif _leads(target, source, *ends):
            yield bridge, False


def _same(one: Unit, other: Unit) -> bool:
    return (one.size, one.dimensions) == (other.size, other.dimensions)


def _leads(source: Unit, target: Unit, one: Unit, other: Unit) -> bool:
    """Whether a factor from `one` to `other` also serves here: in any volume, mass or time."""
    beyond = difference(source.dimensions, one.dimensions)
    if beyond != difference(target.dimensions, other.dimensions):
        return False
    return {base for base, _ in beyond} <= {"m", "s"}


def _across(
    number: Decimal, source: Unit, target: Unit, bridge: Bridge, *, forward: bool
) -> Decimal:
    one, other = _unit(bridge.from_unit), _unit(bridge.to_unit)
    if forward:
        there = number * source.size / one.size
        return (there * bridge.factor + bridge.add) * other.size / target.size
    back = number * source.size / other.size
    return (back - bridge.add) / bridge.factor * one.size / target.size


def _might_be_a1c(source: Unit, target: Unit) -> bool:
    """Per cent and mmol/mol are plain numbers to UCUM; of HbA1c they are two scales."""
    per_mole = ["mol/mol" in unit.code for unit in (source, target)]
    return not source.dimensions and per_mole[0] != per_mole[1]


def _tidy(value: Decimal) -> Decimal:
    """Drop the noise of the last digits and the zeros nobody typed."""
    if not value or value.adjusted() < LEAST_EXPONENT:
        return Decimal(0)
    if value.adjusted() > MOST.adjusted() * 2:
        raise _not_a_number()
    with localcontext(prec=DIGITS):
        rounded = (+value).normalize()
    return Decimal(format(rounded, "f"))
