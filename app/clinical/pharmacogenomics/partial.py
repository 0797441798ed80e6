"""What the known copy of a gene says while the other copy is not known.

The phenotype of such a pair stays indeterminate, as CPIC has it. But a copy of no or of
decreased function is there all the same, and nothing the other copy can be takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.clinical.pharmacogenomics import diplotypes, meanings, names, tables
from app.clinical.pharmacogenomics.diplotypes import Phenotype
from app.clinical.pharmacogenomics.names import INDETERMINATE
from app.clinical.pharmacogenomics.tables import STEPS, Allele
from app.clinical.sentences import N_, Sentence, Value

# The functions that depart from a normal copy, and how to say so.
DEPARTING = {
    "none": N_("does not work"),
    "decreased": N_("works less than a normal copy"),
    "increased": N_("works more than a normal copy"),
    "class I": N_("works far less than a normal copy"),
    "class II": N_("works much less than a normal copy"),
    "class III": N_("works less than a normal copy"),
    "higher sensitivity": N_("lowers the amount of medicine needed"),
}
NORMAL = ("normal", "class IV", "usual sensitivity")

PRESENT = N_(
    "One copy of your %(gene)s is %(allele)s, which %(works)s. What both copies do together is"
    " not known."
)
AT_BEST = N_(
    "One copy of your %(gene)s is %(allele)s, which %(works)s. What the other copy does is not"
    " known. Even with a normal one: %(meaning)s"
)
AT_MOST = N_(
    "One copy of your %(gene)s is %(allele)s, which %(works)s. What the other copy does is not"
    " known. Even with a normal one, the activity is at most %(score)s: %(meaning)s"
)


@dataclass(frozen=True)
class Half:
    """A known allele that departs from normal, beside one that is not known.

    `at_best` is the phenotype with a normal other copy, `most` the score no other copy can
    raise; both are None where they cannot be told.
    """

    gene: str
    allele: str
    function: str
    at_best: str | None
    most: str | None

    @property
    def said(self) -> Sentence:
        """What is there and what it means at least."""
        works = Sentence(DEPARTING[self.function])
        values: dict[str, Value] = {"gene": self.gene, "allele": self.allele, "works": works}
        if self.at_best is None:
            return Sentence(PRESENT, values)
        meaning = meanings.meaning(self.gene, self.at_best)
        if self.most is None:
            return Sentence(AT_BEST, {**values, "meaning": meaning})
        return Sentence(AT_MOST, {**values, "meaning": meaning, "score": self.most})


def halves(found: Phenotype) -> tuple[Half, ...]:
    """Each known allele that departs from normal in a pair that means nothing certain."""
    if found.phenotype != INDETERMINATE or found.gene.startswith("HLA-"):
        return ()
    departing = [allele for allele in found.alleles if allele.function in DEPARTING]
    alone = len(departing) == 1 and not any(
        allele.function in NORMAL for allele in found.alleles if allele is not departing[0]
    )
    return tuple(_half(found.gene, allele, alone=alone) for allele in departing)


def _half(gene: str, allele: Allele, *, alone: bool) -> Half:
    normal = _normal(gene) if alone else None
    if normal is None:
        return Half(gene, allele.name, allele.function, None, None)
    best = diplotypes.phenotype(gene, f"{allele.name}/{normal}")
    if best.phenotype == INDETERMINATE:
        return Half(gene, allele.name, allele.function, None, None)
    most = best.activity_score if _none_works_more(gene) else None
    return Half(gene, allele.name, allele.function, best.phenotype, most)


@cache
def _normal(gene: str) -> str | None:
    known = tables.alleles()[gene].values()
    return next((allele.name for allele in known if allele.function in NORMAL), None)


@cache
def _none_works_more(gene: str) -> bool:
    """Whether no allele of a scored gene exceeds a normal one, so that a score has a ceiling."""
    quarters = [allele.quarters for allele in tables.alleles()[gene].values()]
    return gene != "CYP2D6" and max((each or 0 for each in quarters), default=0) == STEPS


def possible_markers(found: Phenotype) -> Iterator[tuple[str, str]]:
    """HLA alleles told by their first field only, each with a marker that it may be."""
    if not found.gene.startswith("HLA-"):
        return
    for allele in found.alleles:
        if names.is_two_fields(allele.name):
            continue
        first = names.first_field(allele.name)
        for marker in tables.watched(found.gene):
            if first is not None and first == names.first_field(marker):
                yield allele.name, marker
