"""From diplotype to phenotype by rule, beside a dictionary that holds every answer.

The dictionary is the same table written out: every pair of the genes' alleles, both ways
round. It is the fastest rival there is; what it costs is the memory, and that no copy
number or tandem outside it is understood.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from itertools import cycle, islice, product
from statistics import median
from time import perf_counter
from typing import TypeVar

from app.clinical.pharmacogenomics import parse_outside_calls, phenotype, tables
from benchmarks.figures import Figure

GENES = ("CYP2B6", "CYP2C19", "CYP2C9", "CYP2D6", "DPYD", "SLCO1B1", "TPMT", "UGT1A1")
COUNT = 100_000
ROUNDS = 5
PER_SECOND_AIM = 100_000

Answers = dict[tuple[str, str], str]
Kept = TypeVar("Kept")


def measure() -> Iterator[Figure]:
    """Diplotypes per second and the memory of each side, medians of five rounds in turn."""
    asked = list(islice(cycle(_pairs()), COUNT))
    rule_bytes, _ = _held(_load)
    table_bytes, answers = _held(_written_out)
    if any(_by_rule(each) != answers[each] for each in asked):
        raise RuntimeError("the rule and the dictionary disagree")
    turns = [(_rate(asked, _by_rule), _rate(asked, answers.__getitem__)) for _ in range(ROUNDS)]
    ours, theirs = (median(side) for side in zip(*turns, strict=True))
    ratio = median(one / other for one, other in turns)
    yield Figure("diplotype to phenotype, dictionary look-up", "per second", ours, theirs, ratio)
    yield Figure(
        "diplotype to phenotype, against the rate asked for",
        "per second",
        ours,
        PER_SECOND_AIM,
        ours / PER_SECOND_AIM,
        aim=1.0,
    )
    read = median(_lines_per_second(asked) for _ in range(ROUNDS))
    yield Figure(
        "lines of an outside-call table, against the rate asked for",
        "per second",
        read,
        PER_SECOND_AIM,
        read / PER_SECOND_AIM,
        aim=1.0,
    )
    yield Figure(
        "memory of the rule's tables, of the dictionary",
        "MB",
        rule_bytes / 1e6,
        table_bytes / 1e6,
        rule_bytes / table_bytes,
        aim=1.0,
        more_is_better=False,
    )


def _pairs() -> Iterator[tuple[str, str]]:
    for gene in GENES:
        names = sorted({allele.name for allele in tables.alleles()[gene].values()})
        for one, other in product(names, names):
            yield gene, f"{one}/{other}"


def _by_rule(asked: tuple[str, str]) -> str:
    return phenotype(*asked).phenotype


def _load() -> object:
    """The rule's tables anew, as a fresh program would hold them."""
    kept = (tables.alleles, tables.pairs, tables.bands)
    for table in kept:
        table.cache_clear()
    return [table() for table in kept]


def _written_out() -> Answers:
    return {each: phenotype(*each).phenotype for each in _pairs()}


def _held(make: Callable[[], Kept]) -> tuple[int, Kept]:
    """The bytes that what is made goes on holding."""
    tracemalloc.start()
    made = make()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held, made


def _lines_per_second(asked: list[tuple[str, str]]) -> float:
    text = "\n".join("\t".join(each) for each in asked)
    started = perf_counter()
    calls = parse_outside_calls(text)
    return len(calls) / (perf_counter() - started)


def _rate(asked: list[tuple[str, str]], answer: Callable[[tuple[str, str]], str]) -> float:
    started = perf_counter()
    for each in asked:
        answer(each)
    return len(asked) / (perf_counter() - started)
