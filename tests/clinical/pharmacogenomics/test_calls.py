"""Outside calls: what is read, what is refused, and where columns contradict each other.

Inputs and answers are those of PharmGKB/PharmCAT, OutsideCallParserTest, OutsideCallTest
and DiplotypeTest, and our own on top.
"""

from __future__ import annotations

import pytest

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import parse_outside_calls
from tests.clinical import shared


@pytest.mark.parametrize(
    ("line", "gene", "diplotype"),
    [
        ("CYP2C9\t*1/*2", "CYP2C9", "*1/*2"),
        ("CYP2C9\tCYP2C9*1/CYP2C9      *2", "CYP2C9", "*1/*2"),
        ("CYP2D6\tCYP2D6*1/CYP2D6*4\t\t\t0.6\t0.75\tp: 0.0\t\t\tv1.9", "CYP2D6", "*1/*4"),
        ("CYP2D6\t*2/*2.001", "CYP2D6", "*2/*2"),
        ("CYP2D6\t*2.001/*3.024", "CYP2D6", "*2/*3"),
        ("HLA-A\t*02:02:02/*02:01", "HLA-A", "*02:02/*02:01"),
        ("HLA-A\tA*02:02:02/A*02:01", "HLA-A", "*02:02/*02:01"),
        ("HLA-A\tA*02:02:02/*02:01", "HLA-A", "*02:02/*02:01"),
        ("HLA-B\tHLA-B*07:02:04:03/HLA-B*57:01", "HLA-B", "*07:02/*57:01"),
        ("UGT1A1\t*80+*28", "UGT1A1", "*80+*28"),
        ("UGT1A1\t*2/*80 + *28", "UGT1A1", "*2/*80 + *28"),
        ("UGT1A1\t[*80 + *28]/*1", "UGT1A1", "[*80 + *28]/*1"),
        ("CYP2D6\t*1/*QQQ", "CYP2D6", "*1/*QQQ"),
        ("CYP2D6\t*1", "CYP2D6", "*1"),
        ("CYP2D6\t*1\t\t", "CYP2D6", "*1"),
        ("CYP2D6\t./.", "CYP2D6", None),
        ("ABCDE\t*1/*1x7", "ABCDE", "*1/*1x7"),
        ("cyp2d6\t*1/*2\r", "CYP2D6", "*1/*2"),
    ],
)
def test_a_diplotype_is_read(line: str, gene: str, diplotype: str | None) -> None:
    (call,) = parse_outside_calls(line)
    assert (call.gene, call.diplotype) == (gene, diplotype)


@pytest.mark.parametrize(
    ("line", "phenotype", "score"),
    [
        ("CYP2C9\t*1/*2\tNormal Metabolizer", "Normal Metabolizer", None),
        ("CYP2C9\t*1/*2\tCYP2C9 Normal Metabolizer", "Normal Metabolizer", None),
        ("CYP2D6\t\tIM", "Intermediate Metabolizer", None),
        ("CYP2D6\t\t\t2.0", None, "2.0"),
        ("CYP2D6\t*1\tIM\t", "Intermediate Metabolizer", None),
        ("CYP2D6\t*1\tIM\t2", "Intermediate Metabolizer", "2.0"),
        ("CYP2D6\t*1\t\t2.0", None, "2.0"),
        ("CYP2D6\t\tIM\x02.0", "IM\x02.0", None),
        ("HLA-B\t\tHLA-B*57:01 positive", "*57:01 positive", None),
        ("G6PD\t\tG6PD Deficient", "Deficient", None),
        # A phenotype in the column of the diplotype, as PharmCAT's ShcTest has it
        ("HLA-B\t*57:01 positive", "*57:01 positive", None),
        ("HLA-A\tHLA-A*31:01 positive", "*31:01 positive", None),
        ("CYP2D6\tPoor Metaboliser\t\t0", "Poor Metabolizer", "0.0"),
    ],
)
def test_a_stated_phenotype_and_score_are_read(
    line: str, phenotype: str | None, score: str | None
) -> None:
    (call,) = parse_outside_calls(line)
    assert (call.phenotype, call.activity_score) == (phenotype, score)


def test_comments_and_empty_lines_are_passed_over() -> None:
    text = "# comment\nCYP2C9\t*1/*2\n\n## another comment\n\nCYP2C9\t*3/*4\n\n"
    assert [call.diplotype for call in parse_outside_calls(text)] == ["*1/*2", "*3/*4"]


