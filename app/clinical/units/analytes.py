"""What a concentration is of: the table that turns grams into moles, read when first needed.

Each row of analytes.json names its source. Looked up by key, by any usual name, or by a
LOINC code; capitals, spaces and signs in a name do not matter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Bridge:
    """From one unit to another that is no mere multiple: `to = from * factor + add`.

    `least` and `most`, in `from_unit`, bound what there can be: a share of the whole.
    """

    from_unit: str
    to_unit: str
    factor: Decimal
    add: Decimal
    molar_mass: Decimal | None
    source: str
    note: str = ""
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Analyte:
    """One substance. `never` says which crossings are refused: "moles", "any" or none."""

    key: str
    title: str
    names: frozenset[str]
    loinc: tuple[str, ...]
    bridges: tuple[Bridge, ...]
    source: str
    never: str = ""


def find(name: str) -> Analyte | None:
    """The analyte under a key, a usual name or a LOINC code."""
    return _by_name().get(_spelled(name))


@cache
def table() -> Mapping[str, Analyte]:
    """Every analyte, key -> row, in the order of the file."""
    file = resources.files("app.clinical.units").joinpath("analytes.json")
    read = json.loads(file.read_text("utf-8"))
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in (*read["factors"], *read["affine"], *read["never"]):
        rows.setdefault(row["analyte"], []).append(row)
    return MappingProxyType({key: _analyte(key, found) for key, found in rows.items()})


def _analyte(key: str, rows: list[Mapping[str, Any]]) -> Analyte:
    names = {key, *(name for row in rows for name in row["names"])}
    return Analyte(
        key=key,
        title=rows[0]["title"],
        names=frozenset(names),
        loinc=tuple(code for row in rows for code in row["loinc"]),
        bridges=tuple(_bridge(row) for row in rows if "factor" in row),
        source=rows[0]["source"],
        never=rows[0].get("only", ""),
    )


def _bridge(row: Mapping[str, Any]) -> Bridge:
    mass, least, most = (
        Decimal(row[key]) if row.get(key) else None for key in ("molar_mass", "least", "most")
    )
    return Bridge(
        from_unit=row["from"],
        to_unit=row["to"],
        factor=Decimal(row["factor"]),
        add=Decimal(row.get("add", "0")),
        molar_mass=mass,
        source=row["source"],
        note=row.get("note", ""),
        least=least,
        most=most,
    )


@cache
def _by_name() -> Mapping[str, Analyte]:
    return {
        _spelled(name): analyte
        for analyte in table().values()
        for name in (*analyte.names, *analyte.loinc)
    }


def _spelled(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
