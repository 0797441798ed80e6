"""Spellings of phenotypes and scores. Inputs and answers are those of PharmCAT's own checks.

Source: PharmGKB/PharmCAT, PhenotypeUtilsTest and ActivityUtilsTest.
"""

from __future__ import annotations

import pytest

from app.clinical.pharmacogenomics import normalise_activity, normalise_phenotype


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Normal Metaboliser", "Normal Metabolizer"),
        ("  ", None),
        (None, None),
        ("  Normal    Metabolizer", "Normal Metabolizer"),
        ("  Normal    Metabolizers", "Normal Metabolizer"),
        ("NM", "Normal Metabolizer"),
        ("EM", "Normal Metabolizer"),
        ("PM", "Poor Metabolizer"),
        ("IM", "Intermediate Metabolizer"),
        ("um", "Ultrarapid Metabolizer"),
        ("RM", "Rapid Metabolizer"),
        ("Extensive Metabolisers", "Normal Metabolizer"),
        ("Extensive Metaboliser", "Normal Metabolizer"),
        ("Extensive Metabolizer", "Normal Metabolizer"),
        ("Normal Metabolizer", "Normal Metabolizer"),
        ("Normal MetaboliSer", "Normal Metabolizer"),
        ("NM    ", "Normal Metabolizer"),
        ("normal metabolizer (NM)    ", "Normal Metabolizer"),
        ("normal   metabolizer (NM)\n", "Normal Metabolizer"),
        ("foo\t\t\t bar", "foo bar"),
        ("Likely Normal Metaboliser", "Likely Normal Metabolizer"),
        ("Likely Normal Metaboliser (NM)", "Likely Normal Metabolizer"),
        ("likely poor metabolizer", "Likely Poor Metabolizer"),
        ("Possible Intermediate Metaboliser", "Possible Intermediate Metabolizer"),
        ("Ultra-rapid metaboliser", "Ultrarapid Metabolizer"),
        ("ultrarapid metaboliser", "Ultrarapid Metabolizer"),
        ("rapid metaboliser", "Rapid Metabolizer"),
        ("indeterminate (one allele unknown)", "Indeterminate"),
        ("possible decreased function", "Possible Decreased Function"),
        ("-1639 GG", "-1639 GG"),
        ("*57:01 positive", "*57:01 positive"),
        # Our own cases: what denies or doubts a phenotype is not that phenotype.
        ("Not a poor metabolizer", "Not a poor metabolizer"),
        ("not a  Poor Metaboliser", "not a Poor Metaboliser"),
        ("non-poor metabolizer", "non-poor metabolizer"),
        ("isn't a poor metabolizer", "isn't a poor metabolizer"),
        ("Poor metabolizer ruled out", "Poor metabolizer ruled out"),
        ("Poor metabolizer?", "Poor metabolizer?"),
        ("Unlikely poor metabolizer", "Unlikely poor metabolizer"),
        ("Normal or intermediate metabolizer", "Normal or intermediate metabolizer"),
        ("Poor to intermediate metabolizer", "Poor to intermediate metabolizer"),
        ("Probably a normal metabolizer", "Probably a normal metabolizer"),
        ("Poor metabolizer / normal metabolizer", "Poor metabolizer / normal metabolizer"),
        ("Not indeterminate", "Not indeterminate"),
    ],
)
def test_a_phenotype_is_read_in_any_spelling(written: str | None, read: str | None) -> None:
    assert normalise_phenotype(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" ", None),
        (None, None),
        ("1.0", "1.0"),
        ("1", "1.0"),
        (" 2 ", "2.0"),
        ("1.25", "1.25"),
        ("≥1", "≥1.0"),
        (">=3", "≥3.0"),
        (">= 3.25", "≥3.25"),
        (">3", ">3.0"),
        ("n/a", "n/a"),
        ("N/A", "n/a"),
        ("about 1", "about 1"),
    ],
)
def test_a_score_is_read_in_any_spelling(written: str | None, read: str | None) -> None:
    assert normalise_activity(written) == read


@pytest.mark.parametrize("read", ["Likely Poor Metabolizer", "Poor Function", "2.25", "≥3.0"])
def test_what_is_already_in_our_spelling_stays(read: str) -> None:
    normalise = normalise_activity if read[-1].isdigit() else normalise_phenotype
    assert normalise(read) == read
