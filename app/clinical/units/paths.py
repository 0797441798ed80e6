"""The way from one unit to another: found once, walked by every value, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import lru_cache
from types import MappingProxyType

from app.clinical.errors import ClinicalInputError, UnitError
from app.clinical.sentences import N_, Sentence, Value
from app.clinical.units import analytes, ucum
from app.clinical.units.analytes import Analyte, Bridge
from app.clinical.units.unit import PRECISION, UCUM, Unit, difference

UNLIKE = N_("%(from_unit)s cannot be turned into %(to_unit)s.")
NEEDS_ANALYTE = N_("To turn %(from_unit)s into %(to_unit)s we must know what was measured.")
TOO_COLD = N_("Nothing is colder than %(least)s %(unit)s.")
NO_SHARE = N_("This result can only be from %(least)s to %(most)s %(unit)s.")
NEVER = N_("A result in %(from_unit)s cannot be turned into %(to_unit)s. It stays as reported.")
ABSOLUTE_ZERO = "SI Brochure, 9th edition, BIPM 2019: 0 K is -273.15 degrees Celsius"
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


@dataclass(frozen=True)
class Bounds:
    """The least and the most there can be of something, with the sentence that says so."""

    least: Decimal
    most: Decimal | None
    text: str
    source: str

    def check(self, value: Decimal, code: str) -> None:
        """Refuse what cannot be with `ClinicalInputError`."""
        if self.least <= value and (self.most is None or value <= self.most):
            return
        said: dict[str, Value] = {"least": self.least, "unit": code}
        if self.most is not None:
            said["most"] = self.most
        raise ClinicalInputError("value", Sentence(self.text, said), self.source)


@dataclass(frozen=True)
class Path:
    """`(value + before) * times / over + after`: dividing last keeps 1/3 of 3 a whole number.

    `bounds` holds what the value can be at all. `stays` marks a way that leads nowhere else.
    """

    times: Decimal = Decimal(1)
    over: Decimal = Decimal(1)
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    bounds: Bounds | None = None
    stays: bool = False

    def walk(self, value: Decimal) -> Decimal:
        """Where a value ends up."""
        return (value + self.before) * self.times / self.over + self.after


STAY = Path(stays=True)


def unit(code: str) -> Unit:
    """The unit a code or one of the known spellings means; `UnitError` when it means none."""
    return ucum.read(SPELLINGS.get(code, code))


def refusal(text: str, source: Unit, target: Unit, why: str = UCUM) -> UnitError:
    """A refusal that names both units, and beside which field to say so."""
    codes: dict[str, Value] = {"from_unit": source.code, "to_unit": target.code}
    return UnitError("unit" if why == UCUM else "analyte", Sentence(text, codes), why)


@lru_cache(maxsize=1024)
def known_path(from_unit: str, to_unit: str, name: str | None) -> Path:
    """The way between two units, remembered: pages ask for the same few again and again."""
    source, target = unit(from_unit), unit(to_unit)
    analyte = analytes.find(name) if name else None
    with localcontext(prec=PRECISION):
        same = source.code == target.code
        path = STAY if same else path_between(source, target, analyte)
        return replace(path, bounds=_bounds(source, target, analyte))


def _bounds(source: Unit, target: Unit, analyte: Analyte | None) -> Bounds | None:
    """What a value in the source unit can be: not colder than cold, no share above the whole."""
    if source.offset or target.offset:
        # A plain kelvin may be a difference; beside a scale with a beginning it is a temperature.
        return Bounds(-source.offset, None, TOO_COLD, ABSOLUTE_ZERO)
    for bridge in analyte.bridges if analyte else ():
        one, other = unit(bridge.from_unit), unit(bridge.to_unit)
        if bridge.least is None or bridge.most is None or source.dimensions != one.dimensions:
            continue
        ends, scale = [bridge.least, bridge.most], one
        if _per_mole(source) == _per_mole(other):
            ends, scale = [end * bridge.factor + bridge.add for end in ends], other
        least, most = (end * scale.size / source.size for end in ends)
        return Bounds(least.normalize(), most.normalize(), NO_SHARE, bridge.source)
    return None


def path_between(source: Unit, target: Unit, analyte: Analyte | None) -> Path:
    """The way between two units; `UnitError` where there is none."""
    _refuse_what_never_converts(source, target, analyte)
    for path in _bridges(source, target, analyte):
        return path
    if source.dimensions == target.dimensions:
        if _might_be_a1c(source, target):
            raise refusal(NEEDS_ANALYTE, source, target, MOLAR_MASS)
        return Path(source.size, target.size, source.offset, -target.offset)
    apart = {base for base, _ in difference(source.dimensions, target.dimensions)}
    if analyte is None and "mol" in apart and apart & {"g", "[iU]", "eq"}:
        raise refusal(NEEDS_ANALYTE, source, target, MOLAR_MASS)
    raise refusal(UNLIKE, source, target)


def _refuse_what_never_converts(source: Unit, target: Unit, analyte: Analyte | None) -> None:
    if OF_ITS_OWN.search(source.code) or OF_ITS_OWN.search(target.code):
        raise refusal(NEVER, source, target)
    if analyte is None or not analyte.never:
        return
    if analyte.never == "any" or source.dimensions != target.dimensions:
        raise refusal(NEVER, source, target, analyte.source)


def _bridges(source: Unit, target: Unit, analyte: Analyte | None) -> Iterator[Path]:
    """The rows of the table that lead from source to target, forward or back."""
    for bridge in analyte.bridges if analyte else ():
        one, other = unit(bridge.from_unit), unit(bridge.to_unit)
        if bridge.add:
            yield from _scales(source, target, bridge)
        elif _leads(source, target, one, other):
            times = source.size * bridge.factor * other.size
            yield Path(times, one.size * target.size)
        elif _leads(target, source, one, other):
            over = other.size * bridge.factor * target.size
            yield Path(source.size * one.size, over)


def _scales(source: Unit, target: Unit, bridge: Bridge) -> Iterator[Path]:
    """Two scales that begin at different places, each in the table's own unit."""
    ends = [(end.size, end.dimensions) for end in map(unit, (bridge.from_unit, bridge.to_unit))]
    asked = [(end.size, end.dimensions) for end in (source, target)]
    if asked == ends:
        yield Path(times=bridge.factor, after=bridge.add)
    elif asked == ends[::-1]:
        yield Path(over=bridge.factor, before=-bridge.add)


def _leads(source: Unit, target: Unit, one: Unit, other: Unit) -> bool:
    """Whether a factor from `one` to `other` also serves here: in any volume, mass or time."""
    beyond = difference(source.dimensions, one.dimensions)
    if beyond != difference(target.dimensions, other.dimensions):
        return False
    return {base for base, _ in beyond} <= {"m", "s"}


def _might_be_a1c(source: Unit, target: Unit) -> bool:
    """Per cent and mmol/mol are plain numbers to UCUM; of HbA1c they are two scales."""
    return not source.dimensions and _per_mole(source) != _per_mole(target)


def _per_mole(one: Unit) -> bool:
    return "mol/mol" in one.code
