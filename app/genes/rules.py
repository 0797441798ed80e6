"""Pure rules of genetic reports: what a file says, what is fit to keep, and what it tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.clinical import N_, ClinicalInputError, Sentence
from app.clinical.pharmacogenomics import (
    DRUGS,
    GENES,
    Guidance,
    OutsideCall,
    checked,
    drug_guidance,
    meaning_of,
    parse_outside_calls,
    parse_pharmcat,
    readings,
    rereadings,
    unknown_alleles,
)

# A person has a few dozen results; what says more is no report of one person.
MOST_RESULTS = 200
MOST_LINES = 2_000
LONGEST_LABORATORY = 120
LONGEST_REASON = 500
LONGEST_VERSION = 80
# Genes were read for medicines from about then on.
EARLIEST = date(1990, 1, 1)
GENE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.IGNORECASE)
HEADER = "gene"
# Spreadsheets put cells in quotation marks; no name of an allele has one.
QUOTES = frozenset('"“”„«»')
# The shape of an allele's name: newer ones than our tables know are kept, with that doubt.
STAR = re.compile(r"\*\d\S*")
AVOID = "avoid/alternative"
URGENT = frozenset({AVOID, "dose-change"})

OF_JSON, OF_TABLES = ("json",), ("tsv", "txt")
NO_ENDING = N_("Please send a file whose name ends in .tsv, .txt or .json.")
OTHER_ENDING = N_("This file does not hold what the ending of its name says.")
NOT_TEXT = N_("This file is not text, so we cannot read it.")
EMPTY = N_("There is no result of a gene in this file.")
CONTROLS = N_("This file holds signs that no laboratory writes, so we do not take it.")
QUOTED = N_(
    "This file holds the sign “%(sign)s” in a result of %(gene)s. Please ask the laboratory what"
    " was meant."
)
NO_NAME = N_("“%(gene)s” is not the name of a gene.")
NONE_KNOWN = N_("We have no table for any gene in this file, so it would tell nothing.")
TOO_MANY = N_("This is more than the results of one person: at most %(most)s are taken.")
NO_TABLE = N_("We have no table for %(gene)s, so nothing is said about it.")
NOT_KNOWN = N_("We do not know a gene called %(gene)s.")
NO_ALLELE = N_("We do not know the %(gene)s allele %(allele)s. Please check it.")


class ReportStatus(StrEnum):
    """The life of a report, in FHIR's own codes. Nothing is ever deleted."""

    FINAL = "final"
    ENTERED_IN_ERROR = "entered-in-error"


class Source(StrEnum):
    """How a report came here."""

    PHARMCAT = "pharmcat"
    TABLE = "table"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class GeneFound:
    """One gene: what was found, what it means, and what is doubtful about it."""

    gene: str
    found: tuple[str, ...]
    # As laboratories call it, such as "Poor Metabolizer"; nothing of a gene without a table.
    called: str
    means: Sentence
    doubts: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine that the results touch, with what its guideline says."""

    name: str
    genes: tuple[str, ...]
    advice: tuple[Guidance, ...]
    guideline: str
    url: str
    version: str

    @property
    def matters(self) -> bool:
        """Whether the guideline advises something else than the usual."""
        return any(one.category in URGENT for one in self.advice)

    @property
    def is_better_avoided(self) -> bool:
        """Whether the guideline names it as one to avoid, for some of those it is meant for."""
        return any(one.category == AVOID for one in self.advice)


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report tells: genes as they stand in it, and medicines by name."""

    genes: tuple[GeneFound, ...]
    medicines: tuple[Medicine, ...]

    @property
    def to_talk_about(self) -> list[Medicine]:
        """The medicines that are better avoided, then those that want another dose."""
        found = [one for one in self.medicines if one.matters]
        return sorted(found, key=lambda one: not one.is_better_avoided)

    @property
    def others(self) -> list[Medicine]:
        """The rest: the usual dose, or no advice."""
        return [one for one in self.medicines if not one.matters]


def read_file(data: bytes, name: str) -> tuple[Source, list[OutsideCall]]:
    """What a laboratory's file says: a file of PharmCAT, or a table of genes and diplotypes.

    Raises `ClinicalInputError` with a sentence where it is neither, is not what the ending of its
    `name` says, or is not fit to be kept. Nothing else of the name counts.
    """
    ending = name.rpartition(".")[2].casefold()
    if ending not in (*OF_JSON, *OF_TABLES):
        raise refused(NO_ENDING)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(NOT_TEXT) from error
    if any(not one.isprintable() and one not in "\t\r\n" for one in text):
        raise refused(CONTROLS)
    if _is_json(text) != (ending in OF_JSON):
        raise refused(OTHER_ENDING)
    if len(text.splitlines()) > MOST_LINES and not _is_json(text):
        raise refused(TOO_MANY, most=MOST_RESULTS)
    source = Source.PHARMCAT if _is_pharmcat(text) else Source.TABLE
    if source is Source.PHARMCAT:
        return source, _fit(parse_pharmcat(text))
    return source, _known(_fit(parse_outside_calls(_headless(text))))


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _is_pharmcat(text: str) -> bool:
    return _is_json(text) or "Source Diplotype" in text[:1000]


