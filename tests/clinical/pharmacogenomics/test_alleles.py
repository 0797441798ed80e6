"""From two alleles to a phenotype: the rules, and the published table they must agree with."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations_with_replacement

import pytest

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import GENES, phenotype, tables
from tests.clinical import shared

# Every row of the published table on which the rule answers otherwise, with the reason.
# There is none: where a row is not decided by a rule, the rule says "Indeterminate" too.
JUSTIFIED: dict[tuple[str, str], str] = {}

NM, IM, PM, UM = (
    f"{speed} Metabolizer" for speed in ("Normal", "Intermediate", "Poor", "Ultrarapid")
)


def test_every_row_of_the_published_table_is_the_rules_answer() -> None:
    path = shared.shared("cpic/diplotype_phenotype_core.csv")
    different, count = {}, 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = phenotype(row["gene"], row["diplotype"])
            told = (found.phenotype, found.activity_score or "", found.recommendation_lookup_key)
            count += 1
            if told != (row["phenotype"], row["activity_score"], row["lookup_key"]):
                different[row["gene"], row["diplotype"]] = told
    assert count == 26_579
    assert different.keys() == JUSTIFIED.keys()


def test_every_published_allele_is_known() -> None:
    path = shared.shared("cpic/allele_function.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["allele"].replace("Telti/Kobe", "Telti, Kobe")
            allele = tables.alleles()[row["gene"]][tables.key(name)]
            value = row["activity_value"].removeprefix("≥")
            told = None if value in ("", "n/a") else int(float(value) * 4)
            assert (allele.name, allele.quarters) == (name, told)


def counted(gene: str) -> Counter[str]:
    """How often each phenotype comes up among all pairs of the table's alleles."""
    named = {allele.name for allele in tables.alleles()[gene].values()}
    copies = GENES[gene].copies
    pairs = ["/".join(pair) for pair in combinations_with_replacement(sorted(named), 2)]
    told = (pairs if 2 in copies else []) + (sorted(named) if 1 in copies else [])
    return Counter(phenotype(gene, each).phenotype for each in told)


@pytest.mark.parametrize("gene", ["CFTR", "CYP3A4", "G6PD", "MT-RNR1", "RYR1", "CACNA1S"])
def test_the_counts_of_a_gene_without_a_saved_table_agree(gene: str) -> None:
    summary = shared.read("cpic/genes_summary.json")[gene]
    assert counted(gene) == summary["phenotypes"]


@pytest.mark.parametrize(
    ("diplotype", "words", "score"),
    [
        # PharmGKB/PharmCAT, Cyp2d6Test and Cyp2d6CopyNumberCallerTest
        ("*1/*1x7", UM, "≥4.0"),
        ("*1/*QQQ", "Indeterminate", "n/a"),
        ("*13 + *1/*36 + *10x2", NM, "1.5"),
        ("*13 + *1x2/*36 + *10", NM, "2.25"),
        ("*13 + *2/*36x2 + *10", NM, "1.25"),
        ("*13 + *68x2 + *4/*68 + *2", IM, "1.0"),
        ("*36x2 + *10x2/*68 + *4", IM, "0.5"),
        ("*1x2/*9", NM, "2.25"),
        ("*1x2/*10", NM, "2.25"),
        ("*1x2/*17", UM, "2.5"),
        ("*1x3/*1", UM, "≥4.0"),
        ("*4/*10", IM, "0.25"),
        ("*4/*4", PM, "0.0"),
        # sbslee/pypgx, predict_phenotype and predict_score
        ("*4/*5", PM, "0.0"),
        ("*5/*4", PM, "0.0"),
        ("*1/*22", "Indeterminate", "n/a"),
        ("*1/*1x2", UM, "3.0"),
        ("*2x2/*4", NM, "2.0"),
        ("*36+*10/*1", NM, "1.25"),
        ("[*68+*4]/*10", IM, "0.25"),
        # spellings
        ("CYP2D6*1/CYP2D6 *4", IM, "1.0"),
        ("*4|*1", IM, "1.0"),
        ("*2.001/*4.024", IM, "1.0"),
        ("*1X2/*1", UM, "3.0"),
        ("*1x≥3/*4", UM, "≥3.0"),
        ("*1x>=3/*4", UM, "≥3.0"),
        # Copies not counted are two or more; only the highest band holds for "or more".
        ("*1xN/*1", UM, "≥3.0"),
        ("*4xN/*4", PM, "0.0"),
        ("*10xN/*10", "Indeterminate", "n/a"),
        ("*41x3/*4", IM, "0.75"),
        ("*1", "Indeterminate", "n/a"),
        ("*2x2+*71/*1", "Indeterminate", "n/a"),
        ("*1x0/*1", "Indeterminate", "n/a"),
    ],
)
def test_copies_and_tandems_of_cyp2d6(diplotype: str, words: str, score: str) -> None:
    found = phenotype("CYP2D6", diplotype)
    assert (found.phenotype, found.activity_score) == (words, score)


