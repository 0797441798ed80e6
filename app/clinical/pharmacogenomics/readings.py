"""What is known about a person's genes, brought to what guidance is looked up by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import diplotypes, names, partial, tables
from app.clinical.pharmacogenomics.calls import FORMAT, SUB_ALLELE, parse_outside_calls
from app.clinical.pharmacogenomics.diplotypes import Phenotype
from app.clinical.pharmacogenomics.names import INDETERMINATE
from app.clinical.pharmacogenomics.partial import Half
from app.clinical.pharmacogenomics.repeats import repeats_flagged
from app.clinical.pharmacogenomics.results import OutsideCall, checked, is_phenotype, meaning
from app.clinical.pharmacogenomics.tables import GENES, STEPS
from app.clinical.sentences import N_, Sentence

NOT_RESULTS = N_("Please give the results as genes with what was found, or as read from a file.")
UNREADABLE = N_("We cannot read the result for %(gene)s.")

# What would end the cell or the line of an outside-call table.
_ONE_CELL = str.maketrans("\t\n\r", "   ")

# A score as quarters, or words such as "poor metabolizer", "*57:01 positive".
Key = int | str


@dataclass(frozen=True)
class Reading:
    """One gene: every key that a result leaves open, and what is doubtful about it."""

    gene: str
    keys: frozenset[Key]
    conflicts: tuple[Sentence, ...]
    warnings: tuple[Sentence, ...]
    shown: str
    diplotypes: frozenset[str] = frozenset()  # as they were used
    halves: tuple[Half, ...] = ()  # known alleles beside unknown ones
    markers: tuple[tuple[str, str], ...] = ()  # HLA alleles, and what each may be


Genotypes = Mapping[str, Any] | Iterable[OutsideCall | Phenotype]


def readings(genotypes: Genotypes) -> dict[str, Reading]:
    """Gene to reading. Genes we have no table for are left out: they decide nothing here."""
    found: dict[str, Reading] = {}
    known = [_seen(call) for call in _calls(genotypes) if call.gene in GENES]
    for call in repeats_flagged(_copies_joined(known)):
        reading = _reading(call)
        before = found.get(call.gene)
        if reading is not None:
            found[call.gene] = reading if before is None else _joined(before, reading)
    return found


def _seen(call: OutsideCall) -> OutsideCall:
    return call if call.conflicts or call.warnings else checked(call)


def _copies_joined(calls: list[OutsideCall]) -> list[OutsideCall]:
    """The calls, where two lines that name one HLA allele each are a person's two copies.

    The same allele twice may be one copy told twice, so it stays one.
    """
    single: dict[str, dict[str, OutsideCall]] = defaultdict(dict)
    for call in calls:
        if call.gene.startswith("HLA-") and call.diplotype is not None:
            key = "/".join(map(names.two_fields, names.strands(call.gene, call.diplotype)))
            single[call.gene].setdefault(key, call)
    joined = {
        gene: _both_copies(*each.values())
        for gene, each in single.items()
        if len(each) == 2 and not any("/" in key for key in each)  # noqa: PLR2004 - two copies
    }
    others = [each for each in calls if each.gene not in joined or each.diplotype is None]
    return [*others, *joined.values()]


def _both_copies(one: OutsideCall, other: OutsideCall) -> OutsideCall:
    stated = dict.fromkeys(each for each in (one.phenotype, other.phenotype) if each)
    reread = [each for each in (*one.warnings, *other.warnings) if each.text == SUB_ALLELE]
    call = replace(
        one,
        diplotype=f"{one.diplotype}/{other.diplotype}",
        phenotype=", ".join(stated) or None,
        warnings=tuple(reread),
        conflicts=(),
    )
    return checked(call)


def _joined(one: Reading, other: Reading) -> Reading:
    """Two results for one gene: what holds for either is said."""
    shown = one.shown if one.shown == other.shown else f"{one.shown}, {other.shown}"
    return Reading(
        one.gene,
        one.keys | other.keys,
        tuple(dict.fromkeys(one.conflicts + other.conflicts)),
        tuple(dict.fromkeys(one.warnings + other.warnings)),
        shown,
        one.diplotypes | other.diplotypes,
        tuple(dict.fromkeys(one.halves + other.halves)),
        tuple(dict.fromkeys(one.markers + other.markers)),
    )


def _calls(genotypes: object) -> Iterator[OutsideCall]:
    match genotypes:
        case Mapping():
            for gene, told in genotypes.items():
                yield from _told(str(gene).strip().upper(), told)
        case str() | bytes():
            raise ClinicalInputError("genotypes", Sentence(NOT_RESULTS), FORMAT)
        case Iterable():
            for each in genotypes:
                if not isinstance(each, OutsideCall | Phenotype):
                    raise ClinicalInputError("genotypes", Sentence(NOT_RESULTS), FORMAT)
                yield from _told(each.gene, each)
        case _:
            raise ClinicalInputError("genotypes", Sentence(NOT_RESULTS), FORMAT)


def _told(gene: str, told: object) -> Iterator[OutsideCall]:
    match told:
        case None:
            return
        case OutsideCall():
            yield told
        case Phenotype():
            yield OutsideCall(gene, told.diplotype or None)
        case str():
            yield _written(gene, told)
        case Mapping():
            yield _mapped(gene, told)
        case list() | tuple():
            for each in told:
                yield from _told(gene, each)
        case _:
            raise ClinicalInputError(gene, Sentence(UNREADABLE, {"gene": gene}), FORMAT)


def _written(gene: str, text: str) -> OutsideCall:
    """Bare text is a phenotype where it is one's name, else a diplotype."""
    told = names.stated_markers(text.replace(gene, "")) if gene.startswith("HLA-") else text
    words = names.normalise_phenotype(told)
    if is_phenotype(gene, words):
        return OutsideCall(gene, phenotype=words)
    return _spelt(gene, text, "", "")


