"""From two alleles to a phenotype, by rule.

Where the guideline scores activity (CYP2C9, CYP2D6, DPYD) the alleles' values are added
and the sum falls into a band; a duplicated CYP2D6 allele counts as often as it is there,
and a tandem counts as the sum of its parts (doi 10.1111/cts.12692). Elsewhere the pair of
allele functions decides. An allele that is unknown or untested is never taken as normal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import names, tables
from app.clinical.pharmacogenomics.names import AT_LEAST, INDETERMINATE, NOT_APPLICABLE
from app.clinical.pharmacogenomics.tables import GENES, STEPS, Allele, Gene
from app.clinical.sentences import N_, Sentence

UNASSIGNED = "unassigned"
# Genes whose alleles are single variants, so that a strand may carry several.
WEAKEST_COUNTS = ("DPYD", "RYR1")
# The table's own limit: from three copies on only "three or more" is reported.
COUNTED_COPIES = 3

NOT_A_GENE = N_("We do not know a gene called %(gene)s. These are known: %(known)s.")
NOT_TEXT = N_("A genetic result is text of at most %(most)s signs, such as *1/*2.")
TOO_MANY = N_("“%(result)s” names more than two alleles. Please give one result for each line.")
SOURCE = "CPIC allele function tables"


class Phenotype(NamedTuple):
    """What a pair of alleles means. The alleles are in natural order, *1 before *2.

    `activity_score` is None where the gene has no score and "n/a" where it cannot be
    told. For HLA genes each allele that guidelines name is in `phenotypes` by itself.
    """

    gene: str
    phenotype: str
    activity_score: str | None
    alleles: tuple[Allele, ...]
    phenotypes: tuple[str, ...]

    @property
    def allele1(self) -> str | None:
        """The first allele, as it was used."""
        return self.alleles[0].name if self.alleles else None

    @property
    def allele2(self) -> str | None:
        """The second allele, as it was used."""
        return self.alleles[1].name if len(self.alleles) > 1 else None

    @property
    def diplotype(self) -> str:
        """The alleles as they were used."""
        return "/".join(allele.name for allele in self.alleles)

    @property
    def recommendation_lookup_key(self) -> str:
        """What guidance is looked up by: the score where there is one."""
        return self.phenotype if self.activity_score is None else self.activity_score

    @property
    def allele_function(self) -> str:
        """The functions of both alleles in the words of a PharmCAT report."""
        found = sorted(_spoken(allele) for allele in self.alleles if allele.function)
        if len(found) < 2:  # noqa: PLR2004 - a person carries two alleles
            return f"One {found[0]} allele" if found else NOT_APPLICABLE
        if found[0] == found[1]:
            return f"Two {found[0]} alleles"
        return f"One {found[0]} allele and one {found[1]} allele"

    @property
    def source(self) -> str:
        """Where the rule comes from."""
        return GENES[self.gene].source

    @property
    def version(self) -> str:
        """The version of the allele table."""
        return GENES[self.gene].version


def unknown_alleles(found: Phenotype) -> list[str]:
    """The alleles that are in no table, and HLA alleles that are not told finely enough."""
    if found.gene.startswith("HLA-"):
        return [each.name for each in found.alleles if not names.is_two_fields(each.name)]
    return [each.name for each in found.alleles if each.function == UNASSIGNED]


def known_gene(gene: object) -> Gene:
    """The gene under its symbol, in any case; refuses what is not in the table."""
    found = None
    if isinstance(gene, str):
        found = GENES.get(gene) or GENES.get(gene.strip().upper())
    if found is None:
        values = {"gene": str(gene)[:40], "known": ", ".join(GENES)}
        raise ClinicalInputError("gene", Sentence(NOT_A_GENE, values), SOURCE)
    return found


def phenotype(gene: str, diplotype: str | None) -> Phenotype:
    """The phenotype of a diplotype, whichever order the alleles are in.

    No result, and any allele that is unknown, give "Indeterminate". Raises
    `ClinicalInputError` for a gene not in `GENES`, for more than two alleles, and for
    what is not short text.
    """
    row = known_gene(gene)
    if diplotype is None:
        return _nothing(row)
    _refuse_unless_short_text(diplotype)
    plain = as_tabled(row.symbol, diplotype)
    return _read(row, diplotype) if plain is None else _combined(row, *plain)


def as_tabled(gene: str, diplotype: str) -> tuple[Allele, Allele] | None:
    """Both alleles where they stand in the table's own spelling, as nearly always."""
    known = tables.alleles().get(gene)
    if known is None or gene.startswith("HLA-"):
        return None
    one, _, other = diplotype.partition("/")
    first, second = known.get(one), known.get(other)
    return None if first is None or second is None else (first, second)


