"""What a person's report says gene by gene, and what of it has to be kept with it."""

from __future__ import annotations

from app.clinical.pharmacogenomics import diplotypes, meanings
from app.clinical.pharmacogenomics.calls import SUB_ALLELE
from app.clinical.pharmacogenomics.guidance import UNKNOWN
from app.clinical.pharmacogenomics.readings import Reading
from app.clinical.pharmacogenomics.results import OutsideCall
from app.clinical.sentences import Sentence


def meaning_of(reading: Reading) -> Sentence:
    """What a result says about the gene; of a half known one, the half that is known."""
    if len(reading.halves) == 1 and reading.shown in UNKNOWN:
        return reading.halves[0].said
    return meanings.meaning(reading.gene, reading.shown)


def rereadings(call: OutsideCall) -> tuple[Sentence, ...]:
    """What was read otherwise than it was written; every other doubt is found anew."""
    return tuple(one for one in call.warnings if one.text == SUB_ALLELE)


def unknown_alleles(call: OutsideCall) -> list[str]:
    """The alleles of a result that are in no table of its gene."""
    if call.diplotype is None:
        return []
    return diplotypes.unknown_alleles(diplotypes.phenotype(call.gene, call.diplotype))
