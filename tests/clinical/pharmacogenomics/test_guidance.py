"""What is said about a medicine: every published recommendation, and what must never happen."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import Any

import pytest

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import (
    DRUGS,
    GENES,
    Drug,
    drug_guidance,
    meanings,
    parse_outside_calls,
    phenotype,
    populations,
    tables,
    wording,
)
from tests.clinical import shared

CATEGORIES = {"standard/other", "dose-change", "avoid/alternative"}
STRENGTHS = {"Strong", "Moderate", "Optional", "No recommendation", "Label"}
ROWS = list(tables.rows("recommendations"))
# CPIC's level A pairs by gene, of the 99 in its table of 2023.
LEVEL_A = {
    "ABCG2": 1, "CACNA1S": 7, "CFTR": 1, "CYP2B6": 1, "CYP2C19": 9, "CYP2C9": 12, "CYP2D6": 11,
    "CYP3A5": 1, "CYP4F2": 1, "DPYD": 2, "G6PD": 8, "HLA-A": 1, "HLA-B": 6, "IFNL3": 2,
    "IFNL4": 2, "MT-RNR1": 11, "NUDT15": 3, "RYR1": 7, "SLCO1B1": 7, "TPMT": 3, "UGT1A1": 2,
    "VKORC1": 1,
}  # fmt: skip


# As PharmCAT's reports write it; the database has two spellings.
SPOKEN = {"n/a": "No recommendation", "No Recommendation": "No recommendation"}


# Words by which the published data marks that another medicine is available.
OTHER = re.compile(r"alternative|alternate|switching to|in lieu|consider rosuvastatin")


def genotype(gene: str, key: str) -> dict[str, Any] | None:
    """A published lookup key as a laboratory would state it."""
    if key == "No Result":
        return None
    if GENES[gene].scored and key != "n/a":
        return {"activity_score": key}
    return {"phenotypes": ["Indeterminate" if key == "n/a" else key]}


def test_every_published_recommendation_has_its_strength_and_one_answer() -> None:
    published = shared.read("cpic/cpic_recommendations_v1.28.json")["recommendations"]
    assert len(published) == 2_098
    for row in published:
        known = {gene: genotype(gene, key) for gene, key in row["lookupkey"].items()}
        (told,) = drug_guidance(row["drug"], known, row["population"])
        stated = row["classification"]
        assert told.strength == SPOKEN.get(stated, stated), row
        words = row["recommendation"].lower()
        if "not recommended" in words or re.search(r"\bcontraindicated|do not use", words):
            assert told.category == "avoid/alternative", row
        if told.category == "standard/other":
            assert not words.startswith(("avoid use", "prescribe an alternative", "select")), row
        if words.startswith(("initiate therapy with recommended starting dose.", "use ")):
            assert told.category != "avoid/alternative" or OTHER.search(words), row
        if told.category == "dose-change":
            assert not OTHER.search(words), row


def test_no_guideline_sentence_is_copied() -> None:
    published = shared.read("cpic/cpic_recommendations_v1.28.json")["recommendations"]
    theirs = {" ".join(row["recommendation"].split()).lower() for row in published}
    for text in (
        *wording.ADVICE.values(),
        *meanings.MEANINGS.values(),
        *meanings.OWN_MEANINGS.values(),
    ):
        ours = text % {"drug": "x", "Drug": "X", "amount": "50%", "gene": "G"}
        assert not any(ours.lower() in each for each in theirs)


def test_the_level_a_pairs_are_those_of_the_published_list() -> None:
    pairs = [(gene, drug.name) for drug in DRUGS.values() for gene in drug.level_a]
    assert Counter(gene for gene, _ in pairs) == LEVEL_A
    assert len(pairs) == 99


@pytest.mark.parametrize("drug", DRUGS.values(), ids=DRUGS)
def test_no_medicine_lacks_its_guideline_source_or_version(drug: Drug) -> None:
    assert drug.guideline
    assert drug.url.startswith("https://")
    assert drug.version
    assert set(drug.level_a) <= set(drug.genes) <= set(GENES)
    assert populations(drug.name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['drugs'][:20]} {row['when'][:40]}")
def test_no_line_of_the_table_lacks_words(row: dict[str, str]) -> None:
    assert row["category"] in CATEGORIES
    assert row["strength"] in STRENGTHS
    assert row["population"] in wording.POPULATIONS
    assert ("%(amount)s" in wording.ADVICE[row["advice"]]) == bool(row["amount"])


def test_no_advice_is_kept_that_no_line_gives() -> None:
    said_instead = {"usual-unsure", "usual-against", "usual-unread"}
    assert set(wording.ADVICE) == {row["advice"] for row in ROWS} | said_instead


@pytest.mark.parametrize(
    ("text", "drug", "count"),
    [
        # PharmGKB/PharmCAT, PipelineTest: how many CPIC annotations match
        ("HLA-B\t*15:02/*57:01\nCYP2C9\t*1/*1", "abacavir", 1),
        ("HLA-B\t*15:02/*57:01\nCYP2C9\t*1/*1", "allopurinol", 1),
        ("HLA-B\t*15:02/*57:01\nCYP2C9\t*1/*1", "phenytoin", 2),
        ("HLA-B\t*15:02\nCYP2C9\t*1/*1", "abacavir", 1),
        ("HLA-B\t*15:02\nCYP2C9\t*1/*1", "allopurinol", 1),
        ("HLA-B\t*15:02\nCYP2C9\t*1/*1", "phenytoin", 2),
        ("HLA-B\t*15:02\nCYP2C9\t*1/*1", "carbamazepine", 3),
        ("HLA-B\t\t*57:01 positive", "abacavir", 1),
        ("HLA-B\t\t*57:01 positive", "allopurinol", 0),
        ("HLA-A\t\t*31:01 positive\nHLA-B\t*57:01/*58:01\t", "carbamazepine", 3),
        ("CYP2C19\t*2/*2", "clomipramine", 1),
        ("CYP2C19\t*2/*2", "clopidogrel", 3),
        ("CYP2C19\t*2/*2", "fluvoxamine", 0),
        ("CYP2C9\t*1/*1", "celecoxib", 1),
        ("CYP2D6\t*1/*QQQ", "atomoxetine", 2),
        ("CYP2D6\t*13 + *1/*36 + *10x2", "atomoxetine", 2),
        ("MT-RNR1\tm.1555A>G", "amikacin", 1),
        ("CYP2B6\t*1/*34\nCYP2B6\t*33/*36", "efavirenz", 2),
    ],
)
def test_as_many_answers_come_as_the_published_report_has(text: str, drug: str, count: int) -> None:
    assert len(drug_guidance(drug, parse_outside_calls(text))) == count


def possible(gene: str) -> list[Any]:
    """Everything that can be known of a gene."""
    if gene.startswith("HLA-"):
        (*_, last) = tables.watched(gene)
        told = [f"{allele} {sign}" for allele in tables.watched(gene) for sign in ("positive",)]
        return [None, "Indeterminate", f"{last} negative", *told]
    if GENES[gene].scored:
        scores = ["0.0", "0.25", "0.5", "0.75", "1.0", "1.25", "1.5", "2.0", "2.75", "≥3.0", "8.0"]
        return [None, "Indeterminate", *({"activity_score": score} for score in scores)]
    return [None, "Indeterminate", *sorted(set(tables.pairs()[gene].values()))]


def asks(drug: Drug, result: Any) -> bool:
    """Whether a result bears on the medicine: each HLA marker does on its own ones only."""
    if not isinstance(result, str) or not result.endswith(("positive", "negative")):
        return result is not None
    return any(result in row["when"] for row in ROWS if drug.name in row["drugs"].split("; "))


@pytest.mark.parametrize("drug", DRUGS.values(), ids=DRUGS)
def test_every_combination_of_results_is_answered(drug: Drug) -> None:
    for results in product(*(possible(gene) for gene in drug.genes)):
        known = dict(zip(drug.genes, results, strict=True))
        told = drug_guidance(drug.name, known)
        assert bool(told) is any(asks(drug, result) for result in results)
        for each in told:
            assert each.category in CATEGORIES
            assert each.version == drug.version
            assert "%(" not in str(each.reason) + str(each.meant_for)
        if not any(result not in (None, "Indeterminate") for result in results):
            assert {each.category for each in told} <= {"standard/other"}
            said = {each.advice.text for each in told}
            assert wording.ADVICE["usual"] not in said


@pytest.mark.parametrize(
    ("drug", "known"),
    [
        ("amitriptyline", {"CYP2C19": "*2/*2", "CYP2D6": "*1/*QQQ"}),
        ("amitriptyline", {"CYP2C19": "*2/*2"}),
        ("amitriptyline", {"CYP2D6": "*4/*4"}),
        ("azathioprine", {"NUDT15": "*3/*3"}),
        ("mercaptopurine", {"TPMT": "*2/*3A", "NUDT15": "*1/*4"}),
        ("phenytoin", {"HLA-B": "*15:02/*07:02"}),
        ("phenytoin", {"CYP2C9": "*3/*3"}),
        ("carbamazepine", {"HLA-A": "*31:01/*02:01"}),
        ("sevoflurane", {"RYR1": "Reference/c.103T>C"}),
        ("sevoflurane", {"CACNA1S": "Reference/c.520C>T"}),
        ("fluvastatin", {"CYP2C9": "*3/*3"}),
        ("rosuvastatin", {"SLCO1B1": "*5/*5"}),
        ("sertraline", {"CYP2C19": "*2/*2"}),
        ("warfarin", {"VKORC1": "A/A"}),
        ("warfarin", {"CYP2C9": "*1/*3"}),
        ("abacavir", {"HLA-B": "*57:01"}),
        ("peginterferon alfa-2a", {"IFNL4": "ΔG/ΔG"}),
    ],
)
def test_part_of_what_matters_known_still_warns(drug: str, known: dict[str, str]) -> None:
    told = drug_guidance(drug, known)
    assert told[0].category != "standard/other"


@pytest.mark.parametrize(
    ("drug", "known", "category", "strength"),
    [
        ("codeine", {"CYP2D6": "*4/*4"}, "avoid/alternative", "Strong"),
        ("codeine", {"CYP2D6": "*1/*1x2"}, "avoid/alternative", "Strong"),
        ("codeine", {"CYP2D6": "*1/*4"}, "standard/other", "Moderate"),
        ("codeine", {"CYP2D6": "Ultrarapid Metaboliser"}, "avoid/alternative", "Strong"),
        ("Codeine ", {"cyp2d6": phenotype("CYP2D6", "*1/*1")}, "standard/other", "Strong"),
        ("5-Fluorouracil", {"DPYD": "*2A/Reference"}, "dose-change", "Strong"),
        ("capecitabine", {"DPYD": "*2A/*13"}, "avoid/alternative", "Strong"),
        ("tacrolimus", {"CYP3A5": "*1/*1"}, "dose-change", "Strong"),
        ("tacrolimus", {"CYP3A5": "*3/*3"}, "standard/other", "Strong"),
        ("simvastatin", {"SLCO1B1": "*5/*15"}, "avoid/alternative", "Strong"),
        ("rasburicase", {"G6PD": "Mediterranean"}, "avoid/alternative", "Strong"),
        ("gentamicin", {"MT-RNR1": "1555A>G"}, "avoid/alternative", "Strong"),
        ("allopurinol", {"HLA-B": "*58:01/*07:02"}, "avoid/alternative", "Strong"),
        ("omeprazole", {"CYP2C19": "*1/*1"}, "dose-change", "Moderate"),
        ("ondansetron", {"CYP2D6": "*1/*3"}, "standard/other", "No recommendation"),
        ("tamoxifen", {"CYP2D6": "*1/*3"}, "avoid/alternative", "Optional"),
        ("nortriptyline", {"CYP2D6": "*1/*3"}, "dose-change", "Optional"),
        ("warfarin", {"CYP2C9": "*1/*1", "VKORC1": "G/G"}, "standard/other", "Strong"),
        # PharmGKB/PharmCAT, prescribing guidance of 2026-02: another one is available
        ("metoprolol", {"CYP2D6": "*4/*4"}, "avoid/alternative", "Moderate"),
        ("metoprolol", {"CYP2D6": "*4/*10"}, "standard/other", "Moderate"),
        ("metoprolol", {"CYP2D6": "*1/*1"}, "standard/other", "Strong"),
        ("metoprolol", {"CYP2D6": "*1/*1x2"}, "standard/other", "No recommendation"),
        ("siponimod", {"CYP2C9": "*3/*3"}, "avoid/alternative", "Label"),
        # PharmGKB/PharmCAT, prescribing guidance of 2026-02: another one is available
        ("celecoxib", {"CYP2C9": "*2/*3"}, "avoid/alternative", "Moderate"),
        ("ibuprofen", {"CYP2C9": "*2/*2"}, "dose-change", "Moderate"),
        ("citalopram", {"CYP2C19": "*1/*17"}, "avoid/alternative", "Optional"),
        ("escitalopram", {"CYP2C19": "*1/*9"}, "dose-change", "Moderate"),
        ("atorvastatin", {"SLCO1B1": "*5/*5"}, "avoid/alternative", "Moderate"),
        ("atorvastatin", {"SLCO1B1": "*1/*5"}, "dose-change", "Moderate"),
        ("pravastatin", {"SLCO1B1": "*5/*5"}, "avoid/alternative", "Moderate"),
        ("rosuvastatin", {"ABCG2": "T/T", "SLCO1B1": "*1/*5"}, "avoid/alternative", "Optional"),
        ("rosuvastatin", {"ABCG2": "T/T", "SLCO1B1": "*5/*5"}, "dose-change", "Optional"),
        ("paroxetine", {"CYP2D6": "*4/*4"}, "dose-change", "Moderate"),
    ],
)
def test_known_pairs_are_answered_as_the_guideline_does(
    drug: str, known: dict[str, Any], category: str, strength: str
) -> None:
    (told,) = drug_guidance(drug, known)
    assert (told.category, told.strength) == (category, strength)


@pytest.mark.parametrize(
    ("population", "category", "strength"),
    [
        ("CVI ACS PCI", "avoid/alternative", "Strong"),
        ("CVI ACS PCI ", "avoid/alternative", "Strong"),
        ("CVI non-ACS non-PCI", "standard/other", "No recommendation"),
        ("NVI", "avoid/alternative", "Moderate"),
    ],
)
def test_clopidogrel_for_the_heart_differs_from_clopidogrel_for_the_brain(
    population: str, category: str, strength: str
) -> None:
    (told,) = drug_guidance("clopidogrel", {"CYP2C19": "*1/*2"}, population)
    assert (told.category, told.strength) == (category, strength)
    assert "35034351" in told.source
    assert told.version == "CPIC database v1.28 (2023-07)"


def test_asked_for_everyone_each_population_is_answered_the_gravest_first() -> None:
    told = drug_guidance("clopidogrel", {"CYP2C19": "*1/*2"})
    assert [each.population for each in told] == ["CVI ACS PCI", "NVI", "CVI non-ACS non-PCI"]


def test_a_phenotype_alone_is_answered_for_every_score_it_may_mean() -> None:
    told = drug_guidance("nortriptyline", {"CYP2D6": "Intermediate Metabolizer"})
    assert {each.strength for each in told} == {"Moderate", "Optional"}


def test_a_contradiction_is_answered_for_each_reading_and_flagged() -> None:
    told = drug_guidance("codeine", parse_outside_calls("CYP2D6\t*1/*1\tNM\t4.0"))
    assert [each.category for each in told] == ["avoid/alternative", "standard/other"]
    assert all(each.conflicts for each in told)


def test_two_results_for_one_gene_are_both_answered() -> None:
    told = drug_guidance("codeine", parse_outside_calls("CYP2D6\t*1/*1\nCYP2D6\t*1/*1x7"))
    assert [each.category for each in told] == ["avoid/alternative", "standard/other"]


def test_an_unknown_allele_with_a_stated_phenotype_uses_what_is_stated() -> None:
    (told,) = drug_guidance("codeine", parse_outside_calls("CYP2D6\t*1/*QQQ\tPM"))
    assert told.category == "avoid/alternative"


def test_genes_that_do_not_matter_change_nothing() -> None:
    known = {"CYP2D6": "*4/*4"}
    others = {**known, "CYP2C19": "*2/*2", "NOT-A-GENE": "*1/*1", "TPMT": None}
    assert drug_guidance("codeine", known) == drug_guidance("codeine", others)
    assert drug_guidance("codeine", {"CYP2C19": "*2/*2"}) == []


def test_a_gene_reported_as_unknown_is_as_one_not_reported() -> None:
    unknown = {"diplotype": "Unknown/Unknown", "phenotypes": [], "activity_score": None}
    known = {"HLA-B": {"diplotype": "*15:02/*57:01"}}
    told = drug_guidance("carbamazepine", {**known, "HLA-A": unknown}, "CBZ naive")
    assert told == drug_guidance("carbamazepine", known, "CBZ naive")
    assert drug_guidance("carbamazepine", {"HLA-A": unknown}) == []


def test_what_is_not_known_is_said_beside_the_usual_dose() -> None:
    (told,) = drug_guidance("azathioprine", {"TPMT": "*1/*1"})
    assert told.category == "standard/other"
    assert "There is no result for NUDT15." in str(told.reason)
    assert told.advice.text == wording.ADVICE["usual-unsure"]


def test_a_doubt_about_the_report_reaches_the_flag() -> None:
    (told,) = drug_guidance("abacavir", parse_outside_calls("HLA-B\t*15:02"))
    assert any("the other copy" in str(warning) for warning in told.warnings)


@pytest.mark.parametrize(
    ("drug", "known"),
    [
        ("abacavir", {"HLA-B": "*01:01"}),
        ("abacavir", {"HLA-B": "*58:01"}),
        ("allopurinol", {"HLA-B": "*57:01/*QQQ"}),
        ("oxcarbazepine", {"HLA-B": "*01:01"}),
        ("carbamazepine", {"HLA-A": "*02:01", "HLA-B": "*01:01"}),
    ],
)
def test_one_hla_copy_never_reassures(drug: str, known: dict[str, str]) -> None:
    for told in drug_guidance(drug, known):
        assert (told.category, told.strength) == ("standard/other", "No recommendation")
        assert "is not known" in str(told.reason)
        assert "not carry" not in str(told.reason)
        assert told.warnings
    assert drug_guidance(drug, known)


def test_a_marker_stated_as_absent_counts_beside_one_copy() -> None:
    known = {"HLA-B": {"diplotype": "*01:01", "phenotypes": ["*57:01 negative"]}}
    (told,) = drug_guidance("abacavir", known)
    assert (told.category, told.strength) == ("standard/other", "Strong")


def test_an_hla_marker_asked_for_is_the_one_spoken_of() -> None:
    (told,) = drug_guidance("abacavir", {"HLA-B": "*15:02/*57:01"})
    assert "HLA-B*57:01" in str(told.reason)
    assert "15:02" not in str(told.reason)


@pytest.mark.parametrize(
    ("drug", "known", "population", "field"),
    [
        ("chocolate", {}, "general", "drug"),
        (None, {}, "general", "drug"),
        ("codeine", {"CYP2D6": "*1/*1"}, "giants", "population"),
        ("codeine", {"CYP2D6": "*1/*2/*3"}, "general", "diplotype"),
        ("codeine", {"CYP2D6": 12}, "general", "CYP2D6"),
        ("codeine", {"CYP2D6": float("nan")}, "general", "CYP2D6"),
        ("codeine", None, "general", "genotypes"),
        ("codeine", "*4/*4", "general", "genotypes"),
        ("codeine", ["*4/*4"], "general", "genotypes"),
        ("codeine", {"CYP2D6": "*1" * 1000}, "general", "diplotype"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    drug: str, known: Any, population: str, field: str
) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        drug_guidance(drug, known, population)
    assert refusal.value.field == field
    assert refusal.value.source
