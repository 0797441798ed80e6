"""Results from PharmCAT: its phenotype and report files (JSON), and its report table (TSV)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import names
from app.clinical.pharmacogenomics.repeats import repeats_flagged
from app.clinical.pharmacogenomics.results import OutsideCall, checked
from app.clinical.pharmacogenomics.tables import GENES
from app.clinical.sentences import N_, Sentence

FORMAT = "PharmCAT 2 and 3: phenotype.json, report.json, report.tsv"
# The largest published example is below 2 MB.
MAX_CHARACTERS = 20_000_000

UNREADABLE = N_("This is not a PharmCAT file we can read: phenotype.json, report.json, report.tsv.")
TOO_LONG = N_("This file is larger than any PharmCAT file.")
SEVERAL_PEOPLE = N_(
    "This file is about several people. Please send each person's results in a file of their own."
)
TWICE = N_("This file says “%(key)s” twice in one place, so we cannot know which is meant.")
SAMPLE = "Sample ID"
COLUMNS = ("Source Diplotype", "Phenotype", "Activity Score")
LOOKED_UP = tuple(
    f"Recommendation Lookup {name}" for name in ("Diplotype", "Phenotype", "Activity Score")
)
# Between results that the data cannot tell apart, and between variants of unknown phase.
EITHER, UNPHASED = " OR ", " AND "


def _refused(words: str = UNREADABLE) -> ClinicalInputError:
    return ClinicalInputError("file", Sentence(words), FORMAT)


def parse_pharmcat(content: str | bytes | Mapping[str, Any]) -> list[OutsideCall]:
    """The results in a PharmCAT file; a gene that was not called is left out.

    A gene with several possible results comes back once for each. Each result keeps the
    version of the tables it was made with. Raises `ClinicalInputError` where the file is
    not one of PharmCAT's.
    """
    return repeats_flagged(_read(content))


def _read(content: str | bytes | Mapping[str, Any]) -> list[OutsideCall]:
    if isinstance(content, Mapping):
        return _from_json(content)
    text = _text(content)
    if text.lstrip().startswith("{"):
        try:
            return _from_json(_loaded(text))
        except (ValueError, RecursionError) as error:
            if isinstance(error, ClinicalInputError):
                raise
            raise _refused() from error
    try:
        return list(_from_table(text.splitlines()))
    except csv.Error as error:
        # One cell longer than csv reads.
        raise _refused() from error


def _loaded(text: str) -> Any:
    """JSON with one meaning: no name twice in one object, no NaN or Infinity."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ClinicalInputError("file", Sentence(TWICE, {"key": key[:40]}), FORMAT)
        found[key] = value
    return found


def _no_number(_word: str) -> NoReturn:
    raise _refused()


def _text(content: object) -> str:
    if not isinstance(content, str | bytes):
        raise _refused()
    if len(content) > MAX_CHARACTERS:
        raise _refused(TOO_LONG)
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise _refused() from error
    return text.removeprefix("\N{BYTE ORDER MARK}")


def _from_json(document: Mapping[str, Any]) -> list[OutsideCall]:
    reports = document.get("geneReports", document.get("genes"))
    if not isinstance(reports, Mapping):
        raise _refused()
    # Until version 3 the reports stood under the body whose tables they used.
    bodies = [reports[body] for body in ("DPWG", "CPIC") if isinstance(reports.get(body), Mapping)]
    if bodies:
        reports = {gene: report for body in bodies for gene, report in body.items()}
    try:
        return [call for report in reports.values() for call in _calls(report)]
    except (AttributeError, KeyError, TypeError) as error:
        raise _refused() from error


def _calls(report: Mapping[str, Any]) -> Iterator[OutsideCall]:
    if report.get("callSource") == "NONE":
        return
    version = str(report.get("phenotypeVersion") or "")
    found = report.get("recommendationDiplotypes") or report.get("sourceDiplotypes") or []
    for each in found:
        call = _call(str(report["geneSymbol"]), each, version)
        if call is not None:
            yield call


def _call(gene: str, told: Mapping[str, Any], version: str) -> OutsideCall | None:
    # The label of some genes is a sentence; the alleles' own names are what can be read.
    both = [told.get("allele1"), told.get("allele2")]
    alleles = [str(allele["name"]) for allele in both if allele]
    phenotypes = [str(words) for words in told.get("phenotypes") or [] if str(words).strip()]
    score = "" if told.get("activityScore") is None else str(told["activityScore"])
    return _checked(gene, "/".join(alleles), ", ".join(phenotypes), score, version)


def _checked(
    gene: str, diplotype: str, phenotype: str, score: str, version: str
) -> OutsideCall | None:
    if max(map(len, (gene, diplotype, phenotype, score))) > names.MAX_CHARACTERS:
        raise _refused()
    call = OutsideCall(
        gene=gene.upper() if gene.upper() in GENES else gene,
        diplotype=None if names.is_missing(diplotype) else diplotype,
        phenotype=names.stated_phenotype(phenotype),
        activity_score=names.stated_activity(score),
        version=version,
    )
    if call.diplotype is None and call.phenotype is None and call.activity_score is None:
        return None
    return checked(call)


def _from_table(lines: list[str]) -> Iterator[OutsideCall]:
    version = lines[0] if lines and lines[0].startswith("PharmCAT") else ""
    rows = csv.DictReader(lines[1:] if version else lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if not {"Gene", "Source Diplotype", "Phenotype"} <= set(rows.fieldnames or ()):
        raise _refused()
    people = set()
    for row in rows:
        people.add(row.get(SAMPLE))
        if len(people) > 1:
            raise _refused(SEVERAL_PEOPLE)
        for told in _told(row):
            call = _checked((row["Gene"] or "").strip(), *told, version)
            if call is not None:
                yield call


def _told(row: Mapping[str, str | None]) -> list[tuple[str, str, str]]:
    """Diplotype, phenotype and score of each result that a row leaves possible."""
    source, phenotype, score = (row.get(name) or "" for name in COLUMNS)
    looked_up, *others = (row.get(name) or "" for name in LOOKED_UP)
    if UNPHASED in source and looked_up.strip():
        return [(looked_up, others[0], others[1])]
    found = source.split(EITHER)
    if len(found) == 1:
        return [(source, phenotype, score)]
    return list(zip(found, _each(phenotype, found), _each(score, found), strict=True))


def _each(cell: str, found: list[str]) -> list[str]:
    """One part of the cell for each result; none where it does not say which."""
    parts = cell.split(" / ")
    return parts if len(parts) == len(found) else [""] * len(found)
