"""PharmCAT's own files."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import OutsideCall, parse_pharmcat, phenotype
from tests.clinical import shared

HEADER = "Gene\tSource Diplotype\tPhenotype\tActivity Score"


def report(**changes: Any) -> dict[str, Any]:
    """One gene's part of a phenotype file."""
    told = {
        "allele1": {"name": "*1"},
        "allele2": {"name": "*4"},
        "phenotypes": ["Intermediate Metabolizer"],
        "activityScore": "1.0",
    }
    return {
        "geneSymbol": "CYP2D6",
        "phenotypeVersion": "2025-11-05-00-25",
        "callSource": "OUTSIDE",
        "recommendationDiplotypes": [told],
    } | changes


def seen(calls: list[OutsideCall]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(each.gene, each.diplotype, each.phenotype, each.activity_score) for each in calls]


ONE = [("CYP2D6", "*1/*4", "Intermediate Metabolizer", "1.0")]


@pytest.mark.parametrize(
    "document",
    [
        {"geneReports": {"CYP2D6": report()}},
        {"geneReports": {"CPIC": {"CYP2D6": report()}, "DPWG": {"CYP2D6": report()}}},
        {"genes": {"CPIC": {"CYP2D6": report()}}},
        {"geneReports": {"CYP2D6": report(), "CYP2C9": report(callSource="NONE")}},
    ],
)
def test_each_version_of_the_file_is_read(document: dict[str, Any]) -> None:
    assert seen(parse_pharmcat(document)) == ONE
    assert seen(parse_pharmcat(json.dumps(document))) == ONE
    assert seen(parse_pharmcat(json.dumps(document).encode())) == ONE


def test_a_result_keeps_the_version_it_was_made_with() -> None:
    (call,) = parse_pharmcat({"geneReports": {"CYP2D6": report()}})
    assert call.version == "2025-11-05-00-25"
    (call,) = parse_pharmcat(f"PharmCAT v3.1.0\n{HEADER}\nCYP2D6\t*1/*4\t\t\n")
    assert call.version == "PharmCAT v3.1.0"


def test_several_possible_results_come_back_each() -> None:
    first, second = report()["recommendationDiplotypes"][0], {"allele1": {"name": "*2"}}
    calls = parse_pharmcat(
        {"geneReports": {"CYP2D6": report(recommendationDiplotypes=[first, second])}}
    )
    assert [call.diplotype for call in calls] == ["*1/*4", "*2"]


def test_a_gene_without_a_result_is_left_out() -> None:
    unknown = {"allele1": {"name": "Unknown"}, "allele2": {"name": "Unknown"}, "phenotypes": []}
    said = {**unknown, "phenotypes": ["No Result"], "activityScore": "No Result"}
    for told in (unknown, said):
        document = {"geneReports": {"X": report(recommendationDiplotypes=[told])}}
        assert parse_pharmcat(document) == []
    assert parse_pharmcat(f"{HEADER}\nCYP2D6\tno call\t\t\n") == []


def test_what_one_body_alone_reports_is_read_beside_the_other() -> None:
    other = report(geneSymbol="cyp3a4", recommendationDiplotypes=[{"allele1": {"name": "*1"}}])
    calls = parse_pharmcat({"genes": {"CPIC": {"CYP2D6": report()}, "DPWG": {"CYP3A4": other}}})
    assert {call.gene for call in calls} == {"CYP2D6", "CYP3A4"}


def test_a_score_that_is_a_number_is_read() -> None:
    told = {"allele1": {"name": "*4"}, "allele2": {"name": "*4"}, "activityScore": 0.0}
    (call,) = parse_pharmcat({"genes": {"CYP2D6": report(recommendationDiplotypes=[told])}})
    assert call.activity_score == "0.0"