def test_several_genes_keep_their_order_and_line() -> None:
    calls = parse_outside_calls("\ufeffCYP2C9\t*1/*2\nCYP2C19\t*3/*4\n")
    assert [(call.gene, call.diplotype, call.line) for call in calls] == [
        ("CYP2C9", "*1/*2", 1),
        ("CYP2C19", "*3/*4", 2),
    ]


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ("CYP2D6", "text", "Line 1"),
        ("CYP2D6\t", "diplotype", "Line 1"),
        ("CYP2D6\t   ", "diplotype", "Line 1"),
        ("CYP2D6\t/", "diplotype", "Line 1"),
        ("\t*1/*2", "gene", "Line 1"),
        ("CYP2D6\tCYP2D6 *1/CYP2D6 *2/CYP2D6 *3", "diplotype", "Line 1"),
        ("CYP2C9\t*1/*2\nCYP2C19\t*3/*4/*2", "diplotype", "Line 2"),
        ("CYP2D6\tCYP2D6*1/CYP2D6*4 or *2/*3", "diplotype", "Line 1"),
        ("HLA-A\tB*02:02/*02:01", "diplotype", "Line 1"),
        ("CYP2D6\t" + "*1" * 1000, "diplotype", "Line 1"),
        ("X" * 601 + "\t*1/*1", "text", "Line 1"),
        ("CYP2D6\t\t" + "PM" * 301, "text", "Line 1"),
        ("CYP2D6\t\t\t" + "1" * 601, "text", "Line 1"),
        ("x\n" * 500_001, "text", "lines"),
        (None, "text", "text"),
        (b"CYP2D6\t*1/*1", "text", "text"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_number(
    text: str, field: str, line: str
) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        parse_outside_calls(text)
    assert refusal.value.field == field
    assert line in str(refusal.value)
    assert refusal.value.source


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("CYP2D6\t\tNM\t4.0", 1),
        ("CYP2D6\t\tNM", 0),
        ("CYP2D6\t\t\t4.0", 0),
        ("CYP2D6\t*1/*1\tNM\t4.0", 2),
        ("CYP2D6\t*1/*1\tNM", 0),
        ("CYP2D6\t*1/*1\t\t4.0", 1),
        ("CYP2D6\t*1/*1\tNM\t2", 0),
        ("CYP2D6\t*1/*1\tnormal metaboliser\t2", 0),
        ("CYP2D6\t*1/*1\tPM\t2", 2),
        ("CYP2D6\t*1/*4\tNM\t1.0", 2),
        ("CYP2D6\t*1/*1x7\tUM\t≥4.0", 0),
        ("CYP2C9\t*1/*2\tNormal Metabolizer", 1),
        ("CYP2C19\t*1/*2\tIntermediate Metaboliser", 0),
        ("CYP2C19\t*1/*2\tPoor Metaboliser", 1),
        ("HLA-B\t*57:01/*07:02\t*57:01 negative", 1),
        ("HLA-B\t*57:01/*07:02\t*57:01 positive", 0),
        ("MT-RNR1\t1555A>G\tIncreased risk of aminoglycoside-induced hearing loss", 0),
        # PharmGKB/PharmCAT, outside_CYP2D6_G6PD_MTRNR1.tsv: a column that states nothing
        ("CYP2D6\tCYP2D6*3/CYP2D6*4\t?/?\t\t0.6\t0.75\tp: 0.0", 0),
        ("CYP2D6\t*1/*QQQ\tNM", 0),
        # PharmGKB/PharmCAT, PipelineTest
        ("CYP2D6\t*1/*1\tPM\t≥4.0", 3),
        ("CYP2D6\t*2/*10\tIntermediate Metabolizer\t1.25", 2),
        ("CYP2C19\t*2/*1\tIM", 0),
    ],
)
def test_columns_that_contradict_each_other_are_flagged(line: str, count: int) -> None:
    (call,) = parse_outside_calls(line)
    assert len(call.conflicts) == count
    assert all(call.gene in str(conflict) for conflict in call.conflicts)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("CYP2D6\t*1/*QQQ", "*QQQ"),
        ("CYP2D6\t*1/*QQQ\tNM", "cannot be checked"),
        ("CYP2D6\t*2.001/*4", "*2.001"),
        ("UGT1A1\t*2/*80 + *28", "*2"),
        ("CYP2D6\t*1", "Only one"),
        ("HLA-B\t*15:02", "ask the laboratory for the other copy"),
        ("HLA-B\t*57/*07:02", "*57"),
        ("ABCDE\t*1/*1", "ABCDE"),
        ("CYP2C19\t\t\t2.0", "no activity score"),
        ("CYP2D6\t\t\tabout 2", "about 2"),
    ],
)
def test_what_is_doubtful_is_said(line: str, said: str) -> None:
    (call,) = parse_outside_calls(line)
    assert any(said in str(warning) for warning in call.warnings)


@pytest.mark.parametrize("line", ["CYP2D6\t*1/*4", "G6PD\tMediterranean", "MT-RNR1\t1555A>G"])
def test_a_plain_result_raises_no_doubt(line: str) -> None:
    (call,) = parse_outside_calls(line)
    assert (call.warnings, call.conflicts) == ((), ())


def test_the_published_example_is_read() -> None:
    text = shared.shared("cpic/pharmcat.example.outsideCall.tsv").read_text(encoding="utf-8")
    assert [(call.gene, call.diplotype) for call in parse_outside_calls(text)] == [
        ("CYP2D6", "*1/*3"),
        ("HLA-B", "*15:02/*57:01"),
        ("MT-RNR1", "1555A>G"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_machine_ends_them(end: str) -> None:
    text = end.join(["# from a laboratory", "CYP2C9\t*1/*2", "", "CYP2D6\t*4/*4", ""])
    calls = parse_outside_calls(text)
    assert [(call.gene, call.diplotype) for call in calls] == [
        ("CYP2C9", "*1/*2"), ("CYP2D6", "*4/*4"),
    ]  # fmt: skip
    assert [call.line for call in calls] == [2, 4]
