"""The whole of UCUM, read when a unit is asked for that is not an everyday one.

The grammar and the table are those of ucumvert (MIT; UCUM's own notice in NOTICE.txt). Its
numbers are floats by way of pint, which also lets international units turn into plain
numbers; so sizes are worked out here, in decimals, from the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.clinical.errors import UnitError
from app.clinical.sentences import N_, Sentence
from app.clinical.units.everyday import UNITS
from app.clinical.units.unit import PRECISION, UCUM, Dimensions, Unit, dimensions, raised

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

UNKNOWN_UNIT = N_("We do not know the unit “%(unit)s”.")

# The longest code in UCUM's own examples has 40 characters. A bound, because reading a code
# takes time that grows with its length.
MOST_CHARACTERS = 120
MOST_POWER = 99

# Counting these as so many single particles, as UCUM's definitions do, would let a mole, an
# equivalent of any charge and an osmole turn into each other unasked.
OWN_BASES = frozenset({"mol", "eq", "osm"})
# More digits than UCUM's table gives: see everyday.MERCURY.
FINER = MappingProxyType({"m[Hg]": "133.322387415"})
# The scales that begin elsewhere than at nothing: where zero lies, in steps of the scale.
SCALES = MappingProxyType(
    {"Cel": Decimal("273.15"), "[degF]": Decimal("459.67"), "[degRe]": Decimal("218.52")}
)


@dataclass(frozen=True)
class Atom:
    """One row of UCUM's table. Without a definition it is a base of its own."""

    name: str
    value: Decimal = Decimal(1)
    definition: str = ""


@dataclass(frozen=True)
class Part:
    """What a piece of a code comes to. A scale such as Cel keeps its zero only while alone."""

    size: Decimal = Decimal(1)
    dimensions: Dimensions = ()
    offset: Decimal = Decimal(0)
    scale: str = ""

    def plain(self) -> Part:
        """The part as a factor among others: steps of a scale are no longer a temperature."""
        if not self.scale:
            return self
        return Part(self.size, ((self.scale, 1),))

    def to_the(self, power: int) -> Part:
        """The part to a power."""
        part = self.plain()
        return Part(part.size**power, raised(part.dimensions, power))

    def times(self, other: Part) -> Part:
        """Two parts side by side."""
        one, two = self.plain(), other.plain()
        return Part(one.size * two.size, dimensions((*one.dimensions, *two.dimensions)))


def read(code: str) -> Unit:
    """The unit that a code means; `UnitError` when it means none."""
    if not isinstance(code, str):
        raise _unknown(str(code))
    return UNITS.get(code) or read_whole(code)


def valid(code: str) -> bool:
    """Whether a code is a unit in UCUM (case sensitive).

    >>> valid("mm[Hg]"), valid("mmHg"), valid("10+3/ul")
    (True, False, False)
    """
    try:
        read(code)
    except UnitError:
        return False
    return True


def name(code: str) -> str:
    """The parts of a unit in UCUM's own words: `(milligram) / (deciliter)`."""
    if not code:
        return "(unity)"
    read(code)
    return _worded(_tree(code))


@lru_cache(maxsize=1024)
def read_whole(code: str) -> Unit:
    """The unit as the whole of UCUM has it, whether everyday or not."""
    with localcontext(prec=PRECISION):
        part = _sized(_tree(code))
    return Unit(code, part.size, part.dimensions, UCUM, part.offset)


def _unknown(code: str) -> UnitError:
    return UnitError("unit", Sentence(UNKNOWN_UNIT, {"unit": code[:MOST_CHARACTERS]}), UCUM)


def _tree(code: str) -> Any:
    """The grammar's reading of a code."""
    from ucumvert import (  # type: ignore[import-untyped]  # published without types
        InvalidUcumError,
        parse_ucum,
    )

    if len(code) > MOST_CHARACTERS:
        raise _unknown(code)
    try:
        tree = parse_ucum(code, _grammar())
    except InvalidUcumError:
        raise _unknown(code) from None
    if any(_is_misread(node) for node in tree.iter_subtrees()):
        raise _unknown(code)
    return tree


