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


@pytest.mark.parametrize(
    ("line", "gene", "found"),
    [
        ("clopidogrel, 75 mg", "CYP2C19", "*2/*2"),
        ("Plavix", "CYP2C19", "*2/*2"),
        ("Xeloda", "DPYD", "*2A/Reference"),
        ("Imuran (azathioprine)", "TPMT", "*3A/*3A"),
        ("abacavir/lamivudine", "HLA-B", "*57:01/*07:02"),
        ("Triumeq", "HLA-B", "*5701/*0702"),
        ("codeine/paracetamol", "CYP2D6", "*4/*4"),
        ("paracetamol with codeine", "CYP2D6", "*4/*4"),
        ("co-codamol", "CYP2D6", "*4/*4"),
        ("tramadol/paracetamol", "CYP2D6", "*4/*4"),
        ("simvastatin/ezetimibe", "SLCO1B1", "*5/*5"),
    ],
)
def test_a_medicine_is_found_however_the_list_writes_it(line: str, gene: str, found: str) -> None:
    assert outcome("PGX-01", [fact("genotype", (gene, found)), takes(line)]) == "proposed"


@pytest.mark.parametrize(
    ("line", "gene", "found"),
    [
        ("mercaptopurine", "TPMT", "*3A/*99"),
        ("mercaptopurine", "TPMT", "*3A"),
        ("azathioprine", "NUDT15", "*3/*99"),
        ("fluvastatin", "CYP2C9", "*3/*99"),
        ("rosuvastatin", "SLCO1B1", "*5/*99"),
        ("sertraline", "CYP2C19", "*2/*99"),
        ("carbamazepine", "HLA-B", "*15/*07"),
        ("abacavir", "HLA-B", "B57"),
        ("fluorouracil", "DPYD", "*2A"),
        ("capecitabine", "DPYD", "c.1905+1G>A (*2A)/c.9999A>T"),
        ("codeine", "CYP2D6", "*4"),
        ("codeine", "CYP2D6", "*1/*2/*3"),
        ("clopidogrel", "CYP2C19", "*1/*99"),
        ("simvastatin", "SLCO1B1", "*5/*99"),
    ],
)
def test_a_result_that_is_not_clear_leaves_the_rule_open_and_is_named(
    line: str, gene: str, found: str
) -> None:
    said = asked("PGX-01", [fact("genotype", (gene, found)), takes(line)])
    assert said is not None
    assert (said.status, said.missing) == ("undecided", ("genotype",))
    assert f"your {gene} result" in str(said.reason)
    assert line in str(said.reason)


def test_an_unclear_result_is_told_beside_what_is_to_be_done() -> None:
    facts = [POOR, fact("genotype", ("DPYD", "*2A"), source_id="2"), takes("Plavix", "Xeloda")]
    said = asked("PGX-01", facts)
    assert said is not None
    assert said.wording is not None
    assert "Clopidogrel" in str(said.wording.detail)
    assert "your DPYD result" in str(said.wording.detail)


def test_an_unreadable_result_of_another_gene_hides_nothing() -> None:
    other = fact("genotype", ("CYP2D6", "*1/*2/*3"), source_id="2")
    assert outcome("PGX-01", [POOR, other, takes("clopidogrel")]) == "proposed"
    assert outcome("PGX-01", [NORMAL, other, takes("clopidogrel")]) == "settled"


@pytest.mark.parametrize("line", ["Foozax", "antidepressant"])
def test_a_medicine_that_is_not_known_leaves_the_rule_open(line: str) -> None:
    said = asked("PGX-01", [POOR, takes(line)])
    assert said is not None
    assert (said.status, said.missing) == ("undecided", ("medicines",))
    assert line in str(said.reason)
