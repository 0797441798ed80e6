"""What laboratories send, read or refused with a sentence; whatever else is sent, nothing stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import OutsideCall
from app.genes import rules
from app.genes.models import GeneticReport
from app.genes.rules import Source
from app.kernel import db
from app.kernel.models import AuditEvent
from app.web.shell import LARGEST_FORM
from tests.genes import reports
from tests.genes.reports import LABORATORY, TABLE
from tests.support.portal import ORIGIN, Clinic


def read(data: bytes) -> tuple[Source, list[OutsideCall]]:
    """What a file says that is called as it should be."""
    is_json = data.lstrip()[:1] in (b"{", b"[")
    return rules.read_file(data, "report.json" if is_json else "Report.TSV")


# ------------------------------------------------------------------ what is read


def pharmcat(*genes: str, **more: Any) -> bytes:
    """A file as PharmCAT writes it, with a plain pair of alleles for each gene."""
    told = {
        gene: {
            "geneSymbol": gene,
            "phenotypeVersion": "v1",
            "recommendationDiplotypes": [{"allele1": {"name": "*1"}, "allele2": {"name": "*2"}}],
        }
        for gene in genes
    }
    return json.dumps({"genes": told, **more}).encode()


def test_table_and_program_are_told_apart_by_what_they_hold() -> None:
    source, calls = read(TABLE.encode())
    assert (source, [one.gene for one in calls]) == (
        Source.TABLE,
        ["CYP2C19", "CYP2D6", "SLCO1B1"],
    )
    source, calls = read(pharmcat("CYP2C19"))
    assert (source, calls[0].diplotype) == (Source.PHARMCAT, "*1/*2")


def test_what_is_kept_comes_back_with_its_doubts() -> None:
    table = "CYP2D6\t*4.001/*1\tPoor Metabolizer\nCOMT\trs4680\nTPMT\t*1/*999\n"
    calls = read(table.encode())[1]
    back = rules.read_back(rules.written(calls))
    same = [(one.gene, one.diplotype, one.phenotype, one.warnings, one.conflicts) for one in back]
    assert same == [
        (one.gene, one.diplotype, one.phenotype, one.warnings, one.conflicts) for one in calls
    ]
    assert back[0].conflicts
    assert any("*4.001" in str(one) for one in back[0].warnings)


def test_genes_say_what_they_mean_and_medicines_whom_to_ask_first() -> None:
    told = rules.told(read(TABLE.encode())[1])
    means = {one.gene: str(one.means) for one in told.genes}
    assert "more slowly" in means["CYP2C19"]
    first = [one.name for one in told.to_talk_about]
    assert {"clopidogrel", "simvastatin", "amitriptyline"} <= set(first)
    assert first.index("simvastatin") < first.index("amitriptyline")
    assert "codeine" not in first
    assert "codeine" in [one.name for one in told.others]
    # No medicine is spoken of that none of the genes bears on.
    assert "abacavir" not in [one.name for one in told.medicines]


def test_gene_without_a_table_stays_in_the_report_and_means_nothing() -> None:
    told = rules.told(read(b"CYP2C19\t*1/*1\nCOMT\trs4680 AA\n")[1])
    comt = next(one for one in told.genes if one.gene == "COMT")
    assert comt.found == ("rs4680 AA",)
    assert "no table for COMT" in str(comt.means)


@pytest.mark.parametrize(
    ("table", "gene", "said"),
    [
        ("CYP2C19\t*1/*2\nCYP2C19\t*2/*2\n", "CYP2C19", "do not agree with each other"),
        ("CYP2C19\t*1/*2\tPoor Metabolizer\n", "CYP2C19", "do not agree with each other"),
        ("HLA-B\t*08:01/*57:01\n", "HLA-B", "You carry HLA-B*57:01, a marker"),
        ("HLA-B\t*15:02/*57:01\n", "HLA-B", "severe reactions: *15:02, *57:01."),
        ("HLA-B\t*07:02/*08:01\n", "HLA-B", "You do not carry these HLA-B alleles"),
        ("HLA-A\t*01:01/*02:01\n", "HLA-A", "You do not carry HLA-A*31:01"),
    ],
)
def test_patient_reads_a_sentence_and_no_list_of_phenotypes(
    table: str, gene: str, said: str
) -> None:
    (found,) = rules.told(read(table.encode())[1]).genes
    assert found.gene == gene
    assert said in str(found.means)
    assert "Metabolizer" not in str(found.means)
    assert "negative" not in str(found.means)


def test_typed_allele_that_no_table_knows_is_refused_by_name() -> None:
    assert rules.by_hand("CYP2C19", " *1 / *2 ").diplotype == "*1/*2"
    for gene, found, said in (
        ("CYP2C19", "*1/*999", "CYP2C19 allele *999"),
        ("NOGENE", "*1/*2", "NOGENE"),
        ("CYP2C19", "*1/*2/*3", "more than two alleles"),
    ):
        with pytest.raises(ClinicalInputError) as refused:
            rules.by_hand(gene, found)
        assert said in str(refused.value.sentence)


@pytest.mark.parametrize("header", ["Gene\tResult", "GENE\tGENOTYPE\tPhenotype", "\n#x\ngene\tx"])
def test_names_of_columns_are_no_result(header: str) -> None:
    calls = read(f"{header}\nCYP2C19\t*1/*2\n".encode())[1]
    assert [one.gene for one in calls] == ["CYP2C19"]


def test_coarsely_told_marker_is_kept_with_its_doubt() -> None:
    (call,) = read(b"HLA-B\t*57/*07:02\n")[1]
    assert call.diplotype == "*57/*07:02"
    advice = [one for one in rules.told([call]).medicines if one.name == "abacavir"]
    assert "not told finely enough" in str([str(one) for one in advice[0].advice[0].warnings])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"HLA-B\t*banana/*07:02\n", "We do not know the HLA-B allele *banana."),
        (b"TPMT\t*1/*1\nCYP2C19\tbanana\n", "We do not know the CYP2C19 allele banana."),
        (b"cyp2c19\t*1/*x\n", "We do not know the CYP2C19 allele *x."),
        (b'CYP2C19\t"*1/*2\n', "in a result of CYP2C19"),
        (b'CYP2C19\t"*1/*2"\n', "in a result of CYP2C19"),
        (b'COMT\t"AA\nCYP2C19\t*1/*2\n', "in a result of COMT"),
        (b"Gene\tResult\n", "no result"),
    ],
)
def test_table_that_would_be_read_by_half_is_refused(table: bytes, said: str) -> None:
    with pytest.raises(ClinicalInputError) as refused:
        read(table)
    assert said in str(refused.value.sentence)


# ------------------------------------------------------------------ what is refused

DEEP = b'{"genes": ' + b"[" * 60_000 + b"]" * 60_000 + b"}"
HOSTILE = {
    "empty": b"",
    "blank": b" \n\n",
    "no table": b"hello",
    "half a JSON": b'{"genes": {',
    "a JSON list": b"[1, 2]",
    "another JSON": b'{"patient": "Ana"}',
    "deep": DEEP,
    "a key twice": b'{"genes": {"CYP2C19": {}, "CYP2C19": {"geneSymbol": "CYP2D6"}}}',
    "no number": b'{"genes": {}, "score": NaN}',
    "an endless number": b'{"genes": {}, "score": Infinity}',
    "no gene that is known": b"COMT\t*1/*2\nABCDE\t*1/*1\n",
    "no name of a gene": b"<b>CYP2C19</b>\t*1/*2\nCYP2C19\t*1/*2",
    "a control character": b"CYP2C19\t*1/\x00*2\n",
    "a control character in JSON": pharmcat("CYP2C19").replace(b'"*2"', b'"*2\\u0007"'),
    "a turn of the writing": "CYP2C19\t*1/\u202e*2\n".encode(),
    "half a letter": pharmcat("CYP2C19").replace(b'"*2"', b'"*2\\ud800"'),
    "not text": b"\xff\xfe\x00C",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a packed file": b"PK\x03\x04" + bytes(200),
    "other types": b'{"genes": {"CYP2C19": {"geneSymbol": 7, "sourceDiplotypes": 3}}}',
    "too many lines": b"CYP2C19\t*1/*2\n" * 3_000,
    "too many results": b"CYP2C19\t*1/*2\n" * 300,
    "too long a cell": b"CYP2C19\t" + b"*1" * 5_000,
    "a list that never ends": b"[" * 200_000,
    "one endless cell": b"Gene\tSource Diplotype\tPhenotype\nCYP2C19\t" + b"x" * 200_000 + b"\t",
    "endless digits": b'{"genes": {"CYP2C19": {"geneSymbol": ' + b"9" * 5_000 + b"}}}",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ClinicalInputError) as refused:
        read(data)
    said = str(refused.value.sentence)
    assert said.endswith((".", "?"))
    assert len(said) < 300


@given(
    some.binary(max_size=400)
    | some.text(max_size=200).map(lambda one: one.encode("utf-8", "replace"))
)
def test_nothing_but_a_refusal_comes_of_noise(data: bytes) -> None:
    try:
        _source, calls = read(data)
    except ClinicalInputError:
        return
    rules.told(rules.read_back(rules.written(calls)))


def kept(clinic: Clinic) -> tuple[int, int]:
    """How many reports there are, and how many events of one."""
    with clinic.portal.inside():
        count = select(func.count())
        told = count.select_from(AuditEvent).where(AuditEvent.tag.startswith("genes."))
        rows = db.session().scalar(count.select_from(GeneticReport))
        return rows or 0, db.session().scalar(told) or 0


@pytest.mark.parametrize(
    "name",
    ["a key twice", "deep", "a control character", "not text", "empty", "a list that never ends"],
)
def test_refused_file_is_answered_on_its_page_and_leaves_nothing(clinic: Clinic, name: str) -> None:
    ending = "json" if HOSTILE[name][:1] in (b"{", b"[") else "tsv"
    answer = reports.send(clinic, HOSTILE[name], f"report.{ending}")
    assert answer.status_code == 422
    assert "<h1" in answer.text
    assert 'id="file-error"' in answer.text
    assert LABORATORY in answer.text
    assert kept(clinic) == (0, 0)


def bare(clinic: Clinic, data: bytes) -> TestResponse:
    """The form as it stands on the wire, put together here: the test's client would spool it."""
    doctor, path = clinic.portal.visit(clinic.clinician), reports.address(clinic)
    doctor.get(path)
    said = {**doctor.filled(path), "laboratory": LABORATORY, "reported_on": "2026-11-02"}
    parts = [f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in said.items()]
    parts.append(b'name="file"; filename="report.tsv"\r\n\r\n' + data + b"\r\n")
    body = b"".join(b"--edge\r\nContent-Disposition: form-data; " + one for one in parts)
    kind = "multipart/form-data; boundary=edge"
    said_by_browser = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    return doctor.client.post(
        path,
        base_url=ORIGIN,
        data=body + b"--edge--\r\n",
        content_type=kind,
        headers=said_by_browser,
    )


