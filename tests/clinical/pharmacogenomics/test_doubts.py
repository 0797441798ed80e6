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
        assert told[0].category != "standard/other"
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


@pytest.mark.parametrize(
    ("text", "drug", "said"),
    [
        ("CYP2C19\t*1/*1\nCYP2C19\t\tPoor Metabolizer", "clopidogrel", "*1/*1, Poor Metabolizer"),
        ("CYP2C19\t\tPM\nCYP2C19\t\tNM", "clopidogrel", "Poor Metabolizer, Normal Metabolizer"),
        ("CYP2D6\t*1/*1\nCYP2D6\t\tPM", "codeine", "*1/*1, Poor Metabolizer"),
        ("CYP2D6\t\tNM\nCYP2D6\t\t\t0", "codeine", "Normal Metabolizer, 0.0"),
        ("CYP2D6\t\t\t2\nCYP2D6\t\t\t0", "codeine", "2.0, 0.0"),
        ("CYP2C9\t*1/*2\nCYP2C9\t\t\t1", "meloxicam", "*1/*2, 1.0"),
        ("CYP2D6\t*1/*QQQ\tPM\nCYP2D6\t\tNM", "codeine", "*1/*QQQ, Normal Metabolizer"),
        (
            "HLA-B\t*07:02/*57:01\nHLA-B\t\t*57:01 negative",
            "abacavir",
            "*07:02/*57:01, *57:01 negative",
        ),
        (
            "HLA-B\t\t*57:01 negative\nHLA-B\t\t*57:01 positive",
            "abacavir",
            "*57:01 negative, *57:01 positive",
        ),
    ],
)
def test_a_line_that_another_line_contradicts_is_a_conflict(
    text: str, drug: str, said: str
) -> None:
    calls = parse_outside_calls(text)
    assert all(any(said in str(conflict) for conflict in call.conflicts) for call in calls)
    for told in drug_guidance(drug, calls):
        assert any("ask the laboratory" in str(conflict) for conflict in told.conflicts)


@pytest.mark.parametrize(
    "text",
    [
        "CYP2C19\t*2/*2\nCYP2C19\t\tPoor Metaboliser",
        "CYP2D6\t\tIM\nCYP2D6\t\t\t0.5",
        "CYP2D6\t*1/*1x7\nCYP2D6\t*2x7/*1\nCYP2D6\t\tUM",
        "CYP2D6\t*1/*4\nCYP2D6\t\tIM\t1.0",
        "CYP2C19\t*1/*2\nCYP2C19\t\tIndeterminate",
        "HLA-B\t*07:02/*57:01\nHLA-B\t\t*57:01 positive, *58:01 negative",
        "HLA-B\t*57:01\nHLA-B\t\t*58:01 negative",
        "NOT-A-GENE\t\tPM\nNOT-A-GENE\t\tNM",
    ],
)
def test_lines_that_agree_are_no_conflict(text: str) -> None:
    assert all(call.conflicts == () for call in parse_outside_calls(text))


@pytest.mark.parametrize("drug", ["amitriptyline", "clomipramine", "trimipramine"])
@pytest.mark.parametrize("missing", ["No Result", "no call", "?", " "])
def test_a_gene_reported_as_without_a_result_is_as_one_not_reported(
    drug: str, missing: str
) -> None:
    empty = {"diplotype": missing, "phenotypes": [missing], "activity_score": missing}
    for shown in ("*1/*1", "*2/*2", "*17/*17"):
        known = {"CYP2C19": shown}
        assert drug_guidance(drug, {**known, "CYP2D6": empty}) == drug_guidance(drug, known)
    assert drug_guidance("codeine", {"CYP2D6": empty}) == []


NOT_KNOWN = "result for clomipramine is not known"


@pytest.mark.parametrize(
    ("known", "doubted"),
    [
        ({"CYP2C19": "Indeterminate", "CYP2D6": "*1/*1"}, ["CYP2C19"]),
        ({"CYP2C19": "*1/*999", "CYP2D6": "*1/*1"}, ["CYP2C19"]),
        ({"CYP2C19": "*1/*1", "CYP2D6": "Indeterminate"}, ["CYP2D6"]),
        ({"CYP2C19": "*1/*1"}, ["CYP2D6"]),
        ({"CYP2D6": "*1/*1"}, ["CYP2C19"]),
        ({"CYP2C19": "Indeterminate", "CYP2D6": "Indeterminate"}, ["CYP2C19", "CYP2D6"]),
        ({"CYP2C19": "*1/*1", "CYP2D6": "*1/*1"}, []),
        ({"CYP2C19": "*2/*2"}, []),  # the warning to avoid it stands for itself
    ],
)
def test_a_usual_dose_is_never_told_without_saying_what_is_not_known(
    known: dict[str, str], doubted: list[str]
) -> None:
    (told,) = drug_guidance("clomipramine", known)
    doubts = [str(each) for each in told.warnings if NOT_KNOWN in str(each)]
    assert [doubt.split()[1] for doubt in doubts] == doubted
    assert told.category == "avoid/alternative" or bool(doubts) is bool(doubted)


