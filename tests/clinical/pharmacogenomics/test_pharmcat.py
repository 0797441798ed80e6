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
    assert parse_pharmcat({"geneReports": {"X": report(recommendationDiplotypes=[unknown])}}) == []


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