@pytest.mark.parametrize(
    ("diplotype", "first", "second"),
    [
        ("*1/*1x7", "*1", "*1x≥3"),
        ("*1/*42x7", "*1", "*42x7"),
        ("*1/*41x7", "*1", "*41x7"),
        ("*2x4/*1x2", "*1x2", "*2x≥3"),
        ("*1x3/*1", "*1", "*1x≥3"),
        ("*2/*1", "*1", "*2"),
        ("*10/*9", "*9", "*10"),
        ("*1/*QQQ", "*1", "*QQQ"),
    ],
)
def test_alleles_come_in_order_and_three_copies_as_the_table_writes_them(
    diplotype: str, first: str, second: str
) -> None:
    found = phenotype("CYP2D6", diplotype)
    assert (found.allele1, found.allele2) == (first, second)


@pytest.mark.parametrize(
    ("diplotype", "first", "second"),
    [
        # PharmGKB/PharmCAT, DpydCallerTest
        ("c.498G>A/[c.2933A>G + c.1905+1G>A (*2A)]", "c.498G>A", "c.1905+1G>A (*2A)"),
        ("c.1905+1G>A (*2A)/[c.498G>A + c.2933A>G]", "c.1905+1G>A (*2A)", "c.2933A>G"),
        ("[c.498G>A + c.2582A>G]/[c.2846A>T + c.2933A>G]", "c.498G>A", "c.2933A>G"),
    ],
)
def test_several_dpyd_variants_on_one_strand_work_as_the_weakest(
    diplotype: str, first: str, second: str
) -> None:
    found = phenotype("DPYD", diplotype)
    assert (found.allele1, found.allele2) == (first, second)


@pytest.mark.parametrize(
    ("gene", "diplotype", "told"),
    [
        ("CYP2D6", "*1/*1", "Two 1.0 (Normal function) alleles"),
        (
            "CYP2D6",
            "*1/*1x7",
            "One 1.0 (Normal function) allele and one ≥3.0 (Increased function) allele",
        ),
        (
            "CYP2D6",
            "*13 + *1/*36 + *10x2",
            "One 0.5 (Decreased function) allele and one 1.0 (Normal function) allele",
        ),
        (
            "CYP2D6",
            "*1/*QQQ",
            "One 1.0 (Normal function) allele and one Unassigned function allele",
        ),
        ("CYP2C19", "*2/*1", "One No function allele and one Normal function allele"),
        ("CYP2C19", "*2", "One No function allele"),
        ("CYP2C19", None, "n/a"),
    ],
)
def test_the_functions_of_both_alleles_are_told(
    gene: str, diplotype: str | None, told: str
) -> None:
    assert phenotype(gene, diplotype).allele_function == told


