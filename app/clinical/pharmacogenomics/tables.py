"""The shipped tables, read once.

`genes.csv` says how each gene's phenotype is found, with source and version; `alleles.csv`
the function, and where it is scored the activity value, of each known allele; `pairs.csv`
the phenotype of two functions ("any" stands for whatever else, and pairs that are not there
are indeterminate); `bands.csv` the phenotype of a score. `drugs.csv` and
`recommendations.csv` condense what the guidelines advise. CPIC's content is CC0 1.0.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from app.clinical.pharmacogenomics.names import AT_LEAST, two_fields

# Scores move in steps of a quarter, so they are held as whole quarters and compared exactly.
STEPS = 4

_RS = re.compile(r"(rs\d+) (?:reference|variant) \((\S+)\)")
_NICKNAMED = re.compile(r"(.+) \((\*?\w+)\)")
# VKORC1 lies on the minus strand: the rs number's C is the G of the name -1639G>A.
_VKORC1 = {"C": ("G", "-1639G"), "T": ("A", "-1639A")}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one shipped table."""
    folder = resources.files("app.clinical.pharmacogenomics")
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@dataclass(frozen=True)
class Gene:
    """One gene: what it does, how its phenotype is found, whence."""

    symbol: str
    title: str
    method: str
    alleles: int
    copies: tuple[int, ...]  # how many alleles one person can carry
    source: str
    version: str
    scored: bool  # whether the phenotype is a band of the activity score


@dataclass(frozen=True, slots=True)
class Allele:
    """An allele's function; `quarters` is its activity value times four.

    `at_least` marks a value that is a lower bound: three or more copies.
    """

    name: str
    function: str
    quarters: int | None = None
    at_least: bool = False


@dataclass(frozen=True)
class Band:
    """A phenotype for scores from `start` up to, not including, `end`, in quarters."""

    phenotype: str
    start: int
    end: int | None


def _named_allele(row: dict[str, str], name: str) -> Allele:
    value = row["activity"]
    if not value:
        return Allele(name, row["function"])
    quarters = int(float(value.lstrip(AT_LEAST)) * STEPS)
    return Allele(name, row["function"], quarters, value.startswith(AT_LEAST))


# What alleles were called before.
_OTHER_NAMES = {
    ("G6PD", "B (reference)"): ("B (wildtype)", "B"),
    # The star name of the sequence without any variant, before DPYD was told by variants.
    ("DPYD", "Reference"): ("*1",),
}


def key(allele: str) -> str:
    """What an allele is looked up by: no spaces around the plus sign, parts in order."""
    if " + " not in allele and not allele.startswith("*"):
        return allele
    return "+".join(sorted(part.strip() for part in allele.split("+")))


def _aliases(gene: str, name: str) -> Iterator[str]:
    yield key(name)
    yield from _OTHER_NAMES.get((gene, name), ())
    if (rs := _RS.fullmatch(name)) is not None:
        yield from (rs[2], f"{rs[1]} {rs[2]}")
        if gene == "VKORC1":
            yield from _VKORC1[rs[2]]
    elif gene == "DPYD" and (nick := _NICKNAMED.fullmatch(name)) is not None:
        yield from (nick[1], nick[2])
    elif gene == "MT-RNR1":
        yield name.removeprefix("m.")
    elif gene == "G6PD" and ", " in name:
        yield from name.split(", ")


@cache
def alleles() -> dict[str, dict[str, Allele]]:
    """Gene to every spelling of its known alleles.

    An allele's own name wins over another's short form.
    """
    found: dict[str, dict[str, Allele]] = defaultdict(dict)
    short: list[tuple[str, str, Allele]] = []
    for row in rows("alleles"):
        for name in row["alleles"].split("; "):
            own, *others = _aliases(row["gene"], name)
            allele = found[row["gene"]][own] = _named_allele(row, name)
            short += [(row["gene"], other, allele) for other in others]
    for gene, other, allele in short:
        found[gene].setdefault(other, allele)
    return dict(found)


@cache
def in_any_case(gene: str) -> dict[str, Allele]:
    """Every spelling of the gene's alleles, casefolded; none that two alleles would share."""
    found: dict[str, set[Allele]] = defaultdict(set)
    for spelling, allele in alleles()[gene].items():
        found[spelling.casefold()].add(allele)
    return {folded: next(iter(each)) for folded, each in found.items() if len(each) == 1}


@cache
def watched(gene: str) -> tuple[str, ...]:
    """The HLA alleles that guidelines name."""
    return tuple(two_fields(name) for name in alleles()[gene])


@cache
def pairs() -> dict[str, dict[tuple[str, str], str]]:
    """Gene to pairs of functions, in both orders, and their phenotype."""
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in rows("pairs"):
        found[row["gene"]][row["one"], row["other"]] = row["phenotype"]
        found[row["gene"]][row["other"], row["one"]] = row["phenotype"]
    return dict(found)


@cache
def bands() -> dict[str, tuple[Band, ...]]:
    """Gene to the bands of its activity score, lowest first."""
    found: dict[str, list[Band]] = defaultdict(list)
    for row in rows("bands"):
        end = int(float(row["below"]) * STEPS) if row["below"] else None
        found[row["gene"]].append(Band(row["phenotype"], int(float(row["from"]) * STEPS), end))
    return {gene: tuple(each) for gene, each in found.items()}


def _genes() -> dict[str, Gene]:
    counted = {gene: len({a.name for a in each.values()}) for gene, each in alleles().items()}
    return {
        row["gene"]: Gene(
            symbol=row["gene"],
            title=row["title"],
            method=row["method"],
            alleles=counted[row["gene"]],
            copies=tuple(int(number) for number in row["copies"].split("-")),
            source=row["source"],
            version=row["version"],
            scored=row["method"].startswith("activity score"),
        )
        for row in rows("genes")
    }


GENES: dict[str, Gene] = _genes()