def _mapped(gene: str, told: Mapping[str, Any]) -> OutsideCall:
    stated = told.get("phenotypes") or told.get("phenotype") or ""
    words = stated if isinstance(stated, str) else ", ".join(str(each) for each in stated)
    return _spelt(gene, told.get("diplotype") or "", words, told.get("activity_score") or "")


def _spelt(gene: str, diplotype: object, phenotype: str, score: object) -> OutsideCall:
    fields = [str(each).translate(_ONE_CELL) for each in (diplotype, phenotype, score)]
    if not any(field.strip() for field in fields):
        return OutsideCall(gene)
    (call,) = parse_outside_calls("\t".join([gene, *fields]))
    return call


def _reading(call: OutsideCall) -> Reading | None:
    found = None if call.diplotype is None else diplotypes.phenotype(call.gene, call.diplotype)
    keys = _scores(call, found) if GENES[call.gene].scored else _words(call, found)
    if not keys and found is None and call.phenotype is None and call.activity_score is None:
        return None
    return Reading(
        call.gene,
        frozenset(keys or {INDETERMINATE.casefold()}),
        call.conflicts,
        call.warnings,
        _shown(call, found),
        frozenset({found.diplotype} if found is not None else ()),
        partial.halves(found) if found is not None else (),
        tuple(partial.possible_markers(found)) if found is not None else (),
    )


def _shown(call: OutsideCall, found: Phenotype | None) -> str:
    """The phenotype, or each of those that contradict one another."""
    derived = found.phenotype if found is not None else None
    told = [meaning(call.gene, call.activity_score), call.phenotype, derived]
    known = [words for words in told if words not in (None, INDETERMINATE)]
    return ", ".join(dict.fromkeys(str(words) for words in known)) or INDETERMINATE


def _words(call: OutsideCall, found: Phenotype | None) -> set[Key]:
    """Stated and derived words; where they differ, both."""
    stated = call.phenotype.casefold().split(", ") if call.phenotype else []
    derived = [each.casefold() for each in found.phenotypes] if found is not None else []
    told = [each for each in derived if each != INDETERMINATE.casefold()]
    keys: set[Key] = {*stated, *(told if stated else derived)}
    if derived and call.gene.startswith("HLA-"):
        open_still = len(keys) < len(tables.watched(call.gene))
        keys |= {INDETERMINATE.casefold()} if open_still else set()
    return keys


def _scores(call: OutsideCall, found: Phenotype | None) -> set[Key]:
    """Quarters of the score, stated and derived; of a bare phenotype, its whole band."""
    stated = names.lower_bound(call.activity_score or "")
    keys: set[Key] = set()
    if stated is not None:
        keys.add(round(stated * STEPS))
    derived = names.lower_bound((found.activity_score or "") if found is not None else "")
    if derived is not None:
        keys.add(round(derived * STEPS))
    if call.phenotype is not None and not _covered(call, keys):
        keys |= _band(call.gene, call.phenotype)
    return keys


def _covered(call: OutsideCall, keys: set[Key]) -> bool:
    """Whether a score already says what the stated phenotype says."""
    return any(
        isinstance(each, int)
        and diplotypes.band(call.gene, each).casefold() == str(call.phenotype).casefold()
        for each in keys
    )


def _band(gene: str, phenotype: str) -> set[Key]:
    for each in tables.bands()[gene]:
        if each.phenotype.casefold() == phenotype.casefold():
            # The highest band has no end; its first step stands for all of it.
            return set(range(each.start, each.end or each.start + 1))
    return set()