def _headless(text: str) -> str:
    """The table without the names of its columns; the empty line keeps the others' numbers."""
    lines = text.splitlines()
    filled = (at for at, line in enumerate(lines) if line.strip() and not line.startswith("#"))
    first = next(filled, None)
    if first is not None and lines[first].split("\t")[0].strip(' "').casefold() == HEADER:
        lines[first] = ""
    return "\n".join(lines)


def _known(calls: list[OutsideCall]) -> list[OutsideCall]:
    """The results of a table, unless one holds what is no name of an allele at all."""
    for call in calls:
        said = (call.gene, call.diplotype, call.phenotype, call.activity_score)
        for sign in sorted(QUOTES.intersection("".join(one for one in said if one))):
            raise refused(QUOTED, gene=call.gene, sign=sign)
        for allele in unknown_alleles(call) if call.gene in GENES else ():
            if STAR.fullmatch(allele) is None:
                raise refused(NO_ALLELE, gene=call.gene, allele=allele)
    return calls


def _fit(calls: Sequence[OutsideCall]) -> list[OutsideCall]:
    """The results, if they can be those of one person; JSON may hide what text cannot."""
    if not calls:
        raise refused(EMPTY)
    if len(calls) > MOST_RESULTS:
        raise refused(TOO_MANY, most=MOST_RESULTS)
    for call in calls:
        said = (call.gene, call.diplotype, call.phenotype, call.activity_score, call.version)
        if not all(one.isprintable() for one in said if one):
            raise refused(CONTROLS)
        if GENE.fullmatch(call.gene) is None:
            raise refused(NO_NAME, gene=call.gene[:20])
    if not any(call.gene in GENES for call in calls):
        raise refused(NONE_KNOWN)
    return list(calls)


def by_hand(gene: str, diplotype: str) -> OutsideCall:
    """One result that somebody typed; raises ClinicalInputError unless its alleles are known."""
    if gene not in GENES:
        raise refused(NOT_KNOWN, gene=gene[:20])
    plain = " ".join(diplotype.split())
    (call,) = _fit(parse_outside_calls(f"{gene}\t{plain}"))
    for allele in unknown_alleles(call):
        raise refused(NO_ALLELE, gene=gene, allele=allele)
    return call


def refused(words: str, **values: str | int) -> ClinicalInputError:
    """A refusal of what was sent, as one sentence."""
    return ClinicalInputError("file", Sentence(words, values), "genes.rules")


def written(calls: Iterable[OutsideCall]) -> str:
    """The results as they are kept: as reported, so that newer tables can be asked of them."""
    return json.dumps([_kept(call) for call in calls], ensure_ascii=False)


def _kept(call: OutsideCall) -> dict[str, Any]:
    kept = {
        "gene": call.gene,
        "diplotype": call.diplotype,
        "phenotype": call.phenotype,
        "activity_score": call.activity_score,
        "version": call.version[:LONGEST_VERSION],
        # What was read otherwise than it was written is not found again later.
        "reread": [one.to_json() for one in rereadings(call)],
    }
    return {name: value for name, value in kept.items() if value}


def read_back(text: str) -> list[OutsideCall]:
    """What `written` kept, checked against the tables of today."""
    return [_call(one) for one in json.loads(text)]


def _call(kept: Mapping[str, Any]) -> OutsideCall:
    call = OutsideCall(
        kept["gene"],
        kept.get("diplotype"),
        kept.get("phenotype"),
        kept.get("activity_score"),
        version=kept.get("version", ""),
    )
    reread = tuple(Sentence.from_json(one) for one in kept.get("reread", ()))
    return checked(replace(call, warnings=reread))


def told(calls: Sequence[OutsideCall]) -> Told:
    """Each gene with its meaning, and each medicine that it touches with its guidance."""
    return Told(tuple(_genes(calls)), tuple(_medicines(calls)))


def _genes(calls: Sequence[OutsideCall]) -> Iterable[GeneFound]:
    known = readings(calls)
    for gene in dict.fromkeys(call.gene for call in calls):
        own = [call for call in calls if call.gene == gene]
        found = tuple(dict.fromkeys(_found(call) for call in own))
        reading = known.get(gene)
        if reading is not None:
            doubts = dict.fromkeys((*reading.conflicts, *reading.warnings))
            yield GeneFound(gene, found, reading.shown, meaning_of(reading), tuple(doubts))
            continue
        yield GeneFound(gene, found, "", Sentence(NO_TABLE, {"gene": gene}), ())


def _found(call: OutsideCall) -> str:
    return call.diplotype or call.phenotype or call.activity_score or ""


def _medicines(calls: Sequence[OutsideCall]) -> Iterable[Medicine]:
    there = {call.gene for call in calls}
    for drug in DRUGS.values():
        advice = drug_guidance(drug.name, calls) if there & set(drug.genes) else []
        if advice:
            genes = tuple(one for one in drug.genes if one in there)
            yield Medicine(drug.name, genes, tuple(advice), drug.guideline, drug.url, drug.version)