def test_results_that_the_data_cannot_tell_apart_come_back_each() -> None:
    told = "*8/*36 OR *1/*13\tPoor Metabolizer / Intermediate Metabolizer"
    one, other = parse_pharmcat(f"{HEADER}\nCYP2B6\t{told}\t\n")
    assert (one.diplotype, one.phenotype) == ("*8/*36", "Poor Metabolizer")
    assert (other.diplotype, other.phenotype) == ("*1/*13", "Intermediate Metabolizer")
    assert one.conflicts == other.conflicts != ()


def test_a_phenotype_that_could_be_of_either_result_is_left_out() -> None:
    for call in parse_pharmcat(f"{HEADER}\nCYP2B6\t*8/*36 OR *1/*13\tPoor Metabolizer\t\n"):
        assert call.phenotype is None


def test_variants_of_unknown_phase_are_read_as_pharmcat_looks_them_up() -> None:
    columns = "\t".join(f"Recommendation Lookup {name}" for name in HEADER.split("\t")[2:])
    header = f"{HEADER}\tRecommendation Lookup Diplotype\t{columns}"
    found = "c.601A>C AND c.1129-5923C>G\t\t\t"
    looked_up = "c.601A>C/c.1129-5923C>G\tPoor Metabolizer\t0.5"
    (call,) = parse_pharmcat(f"{header}\nDPYD\t{found}{looked_up}\n")
    assert seen([call]) == [("DPYD", *looked_up.split("\t"))]
    (unsure,) = parse_pharmcat(f"{header}\nDPYD\t{found}\t\t\n")
    assert unsure.warnings
    assert phenotype("DPYD", unsure.diplotype).phenotype == "Indeterminate"


def test_a_table_of_several_people_is_refused() -> None:
    rows = "Sample ID\t" + HEADER + "\nanna\tCYP2C19\t*1/*1\t\t\n"
    assert len(parse_pharmcat(rows)) == 1
    with pytest.raises(ClinicalInputError, match="several people"):
        parse_pharmcat(rows + "bert\tCYP2C19\t*2/*2\t\t\n")


def test_a_contradiction_in_the_file_is_flagged() -> None:
    (call,) = parse_pharmcat(f"{HEADER}\nCYP2D6\t*4/*4\tNormal Metabolizer\t2.0\n")
    assert len(call.conflicts) == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        "{",
        "{}",
        "[]",
        '{"geneReports": []}',
        '{"geneReports": {"CYP2D6": 1}}',
        '{"geneReports": {"CYP2D6": {"recommendationDiplotypes": [1]}}}',
        '{"geneReports": {"CYP2D6": {"geneSymbol": "X", "recommendationDiplotypes": [null]}}}',
        '{"a":' * 100_000,
        b"\xff\xfe",
        None,
        12,
        "Gene\tDiplotype\nCYP2D6\t*1/*1\n",
        "x" * 20_000_001,
        f"{HEADER}\n{'X' * 700}\t*1/*1\t\t\n",
        {"genes": {"X": report(geneSymbol="X" * 700)}},
    ],
)
def test_what_is_no_such_file_is_refused(content: str) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        parse_pharmcat(content)
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("pharmcat.example.report.tsv", 20),
        ("pharmcat.example2.report.tsv", 19),
        ("pharmcat.example2.phenotype.json", 19),
    ],
)
def test_the_published_examples_agree_with_the_rules(name: str, count: int) -> None:
    calls = parse_pharmcat(shared.shared(f"cpic/{name}").read_text(encoding="utf-8"))
    assert len(calls) == count
    for call in calls:
        assert call.conflicts == ()
        found = phenotype(call.gene, call.diplotype)
        assert call.phenotype in (None, found.phenotype)
        assert call.activity_score in (None, found.activity_score)


def test_both_kinds_of_the_second_example_say_the_same() -> None:
    table = shared.shared("cpic/pharmcat.example2.report.tsv").read_text(encoding="utf-8")
    document = shared.shared("cpic/pharmcat.example2.phenotype.json").read_bytes()
    assert sorted(seen(parse_pharmcat(table))) == sorted(seen(parse_pharmcat(document)))
    assert len(list(csv.reader(table.splitlines(), delimiter="\t"))) == 2 + 19