def _refuse_unless_short_text(diplotype: object) -> None:
    if not isinstance(diplotype, str) or len(diplotype) > names.MAX_CHARACTERS:
        sentence = Sentence(NOT_TEXT, {"most": names.MAX_CHARACTERS})
        raise ClinicalInputError("diplotype", sentence, SOURCE)


def _read(gene: Gene, diplotype: str) -> Phenotype:
    if names.is_missing(diplotype):
        return _nothing(gene)
    strands = names.strands(gene.symbol, diplotype)
    if len(strands) > 2:  # noqa: PLR2004 - a person carries two alleles
        values = {"result": diplotype[:80]}
        raise ClinicalInputError("diplotype", Sentence(TOO_MANY, values), SOURCE)
    if gene.symbol.startswith("HLA-"):
        return _carried(gene, strands)
    return _combined(gene, *(_allele(gene.symbol, strand) for strand in strands))


def _nothing(gene: Gene) -> Phenotype:
    score = NOT_APPLICABLE if gene.scored else None
    return Phenotype(gene.symbol, INDETERMINATE, score, (), (INDETERMINATE,))


def _allele(gene: str, strand: str) -> Allele:
    known = tables.alleles()[gene]
    plain = tables.key(strand.strip("[]"))
    found = known.get(strand) or known.get(plain) or tables.in_any_case(gene).get(plain.casefold())
    if found is not None:
        return found
    if gene == "CYP2D6":
        return _added(strand, [_copied(known, part) for part in names.together(strand)])
    if gene in WEAKEST_COUNTS and " + " in strand:
        return _lowest(strand, [known.get(part) for part in names.together(strand, " + ")])
    return Allele(strand, UNASSIGNED)


def _copied(known: dict[str, Allele], part: str) -> Allele:
    """One CYP2D6 allele with its copies."""
    plain = names.without_sub_allele(part)
    if plain in known:
        return known[plain]
    counted = names.copies(part)
    if counted is None:
        return Allele(part, UNASSIGNED)
    base, count, more = counted
    base = names.without_sub_allele(base)
    open_ended = known.get(f"{base}x{AT_LEAST}{COUNTED_COPIES}")
    if open_ended is not None and count >= COUNTED_COPIES:
        return open_ended
    single = known.get(base)
    if single is None or single.quarters is None or not count:
        return Allele(part, UNASSIGNED)
    quarters = single.quarters * count
    return Allele(part, _function(quarters), quarters, more and bool(quarters))


def _added(strand: str, parts: list[Allele]) -> Allele:
    if len(parts) == 1:
        return parts[0]
    values = [part.quarters for part in parts]
    if any(value is None for value in values):
        return Allele(strand, UNASSIGNED)
    total = sum(value for value in values if value is not None)
    name = " + ".join(part.name for part in parts)
    return Allele(name, _function(total), total, any(part.at_least for part in parts))


