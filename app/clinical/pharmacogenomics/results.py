"""One gene's result as reported, and whether its columns agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from app.clinical.pharmacogenomics import diplotypes, names, tables
from app.clinical.pharmacogenomics.names import INDETERMINATE, NOT_APPLICABLE
from app.clinical.pharmacogenomics.tables import GENES, STEPS
from app.clinical.sentences import N_, Sentence, Value

UNKNOWN_GENE = N_("We have no table for %(gene)s, so nothing is said about it.")
UNKNOWN_ALLELE = N_("We do not know the %(gene)s allele %(allele)s; it counts as not determined.")
ONE_ALLELE = N_("Only one %(gene)s allele is given; the other one is not known.")
ONE_HLA_ALLELE = N_(
    "Only one %(gene)s allele is given, so no marker can be ruled out. Please ask the"
    " laboratory for the other copy."
)
UNREADABLE_SCORE = N_("“%(score)s” is not an activity score of %(gene)s.")
NO_SCORES = N_("%(gene)s has no activity score, so %(score)s is not used.")
UNCHECKED = N_("The phenotype %(stated)s of %(gene)s cannot be checked against %(result)s.")
PHENOTYPE_CONFLICT = N_(
    "%(gene)s %(result)s means %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)
SCORE_CONFLICT = N_(
    "%(gene)s %(result)s has the activity score %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)
COLUMNS_CONFLICT = N_(
    "The activity score %(score)s of %(gene)s means %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)


@dataclass(frozen=True)
class OutsideCall:
    """One gene's result as reported. What was not reported is None.

    `warnings` say what was read differently from how it was written or is not known,
    `conflicts` where the columns contradict each other: both are for a person to see.
    """

    gene: str
    diplotype: str | None = None
    phenotype: str | None = None
    activity_score: str | None = None
    line: int = 0
    warnings: tuple[Sentence, ...] = ()
    conflicts: tuple[Sentence, ...] = ()
    version: str = ""


def checked(call: OutsideCall) -> OutsideCall:
    """The call with what is doubtful in it, and where its columns disagree."""
    if call.gene not in GENES:
        unknown = Sentence(UNKNOWN_GENE, {"gene": call.gene})
        return replace(call, warnings=(*call.warnings, unknown))
    warnings = (*call.warnings, *_doubts(call))
    return replace(call, warnings=warnings, conflicts=tuple(_conflicts(call)))


def _doubts(call: OutsideCall) -> Iterator[Sentence]:
    gene = GENES[call.gene]
    if call.activity_score not in (None, NOT_APPLICABLE):
        values = {"gene": call.gene, "score": str(call.activity_score)}
        if not gene.scored:
            yield Sentence(NO_SCORES, values)
        elif names.lower_bound(str(call.activity_score)) is None:
            yield Sentence(UNREADABLE_SCORE, values)
    if call.diplotype is None:
        return
    found = diplotypes.phenotype(call.gene, call.diplotype)
    for allele in diplotypes.unknown_alleles(found):
        yield Sentence(UNKNOWN_ALLELE, {"gene": call.gene, "allele": allele})
    if found.allele2 is None and 1 not in gene.copies:
        one = ONE_HLA_ALLELE if call.gene.startswith("HLA-") else ONE_ALLELE
        yield Sentence(one, {"gene": call.gene})
    if call.phenotype not in (None, INDETERMINATE) and found.phenotype == INDETERMINATE:
        values = {"gene": call.gene, "stated": str(call.phenotype), "result": call.diplotype}
        yield Sentence(UNCHECKED, values)


def _conflicts(call: OutsideCall) -> Iterator[Sentence]:
    stated, score = call.phenotype, call.activity_score
    by_score = meaning(call.gene, score)
    if stated is not None and by_score is not None and not _same(stated, by_score):
        values = {"gene": call.gene, "score": str(score), "derived": by_score, "stated": stated}
        yield Sentence(COLUMNS_CONFLICT, values)
    if call.diplotype is None:
        return
    found = diplotypes.phenotype(call.gene, call.diplotype)
    told: dict[str, Value] = {"gene": call.gene, "result": call.diplotype}
    if _denies(found, stated):
        values = {"derived": found.phenotype, "stated": str(stated)}
        yield Sentence(PHENOTYPE_CONFLICT, {**told, **values})
    if _differs(found.activity_score, score) and by_score is not None:
        values = {"derived": str(found.activity_score), "stated": str(score)}
        yield Sentence(SCORE_CONFLICT, {**told, **values})


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _denies(found: diplotypes.Phenotype, stated: str | None) -> bool:
    if stated is None or found.phenotype == INDETERMINATE:
        return False
    if found.gene.startswith("HLA-"):
        return any(_opposite(stated, each) for each in found.phenotypes)
    return not _same(stated, found.phenotype)


def _opposite(stated: str, found: str) -> bool:
    """Whether "*57:01 negative" stands where *57:01 was found, or the other way round."""
    allele, _, status = found.rpartition(" ")
    other = "negative" if status == "positive" else "positive"
    return f"{allele} {other}" in stated


def _differs(derived: str | None, stated: str | None) -> bool:
    if derived in (None, NOT_APPLICABLE) or stated in (None, NOT_APPLICABLE):
        return False
    return derived != stated


def meaning(gene: str, score: str | None) -> str | None:
    """The phenotype that a stated activity score stands for, where it stands for one."""
    if score is None or gene not in GENES or not GENES[gene].scored:
        return None
    value = names.lower_bound(score)
    if value is None:
        return None
    # ">2" begins above 2; in steps of a quarter that is the next step.
    above = score.startswith(">")
    at_least = above or score.startswith(names.AT_LEAST)
    return diplotypes.band(gene, int(value * STEPS) + above, at_least=at_least)


def is_phenotype(gene: str, words: str | None) -> bool:
    """Whether these words name a phenotype of the gene."""
    if words is None or gene not in GENES:
        return False
    marker = gene.startswith("HLA-") and words.endswith(("positive", "negative"))
    return marker or words.casefold() in _phenotypes(gene)


@cache
def _phenotypes(gene: str) -> frozenset[str]:
    known = {each.phenotype for each in tables.bands().get(gene, ())}
    known |= set(tables.pairs().get(gene, {}).values())
    return frozenset(each.casefold() for each in {*known, INDETERMINATE})
