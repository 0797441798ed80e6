"""PGX-01: reported genes against the list of medicines."""

from __future__ import annotations

import pytest

from app.clinical.guidelines.facts import Fact
from tests.clinical.people import asked, fact, outcome

POOR = fact("genotype", ("CYP2C19", "*2/*2"), source_id="report-1")
NORMAL = fact("genotype", ("CYP2C19", "*1/*1"), source_id="report-1")


def takes(*names: str) -> Fact:
    return fact("medicines", names)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([POOR, takes("clopidogrel")], "proposed"),
        ([NORMAL, takes("clopidogrel")], "settled"),
        ([POOR, takes("Clopidogrel 75 mg", "metformin")], "proposed"),
        ([POOR, takes("metformin")], "settled"),
        ([POOR, takes()], "settled"),
        ([takes("metformin")], "settled"),
        ([takes("clopidogrel")], "absent"),
        ([POOR], "absent"),
        ([], "absent"),
    ],
)
def test_flag_is_raised_where_the_guideline_says_to_act(facts: list[Fact], expected: str) -> None:
    assert outcome("PGX-01", facts) == expected


@pytest.mark.parametrize(
    ("facts", "needed"), [([takes("clopidogrel")], ("genotype",)), ([POOR], ("medicines",))]
)
def test_what_would_decide_is_named(facts: list[Fact], needed: tuple[str, ...]) -> None:
    said = asked("PGX-01", facts)
    assert said is not None
    assert said.missing == needed


def test_flag_carries_the_guidelines_strength_and_tells_nobody_to_stop() -> None:
    said = asked("PGX-01", [POOR, takes("clopidogrel")])
    assert said is not None
    assert said.wording is not None
    assert said.grade.startswith("CPIC ")
    assert said.rule.kind == "safety"
    assert "Clopidogrel" in str(said.wording.detail)
    assert "Do not stop or change a medicine on your own." in str(said.wording.detail)
    assert {each.key for each in said.evidence} == {"genotype", "medicines"}


def test_newest_report_about_a_gene_counts() -> None:
    old = fact("genotype", ("CYP2C19", "*2/*2"), 300, source_id="old")
    assert outcome("PGX-01", [old, NORMAL, takes("clopidogrel")]) == "settled"