@cache
def _grammar() -> Any:
    from ucumvert import get_ucum_parser

    return get_ucum_parser()


def _is_misread(node: Any) -> bool:
    """A bare number to a power (10+3), which the grammar lets through, or a power too far."""
    if node.data != "annotatable" or len(node.children) == 1:
        return False
    unit, power = node.children
    if abs(int(power)) > MOST_POWER:
        return True
    return getattr(unit, "data", "") == "simple_unit" and unit.children[0].type == "FACTOR"


def _sized(node: Any) -> Part:
    """Size and dimensions of a piece of the tree. A remark in braces counts for one."""
    if not hasattr(node, "children"):
        return Part()
    match node.data, node.children:
        case "simple_unit", found:
            return _simple(*found)
        case "annotatable", [one, power]:
            return _sized(one).to_the(int(power))
        case "main_term", [_, one]:
            return _sized(one).to_the(-1)
        case "term", [one, operator, other]:
            second = _sized(other)
            return _sized(one).times(second if operator == "." else second.to_the(-1))
        case _:
            return _sized(node.children[0])


def _simple(first: Any, atom: Any = None) -> Part:
    if atom is None:
        return Part(Decimal(str(first))) if first.type == "FACTOR" else _of_atom(str(first))
    part, factor = _of_atom(str(atom)), _prefixes()[str(first)].value
    return Part(factor * part.size, part.dimensions, part.offset / factor, part.scale)


@cache
def _of_atom(code: str) -> Part:
    atom = _atoms()[code]
    if not atom.definition:
        return Part(Decimal(1), ((code, 1),))
    defined = _sized(_tree(atom.definition))
    size = atom.value * defined.size
    if code in SCALES:
        return Part(size, defined.dimensions, SCALES[code], code)
    return Part(size, defined.dimensions)


def _worded(node: Any) -> str:
    if not hasattr(node, "children"):
        return str(node)
    match node.data, node.children:
        case "simple_unit", [*prefix, atom]:
            return _called(atom, *prefix)
        case "annotatable", [one, power]:
            return f"{_worded(one).removesuffix(')')} ^ {int(power)})"
        case "main_term", [_, one]:
            return f"1 / {_worded(one)}"
        case "term", [one, operator, other]:
            return f"{_worded(one)} {'*' if operator == '.' else '/'} {_worded(other)}"
        case _:
            return " ".join(_worded(one) for one in node.children)


def _called(atom: Any, *prefix: Any) -> str:
    if atom.type == "FACTOR":
        return str(atom)
    return f"({''.join(_prefixes()[each].name for each in prefix)}{_atoms()[atom].name})"


def _elements(tag: str) -> list[Element]:
    from ucumvert import xml_util

    return list(xml_util.root.findall(f".//{{*}}{tag}"))


@cache
def _prefixes() -> Mapping[str, Atom]:
    return {
        row.attrib["Code"]: Atom(_text(row), Decimal(_child(row, "value").attrib["value"]))
        for row in _elements("prefix")
    }


@cache
def _atoms() -> Mapping[str, Atom]:
    bases = {row.attrib["Code"]: Atom(_text(row)) for row in _elements("base-unit")}
    return bases | {row.attrib["Code"]: _atom(row) for row in _elements("unit")}


def _atom(row: Element) -> Atom:
    code, value = row.attrib["Code"], _child(row, "value")
    by_itself = row.get("isArbitrary") == "yes" and value.get("Unit") == "1"
    if by_itself or code in OWN_BASES:
        return Atom(_text(row))
    if code in SCALES:
        function = _child(value, "function")
        return Atom(_text(row), Decimal(function.attrib["value"]), function.attrib["Unit"])
    if row.get("isSpecial") == "yes":
        return Atom(_text(row))
    number = FINER.get(code, value.attrib["value"])
    return Atom(_text(row), Decimal(number), value.attrib["Unit"])


def _child(row: Element, tag: str) -> Element:
    found = row.find(f"{{*}}{tag}")
    if found is None:
        raise LookupError(f"a row of UCUM's table without {tag}")
    return found


def _text(row: Element) -> str:
    return _child(row, "name").text or ""