def _lowest(strand: str, parts: list[Allele | None]) -> Allele:
    """Several variants on one strand work as its weakest, known or not (doi 10.1002/cpt.911)."""
    known = [part for part in parts if part is not None]
    worst = [part for part in known if part.quarters == 0 or part.function == "associated"]
    if len(known) < len(parts) and not worst:
        return Allele(strand, UNASSIGNED)
    return min(
        worst or known,
        key=lambda part: (part.quarters or 0, part.function == "normal", names.natural(part.name)),
    )


def _function(quarters: int) -> str:
    if quarters == STEPS:
        return "normal"
    if quarters > STEPS:
        return "increased"
    return "decreased" if quarters else "none"


_SPOKEN = {"none": "No function", UNASSIGNED: "Unassigned function"}


def _spoken(allele: Allele) -> str:
    words = _SPOKEN.get(allele.function) or f"{allele.function.capitalize()} function"
    return words if allele.quarters is None else f"{_value(allele)} ({words})"


def _value(allele: Allele) -> str:
    return score_text(allele.quarters or 0, at_least=allele.at_least)


@lru_cache(maxsize=1024)
def score_text(quarters: int, *, at_least: bool) -> str:
    """A score as it is written: "1.25", "≥3.0"."""
    return f"{AT_LEAST if at_least else ''}{quarters / STEPS}"


def _combined(gene: Gene, one: Allele, other: Allele | None = None) -> Phenotype:
    # One copy is all there is on the mitochondrion, and on a man's only X chromosome.
    partner = other or (one if 1 in gene.copies else Allele("", UNASSIGNED))
    words, score = (
        _scored(gene, one, partner) if gene.scored else (_paired(gene, one, partner), None)
    )
    return Phenotype(gene.symbol, words, score, _in_order(one, other), (words,))


def _in_order(one: Allele, other: Allele | None) -> tuple[Allele, ...]:
    if other is None:
        return (one,)
    swapped = names.natural(one.name) > names.natural(other.name)
    return (other, one) if swapped else (one, other)


def _scored(gene: Gene, one: Allele, other: Allele) -> tuple[str, str]:
    if one.quarters is None or other.quarters is None:
        return INDETERMINATE, NOT_APPLICABLE
    at_least = one.at_least or other.at_least
    total = one.quarters + other.quarters
    words = band(gene.symbol, total, at_least=at_least)
    score = score_text(total, at_least=at_least)
    return (words, score) if words != INDETERMINATE else (words, NOT_APPLICABLE)


@lru_cache(maxsize=4096)
def band(gene: str, quarters: int, *, at_least: bool = False) -> str:
    """The phenotype of a score; a lower bound decides only within the highest band."""
    for each in tables.bands()[gene]:
        if each.start <= quarters and (each.end is None or quarters < each.end):
            return INDETERMINATE if at_least and each.end is not None else each.phenotype
    return INDETERMINATE


def _paired(gene: Gene, one: Allele, other: Allele) -> str:
    known = tables.pairs()[gene.symbol]
    return (
        known.get((one.function, other.function))
        or known.get((one.function, "any"))
        or known.get((other.function, "any"))
        or INDETERMINATE
    )


def _carried(gene: Gene, strands: list[str]) -> Phenotype:
    alleles = [names.two_fields(strand) for strand in strands]
    found = tuple(_status(wanted, alleles) for wanted in tables.watched(gene.symbol))
    known = tuple(each for each in found if not each.endswith(INDETERMINATE))
    return Phenotype(
        gene.symbol,
        ", ".join(found) if known else INDETERMINATE,
        None,
        tuple(Allele(name, "") for name in sorted(alleles, key=names.natural)),
        known or (INDETERMINATE,),
    )


def _status(wanted: str, alleles: list[str]) -> str:
    """Carried; not carried only where both alleles are told to two fields."""
    if wanted in alleles:
        return f"{wanted} positive"
    # One copy proves what it carries; the other copy, not reported, may carry the marker.
    told = len(alleles) > 1 and all(names.is_two_fields(allele) for allele in alleles)
    return f"{wanted} negative" if told else f"{wanted} {INDETERMINATE}"
