"""Pharmacogenomics: what a person's genes mean for their medicines.

Reads results that a laboratory reported (an outside-call table, or PharmCAT's files),
finds the phenotype of each gene by rule, and says what the CPIC guideline advises. It
calls no variants itself, from 23andMe or VCF files, and changes no list of medicines: it
flags, and a clinician decides.

    (call,) = parse_outside_calls(text)  # gene, tab, diplotype
    phenotype(call.gene, call.diplotype).phenotype        # Poor Metabolizer
    drug_guidance("clopidogrel", [call], population="NVI")

The tables are in this package as CSV, small enough to be read by a person; CPIC's content
is CC0 1.0. `GENES` and `DRUGS` list what is known, each row with source and version.
"""

from __future__ import annotations

from app.clinical.pharmacogenomics.calls import parse_outside_calls
from app.clinical.pharmacogenomics.diplotypes import Phenotype, phenotype
from app.clinical.pharmacogenomics.drugs import DRUGS, Drug
from app.clinical.pharmacogenomics.guidance import Guidance, drug_guidance, populations
from app.clinical.pharmacogenomics.names import normalise_activity, normalise_phenotype
from app.clinical.pharmacogenomics.pharmcat import parse_pharmcat
from app.clinical.pharmacogenomics.readings import readings
from app.clinical.pharmacogenomics.reports import meaning_of, rereadings, unknown_alleles
from app.clinical.pharmacogenomics.results import OutsideCall, checked
from app.clinical.pharmacogenomics.tables import GENES, Gene

__all__ = [
    "DRUGS",
    "GENES",
    "Drug",
    "Gene",
    "Guidance",
    "OutsideCall",
    "Phenotype",
    "checked",
    "drug_guidance",
    "meaning_of",
    "normalise_activity",
    "normalise_phenotype",
    "parse_outside_calls",
    "parse_pharmcat",
    "phenotype",
    "populations",
    "readings",
    "rereadings",
    "unknown_alleles",
]