@pytest.mark.parametrize(
    ("gene", "diplotype", "words"),
    [
        ("CYP2C19", "*38/*38", NM),
        ("CYP2C19", "*1/*4", IM),
        ("CYP2C19", "*2/*2", PM),
        ("CYP2B6", "*1/*4", "Rapid Metabolizer"),
        ("UGT1A1", "*1/*80+*28", IM),
        ("UGT1A1", "*28 + *80/*1", IM),
        ("UGT1A1", "*1/*80", "Indeterminate"),
        ("NUDT15", "*1/*3", IM),
        ("DPYD", "Reference/c.1905+1G>A (*2A)", IM),
        ("DPYD", "c.1905+1G>A/Reference", IM),
        ("DPYD", "*2A/*13", PM),
        ("DPYD", "Reference/HapB3", IM),
        ("DPYD", "[c.498G>A + c.2582A>G]/[c.2846A>T + c.2933A>G]", IM),
        ("DPYD", "Reference/c.9999A>T", "Indeterminate"),
        ("DPYD", "*1/*5", NM),
        ("DPYD", "*1/*999", "Indeterminate"),
        ("DPYD", "c.[1905+1G>A];[1905+1G=]", IM),
        ("DPYD", "c.[498G>A;2846A>T];[2933A>G]", PM),
        ("DPYD", "c.[85T>C];[=]", NM),
        ("DPYD", "c.[9999A>T];[=]", "Indeterminate"),
        ("DPYD", "reference/C.2846a>t", IM),
        # Whatever the unknown variant does, a strand works no better than its weakest.
        ("DPYD", "Reference/[c.9999A>T + c.1905+1G>A]", IM),
        ("DPYD", "Reference/[c.9999A>T + c.2846A>T]", "Indeterminate"),
        # PharmGKB/PharmCAT, LowestFunctionGeneCallerTest
        ("DPYD", "Reference/[c.2933A>G + c.1905+1G>A (*2A)]", IM),
        ("DPYD", "c.1905+1G>A (*2A)/[Reference + c.2933A>G]", PM),
        ("RYR1", "[Reference + c.103T>C]/Reference", "Malignant Hyperthermia Susceptibility"),
        ("RYR1", "[c.1598G>A + Reference]/Reference", "Uncertain Susceptibility"),
        ("RYR1", "[c.1A>G + c.1598G>A]/Reference", "Indeterminate"),
        ("TPMT", "*3a/*3C", PM),
        ("MT-RNR1", "M.1555a>g", "increased risk of aminoglycoside-induced hearing loss"),
        ("G6PD", "B (wildtype)/B (wildtype)", "Normal"),
        ("G6PD", "mediterranean/B", "Variable"),
        ("DPYD", "c.498G>A/c.2582A>G", NM),
        ("DPYD", "c.2582A>G/c.2846A>T", IM),
        ("DPYD", "c.2933A>G/c.2933A>G", PM),
        ("G6PD", "Mediterranean", "Deficient"),
        ("G6PD", "B (reference)", "Normal"),
        ("G6PD", "B (reference)/Asahi", "Variable"),
        ("G6PD", "Telti/Kobe/B (reference)", "Variable"),
        ("G6PD", "Aachen/Amiens", "Deficient with CNSHA"),
        ("MT-RNR1", "1555A>G", "increased risk of aminoglycoside-induced hearing loss"),
        ("MT-RNR1", "m.1555A>G", "increased risk of aminoglycoside-induced hearing loss"),
        ("MT-RNR1", "m.7445A>G", "Indeterminate"),
        ("RYR1", "Reference/c.103T>C", "Malignant Hyperthermia Susceptibility"),
        ("RYR1", "c.103T>C", "Malignant Hyperthermia Susceptibility"),
        ("RYR1", "Reference/Reference", "Uncertain Susceptibility"),
        ("RYR1", "Reference/c.1A>G", "Indeterminate"),
        ("CFTR", "G551D/F508del", "ivacaftor responsive in CF patients"),
        ("VKORC1", "G/A", "-1639 AG"),
        ("VKORC1", "rs9923231 T/rs9923231 T", "-1639 AA"),
        ("VKORC1", "-1639G/-1639G", "-1639 GG"),
        ("CYP4F2", "*1/*3", "Decreased Function"),
        ("IFNL3", "rs12979860 reference (C)/rs12979860 variant (T)", "Unfavorable Response"),
        ("IFNL4", "TT/TT", "Favorable Response"),
        ("CYP3A5", "*1/*3", IM),
        ("cyp2c19", "*1/*1", NM),
    ],
)
def test_other_genes_follow_their_own_rule(gene: str, diplotype: str, words: str) -> None:
    assert phenotype(gene, diplotype).phenotype == words


