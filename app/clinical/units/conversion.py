"""Turning a value in one unit into the same quantity in another, or refusing to."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, TypeVar

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence
from app.clinical.units.paths import UNLIKE, Path, known_path, path_between, refusal, unit
from app.clinical.units.unit import PRECISION, UCUM, Unit, dimensions, raised

Number = TypeVar("Number", Decimal, float)

NOT_A_NUMBER = N_("A number that can be measured is needed here, at most %(most)s.")

# Far beyond every quantity in medicine, in any unit.
MOST = Decimal(10) ** 30
FURTHEST_EXPONENT = 60
# UCUM writes the number one as "1" or as nothing. Where one quantity is converted, nothing is a
# unit forgotten, and refused.
UNITY = "1"
# Digits of an answer: enough that there and back returns the digits that were typed.
DIGITS = 30


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
    `ClinicalInputError` for what is no number, absurdly large, below absolute zero, or an
    HbA1c below 0 or above 100 %.
    """
    number = decimal(value)
    path = _way(from_unit, to_unit, analyte)
    if path.bounds is not None:
        path.bounds.check(number, str(from_unit))
    return _walked(path, number, value)


def reckon(value: Number, from_unit: str, to_unit: str, analyte: str | None = None) -> Number:
    """As `convert`, without asking whether there can be so much: for a number still in doubt."""
    return _walked(_way(from_unit, to_unit, analyte), decimal(value), value)


def _way(from_unit: object, to_unit: object, analyte: object) -> Path:
    return known_path(str(from_unit), str(to_unit), str(analyte) if analyte else None)


def _walked(path: Path, number: Decimal, value: Number) -> Number:
    if path.stays:
        return value
    with localcontext(prec=PRECISION):
        answer = _tidy(path.walk(number))
    alike: Number = _alike(answer, value)
    return alike


def multiply(value: Number, unit: str, by: Number, by_unit: str, into: str = "1") -> Number:
    """The product of two quantities, in the unit `into`; no unit at all is UCUM's unity."""
    product: Number = _alike(_combined((value, unit), (by, by_unit), into, 1), value)
    return product


def divide(value: Number, unit: str, by: Number, by_unit: str, into: str = "1") -> Number:
    """The quotient of two quantities, in the unit `into`; no unit at all is UCUM's unity."""
    if not by:
        raise _not_a_number()
    quotient: Number = _alike(_combined((value, unit), (by, by_unit), into, -1), value)
    return quotient


def _combined(one: tuple[object, str], other: tuple[object, str], into: str, power: int) -> Decimal:
    left, right = unit(one[1] or UNITY), unit(other[1] or UNITY)
    if left.offset or right.offset:
        raise refusal(UNLIKE, left, right)
    with localcontext(prec=PRECISION):
        made = Unit(
            code=f"{left.code} {right.code}",
            size=left.size * right.size**power,
            dimensions=dimensions([*left.dimensions, *raised(right.dimensions, power)]),
        )
        number = decimal(one[0]) * decimal(other[0]) ** power
        return _tidy(path_between(made, unit(into or UNITY), None).walk(number))


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


def _tidy(value: Decimal) -> Decimal:
    """Drop the noise of the last digits and the zeros nobody typed."""
    if not value:
        return Decimal(0)
    if abs(value.adjusted()) > FURTHEST_EXPONENT:
        raise _not_a_number()
    with localcontext(prec=DIGITS):
        rounded = (+value).normalize()
    return Decimal(format(rounded, "f"))
