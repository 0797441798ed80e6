"""The published sample cases, each kind by its own question."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical import pharmacogenomics as genes
from tests.clinical import shared

CASES = shared.cases("pharmacogenomics")


def parsed(case: dict[str, Any]) -> None:
    calls = genes.parse_outside_calls(case["tsv"])
    assert len(calls) == len(case["expected"])
    for call, expected in zip(calls, case["expected"], strict=True):
        assert {name: getattr(call, name) for name in expected} == expected


def understood(case: dict[str, Any]) -> None:
    (call,) = genes.parse_outside_calls(case["input"])
    found = genes.phenotype(call.gene, call.diplotype)
    for name in ("phenotype", "activity_score", "allele2", "allele_function"):
        if name in case["expected"]:
            assert getattr(found, name) == case["expected"][name]
    if "atomoxetine_cpic_annotations" in case["expected"]:
        told = genes.drug_guidance("atomoxetine", [call])
        assert len(told) == case["expected"]["atomoxetine_cpic_annotations"]


def derived(case: dict[str, Any]) -> None:
    found = genes.phenotype(**case["input"])
    assert {name: getattr(found, name) for name in case["expected"]} == case["expected"]


def recommended(case: dict[str, Any]) -> None:
    (told,) = genes.drug_guidance(**case["input"])
    assert told.strength == case["expected"]["classification"]
    assert told.category == case["expected"]["category"]


ASKED = {
    "outside_call_parse": parsed,
    "outside_call_semantics": understood,
    "diplotype_to_phenotype": derived,
    "drug_recommendation": recommended,
}


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_comes_out_as_published(case: dict[str, Any]) -> None:
    match case["kind"]:
        case "phenotype_normalise":
            assert genes.normalise_phenotype(case["input"]) == case["expected"]
        case "activity_normalise":
            assert genes.normalise_activity(case["input"]) == case["expected"]
        case kind:
            ASKED[kind](case)