@pytest.mark.parametrize(
    ("gene", "diplotype", "told"),
    [
        (
            "HLA-B",
            "*15:02/*57:01",
            ("*15:02 positive", "*57:01 positive", "*58:01 negative"),
        ),
        (
            "HLA-B",
            "B*15:02:01/HLA-B*07:02",
            ("*15:02 positive", "*57:01 negative", "*58:01 negative"),
        ),
        ("HLA-A", "*31:01/*02:01", ("*31:01 positive",)),
        ("HLA-A", "*02:01/*02:01", ("*31:01 negative",)),
        # One copy proves a marker and rules none out: the other copy is not known.
        ("HLA-B", "*15:02", ("*15:02 positive",)),
        ("HLA-B", "*57:01", ("*57:01 positive",)),
        ("HLA-B", "*01:01", ("Indeterminate",)),
        ("HLA-B", "*01:01/", ("Indeterminate",)),
        ("HLA-A", "*02:01", ("Indeterminate",)),
        ("HLA-B", "*07:02/*57", ("Indeterminate",)),
        ("HLA-B", "*57", ("Indeterminate",)),
        ("HLA-B", "*57:01/*QQQ", ("*57:01 positive",)),
    ],
)
def test_a_marker_is_ruled_out_only_by_well_told_alleles(
    gene: str, diplotype: str, told: tuple[str, ...]
) -> None:
    assert phenotype(gene, diplotype).phenotypes == told


@pytest.mark.parametrize("nothing", [None, "", " ", ".", "./.", "Unknown/Unknown"])
@pytest.mark.parametrize("gene", ["CYP2D6", "CYP2C19", "HLA-B", "MT-RNR1"])
def test_no_result_is_never_normal(gene: str, nothing: str | None) -> None:
    assert phenotype(gene, nothing).phenotype == "Indeterminate"


@pytest.mark.parametrize(
    ("gene", "diplotype", "field"),
    [
        ("CYP1A1", "*1/*1", "gene"),
        (None, "*1/*1", "gene"),
        (["CYP2D6"], "*1/*1", "gene"),
        ("CYP2D6", "*1/*2/*3", "diplotype"),
        ("CYP2D6", 12, "diplotype"),
        ("CYP2D6", True, "diplotype"),
        ("CYP2D6", float("nan"), "diplotype"),
        ("CYP2D6", "*1" * 1000, "diplotype"),
    ],
)
def test_what_is_no_result_is_refused_by_name(gene: str, diplotype: str, field: str) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        phenotype(gene, diplotype)
    assert refusal.value.field == field
    assert refusal.value.source


@pytest.mark.parametrize("row", GENES.values(), ids=GENES)
def test_no_gene_lacks_its_source_or_version(row: tables.Gene) -> None:
    assert row.title
    assert row.method
    assert row.source
    assert row.version
    assert row.alleles >= 1
    if not row.symbol.startswith("HLA-"):
        assert row.symbol in (tables.bands() if row.scored else tables.pairs())


def test_the_bands_are_those_of_the_published_equations() -> None:
    path = shared.shared("cpic/equation-table.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = [float(part) for part in row["Equation"].split() if part[0].isdigit()]
            (band,) = (
                each for each in tables.bands()[row["Gene"]] if each.phenotype == row["Phenotype"]
            )
            assert band.start / 4 == numbers[0]
            assert (band.end is None) == (len(numbers) == 1)
            if band.end is not None:
                assert band.end / 4 == numbers[1]
