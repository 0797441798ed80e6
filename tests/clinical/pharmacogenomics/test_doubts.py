"""Results told twice, told in halves, or not known: none of them may reassure."""

from __future__ import annotations

import pytest

from app.clinical.pharmacogenomics import drug_guidance, parse_outside_calls, phenotype, wording


def test_two_hla_lines_are_the_two_copies_of_one_person() -> None:
    told = drug_guidance("abacavir", parse_outside_calls("HLA-B\t*07:02\nHLA-B\t*57:01:01"))
    assert told[0].results == (("HLA-B", "*57:01 positive"),)
    assert [(each.category, each.conflicts) for each in told] == [("avoid/alternative", ())]
    assert ["the other copy" in str(warning) for warning in told[0].warnings] == [False]
    (usual,) = drug_guidance("abacavir", {"HLA-B": ["*07:02", "*08:01"]})
    assert (usual.strength, usual.results) == ("Strong", (("HLA-B", "*57:01 negative"),))


def test_one_hla_copy_told_twice_is_not_two_copies() -> None:
    (told,) = drug_guidance("abacavir", parse_outside_calls("HLA-B\t*07:02\nHLA-B\t*07:02"))
    assert told.strength == "No recommendation"


@pytest.mark.parametrize(
    ("gene", "one", "other", "drug"),
    [
        ("CYP2C19", "*1/*1", "*2/*2", "clopidogrel"),
        ("TPMT", "*1/*1", "*1/*3A", "azathioprine"),
        ("HLA-B", "*07:02/*08:01", "*07:02/*57:01", "abacavir"),
    ],
)
def test_two_different_results_of_a_gene_are_a_conflict(
    gene: str, one: str, other: str, drug: str
) -> None:
    calls = parse_outside_calls(f"{gene}\t{one}\n{gene}\t{other}")
    assert all(f"{one}, {other}" in str(*call.conflicts) for call in calls)
    for known in (calls, {gene: [one, other]}, [phenotype(gene, one), phenotype(gene, other)]):
        told = drug_guidance(drug, known)
        assert told[0].category != "standard"
        assert all(len(each.conflicts) == 1 for each in told)


@pytest.mark.parametrize("text", ["CYP2C19\t*1/*2\nCYP2C19\t*2/*1", "CYP2C19\t*1/*2\n" * 2])
def test_the_same_result_told_twice_is_no_conflict(text: str) -> None:
    assert all(call.conflicts == () for call in parse_outside_calls(text))
    assert all(
        each.conflicts == () for each in drug_guidance("clopidogrel", parse_outside_calls(text))
    )


@pytest.mark.parametrize(
    ("drug", "known", "strength"),
    [
        ("codeine", {"CYP2D6": "*1/*999"}, "No recommendation"),
        ("clopidogrel", {"CYP2C19": "*1/*999"}, "No recommendation"),
        # The guideline's own strong advice on an unknown result: test the enzyme, watch.
        ("thioguanine", {"TPMT": "*1/*999", "NUDT15": "*1/*999"}, "Strong"),
        ("azathioprine", {"TPMT": "*1/*999"}, "Strong"),
        ("mercaptopurine", {"NUDT15": "*1/*999"}, "Strong"),
    ],
)
def test_an_unknown_allele_never_reassures(drug: str, known: dict[str, str], strength: str) -> None:
    for told in drug_guidance(drug, known):
        assert told.strength == strength
        assert all(
            f"What your {gene} result means is not known." in str(told.reason) for gene in known
        )
        silent = told.advice.text == wording.ADVICE["no-data"]
        assert silent is (strength == "No recommendation")
        assert silent or "close blood counts" in str(told.advice)
