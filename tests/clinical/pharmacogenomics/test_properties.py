"""What holds for every result, whatever the laboratory sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import (
    GENES,
    drug_guidance,
    normalise_activity,
    normalise_phenotype,
    parse_outside_calls,
    parse_pharmcat,
    phenotype,
    tables,
)

# Worse to better: what a score may rise through.
RISING = ["Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"]
RISING += ["Ultrarapid Metabolizer"]
REASSURING = {"Normal Metabolizer", "Normal Function", "Normal"}


def alleles(gene: str) -> list[str]:
    return sorted({allele.name for allele in tables.alleles()[gene].values()})


@st.composite
def diplotypes(draw: st.DrawFn) -> tuple[str, str, str]:
    gene = draw(st.sampled_from(sorted(GENES)))
    names = st.sampled_from(alleles(gene))
    return gene, draw(names), draw(names)


@given(diplotypes())
def test_the_order_of_alleles_changes_nothing(drawn: tuple[str, str, str]) -> None:
    gene, one, other = drawn
    first, second = phenotype(gene, f"{one}/{other}"), phenotype(gene, f"{other}/{one}")
    assert first.phenotypes == second.phenotypes
    assert first.activity_score == second.activity_score
    assert first.allele_function == second.allele_function


@given(diplotypes())
def test_spaces_and_gene_names_change_nothing(drawn: tuple[str, str, str]) -> None:
    gene, one, other = drawn
    plain = phenotype(gene, f"{one}/{other}")
    assert phenotype(gene, f" {gene}{one} / {gene} {other} ").phenotype == plain.phenotype


# A person with one dominant allele is told so, whatever the other one is.
DOMINANT = ("positive", "Susceptibility", "responsive", "Decreased", "Unfavorable", "increased")


@given(diplotypes(), st.text("ABCXYZ*0123456789", min_size=1, max_size=8))
def test_an_unknown_allele_never_makes_a_reassuring_answer(
    drawn: tuple[str, str, str], tail: str
) -> None:
    gene, one, _ = drawn
    found = phenotype(gene, f"{one}/?{tail}")
    assert found.phenotype not in REASSURING
    assert "negative" not in found.phenotype
    if found.phenotype != "Indeterminate":
        assert any(word in found.phenotype for word in DOMINANT)


@pytest.mark.parametrize("gene", [gene.symbol for gene in GENES.values() if gene.scored])
def test_more_activity_never_means_a_slower_phenotype(gene: str) -> None:
    ranked = [
        (allele.quarters, allele.name)
        for allele in {each.name: each for each in tables.alleles()[gene].values()}.values()
        if allele.quarters is not None
    ]
    told = {}
    for one, first in ranked:
        for other, second in ranked:
            words = phenotype(gene, f"{first}/{second}").phenotype
            told.setdefault(one + other, set()).add(words)
    order = [RISING.index(words) for total in sorted(told) for words in told[total]]
    assert order == sorted(order)
    assert all(len(words) == 1 for words in told.values())


@given(st.integers(1, 12), st.sampled_from(["*1", "*2", "*9", "*10", "*17", "*41", "*4"]))
def test_one_more_copy_never_lowers_the_score(copies: int, allele: str) -> None:
    def score(number: int) -> float:
        told = phenotype("CYP2D6", f"*1/{allele}x{number}").activity_score or ""
        return float(told.lstrip("≥"))

    assert score(copies + 1) >= score(copies)


def refused(ask: Callable[..., object], *given: object) -> str | None:
    """The field a refusal names; None for an answer. Any other error fails the test."""
    try:
        ask(*given)
    except ClinicalInputError as refusal:
        return refusal.field
    return None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert refused(parse_outside_calls, text) in {None, "text", "gene", "diplotype"}
    assert refused(parse_pharmcat, text) in {None, "file"}


@given(st.sampled_from(sorted(GENES)), st.text(max_size=40))
def test_any_diplotype_is_answered_or_refused(gene: str, text: str) -> None:
    assert refused(phenotype, gene, text) in {None, "diplotype"}


lines = st.lists(st.text(st.characters(exclude_characters="\n\t"), max_size=12), max_size=5)


@given(st.sampled_from(sorted(GENES)), lines)
def test_any_columns_are_read_or_refused_and_then_answered(gene: str, cells: list[str]) -> None:
    line = "\t".join([gene, *cells])
    if refused(parse_outside_calls, line) is None:
        calls = parse_outside_calls(line)
        assert refused(drug_guidance, "warfarin", calls) is None
        assert refused(drug_guidance, "codeine", calls) is None


@given(st.text())
def test_a_spelling_once_brought_in_order_stays(text: str) -> None:
    words = normalise_phenotype(text)
    assert normalise_phenotype(words) == words
    score = normalise_activity(text)
    assert normalise_activity(score) == score