def test_a_gene_that_the_advice_does_not_rest_on_raises_no_doubt() -> None:
    (told,) = drug_guidance("peginterferon alfa-2a", {"IFNL3": "C/C"})
    assert (told.category, told.warnings) == ("standard/other", ())


@pytest.mark.parametrize("drug", ["fluorouracil", "capecitabine"])
def test_two_copies_of_one_variant_may_need_less_than_half(drug: str) -> None:
    """CPIC, DPYD score 1.0: what it adds for c.2846A>T/c.2846A>T."""
    for both in ("c.2846A>T/c.2846A>T", "c.2846A>T + c.85T>C (*9A)/c.2846A>T"):
        (told,) = drug_guidance(drug, {"DPYD": both})
        assert (told.category, told.strength) == ("dose-change", "Strong")
        assert any("more than half" in str(warning) for warning in told.warnings)
    for others in ("c.2846A>T/c.557A>G", "*2A/Reference", "Intermediate Metabolizer"):
        for told in drug_guidance(drug, {"DPYD": others}):
            assert not any("more than half" in str(warning) for warning in told.warnings)


@pytest.mark.parametrize(
    ("drug", "known", "gene", "unclear"),
    [
        ("amitriptyline", {"CYP2C19": "*1/*2"}, "CYP2D6", "*1/*XX"),
        ("phenytoin", {"HLA-B": "*07:02/*08:01"}, "CYP2C9", "*1/*XX"),
        ("fosphenytoin", {"HLA-B": "*07:02/*08:01"}, "CYP2C9", "*1/*XX"),
    ],
)
def test_advice_that_an_unclear_result_would_take_back_says_so(
    drug: str, known: dict[str, str], gene: str, unclear: str
) -> None:
    """CPIC rates a gene with "No Result" and one with an unclear score (n/a) differently."""
    for told in drug_guidance(drug, known):
        assert told.strength == "Strong"
        assert told.advice.text == wording.ADVICE["usual-unsure"]
        assert any("gives none" in str(warning) for warning in told.warnings)
    for told in drug_guidance(drug, {**known, gene: unclear}):
        assert told.strength == "No recommendation"
        assert not any("gives none" in str(warning) for warning in told.warnings)


def test_cyp2d6_lines_conflict_where_they_mean_different_things() -> None:
    calls = parse_outside_calls("CYP2D6\t*4/*4\nCYP2D6\t*1/*1")
    assert all("*4/*4, *1/*1" in str(*call.conflicts) for call in calls)
    assert all(each.conflicts for each in drug_guidance("codeine", calls))
    copies = parse_outside_calls("CYP2D6\t*1/*1\nCYP2D6\t*1/*1x7")
    assert all(call.conflicts for call in copies)
    scores = parse_outside_calls("CYP2D6\t*1/*4\nCYP2D6\t*4/*41")
    assert all(call.conflicts for call in scores)
    alike = parse_outside_calls("CYP2D6\t*1/*4\nCYP2D6\t*1/*3")
    assert not any(call.conflicts for call in alike)


@pytest.mark.parametrize(
    ("drug", "gene", "found", "said"),
    [
        ("tacrolimus", "CYP3A5", "*3/*3", "hardly works in you, as in very many people"),
        ("tacrolimus", "CYP3A5", "*1/*3", "CYP3A5 works in you."),
        ("tacrolimus", "CYP3A5", "*1/*1", "CYP3A5 works in you in full."),
        ("efavirenz", "CYP2B6", "*1/*1", "CYP2B6 works normally in you."),
        ("rosuvastatin", "ABCG2", "T/T", "works much less in you than with two normal copies"),
        ("warfarin", "VKORC1", "G/G", "does not lower the amount"),
    ],
)
def test_no_result_is_measured_against_most_people(
    drug: str, gene: str, found: str, said: str
) -> None:
    for told in drug_guidance(drug, {gene: found}):
        assert said in str(told.reason)
        assert "most people" not in str(told.reason)