def test_file_that_is_too_large_is_refused_before_it_is_read(clinic: Clinic) -> None:
    answer = bare(clinic, b"#" * LARGEST_FORM)
    assert answer.status_code == 413
    assert "a smaller file" in answer.text
    assert kept(clinic) == (0, 0)


def test_file_never_touches_the_disk(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    padding = b"# " + b"x" * (LARGEST_FORM - 4_000) + b"\n"
    assert bare(clinic, padding + TABLE.encode()).status_code == 303
    assert kept(clinic) == (1, 1)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode(), "report.exe"),
        (TABLE.encode(), "report.tsv.svg"),
        (TABLE.encode(), "report"),
        (TABLE.encode(), "report.json"),
        (pharmcat("CYP2C19"), "report.tsv"),
    ],
)
def test_file_that_is_not_what_its_name_says_is_refused(
    clinic: Clinic, data: bytes, name: str
) -> None:
    assert reports.send(clinic, data, name).status_code == 422
    assert kept(clinic) == (0, 0)


@pytest.mark.parametrize("name", ["../../etc/secret-name.tsv", "secret-name of Ana.TXT"])
def test_name_of_a_file_is_kept_nowhere(clinic: Clinic, name: str) -> None:
    assert reports.send(clinic, TABLE.encode(), name).status_code == 303
    assert kept(clinic) == (1, 1)
    with clinic.portal.inside():
        row = db.session().scalars(select(GeneticReport)).one()
        told = db.session().scalars(select(AuditEvent.detail)).all()
        assert "secret-name" not in f"{row.laboratory} {row.results} {told}"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"laboratory": " "}, "laboratory"),
        ({"laboratory": "x" * 121}, "laboratory"),
        ({"reported_on": "soon"}, "reported_on"),
        ({"reported_on": "1959-01-01"}, "reported_on"),
        ({"reported_on": "2999-01-01"}, "reported_on"),
    ],
)
def test_report_without_its_day_or_laboratory_is_not_kept(
    clinic: Clinic, said: dict[str, str], field: str
) -> None:
    answer = reports.send(clinic, TABLE.encode(), **said)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert kept(clinic) == (0, 0)
