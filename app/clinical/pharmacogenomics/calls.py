"""Results as laboratories send them, line by line."""

from __future__ import annotations

from dataclasses import replace

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import diplotypes, names
from app.clinical.pharmacogenomics.repeats import repeats_flagged
from app.clinical.pharmacogenomics.results import OutsideCall, checked, is_phenotype
from app.clinical.pharmacogenomics.tables import GENES
from app.clinical.sentences import N_, Sentence, Value

FORMAT = "PharmCAT outside call format: gene, diplotype, phenotype, activity score, by tabs"
# A person has a few dozen results, a whole clinic some thousands; more is a stray file.
MAX_LINES = 500_000

NOT_TEXT = N_("Please send the results as text, with one gene on each line.")
TOO_LONG = N_("This is longer than any list of results: at most %(most)s lines.")
TOO_FEW = N_("Line %(line)s: please give the gene and its result, with a tab between them.")
NO_GENE = N_("Line %(line)s: the name of the gene is missing.")
NO_RESULT = N_(
    "Line %(line)s: please give a result, a phenotype or an activity score for %(gene)s."
)
CELL_TOO_LONG = N_("Line %(line)s: this is too long to be the result of a gene.")
TOO_MANY = N_("Line %(line)s: “%(result)s” names more than two alleles.")
NOT_HLA = N_("Line %(line)s: “%(result)s” is not an allele of %(gene)s.")

SUB_ALLELE = N_("%(gene)s %(written)s is read as %(read)s.")
# More lines than this are of many people, whose results may differ.
ONE_PERSON = 1_000


def parse_outside_calls(text: str) -> list[OutsideCall]:
    """Read an outside-call table: gene TAB diplotype [TAB phenotype [TAB activity score]].

    Blank lines and lines that start with # are passed over, further columns too. Gene
    names before alleles and surplus spaces go; the alleles keep their order. A gene may
    stand on several lines; where these differ, each is flagged. Raises
    `ClinicalInputError` naming the line where there is no gene, no result, or more than
    two alleles.
    """
    if not isinstance(text, str):
        raise ClinicalInputError("text", Sentence(NOT_TEXT), FORMAT)
    # Old spreadsheets end a line with a carriage return alone.
    plain = text.removeprefix("\N{BYTE ORDER MARK}").replace("\r\n", "\n").replace("\r", "\n")
    lines = plain.split("\n")
    if len(lines) > MAX_LINES:
        raise ClinicalInputError("text", Sentence(TOO_LONG, {"most": MAX_LINES}), FORMAT)
    calls = [
        _call(line, number)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    return repeats_flagged(calls) if len(calls) <= ONE_PERSON else calls


def _refused(field: str, words: str, **values: Value) -> ClinicalInputError:
    return ClinicalInputError(field, Sentence(words, values), FORMAT)


def _call(line: str, number: int) -> OutsideCall:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) < 2:  # noqa: PLR2004 - the gene and its result
        raise _refused("text", TOO_FEW, line=number)
    gene, written, stated, score = (*fields, "", "")[:4]
    if not gene:
        raise _refused("gene", NO_GENE, line=number)
    symbol = gene if gene in GENES else _symbol(gene)
    if not (stated or score) and diplotypes.as_tabled(symbol, written) is not None:
        return OutsideCall(symbol, written, line=number)  # nearly every line: no doubt in it
    if not (written or stated or score) or (written == "/" and not (stated or score)):
        raise _refused("diplotype", NO_RESULT, line=number, gene=gene)
    if max(len(gene), len(stated), len(score)) > names.MAX_CHARACTERS:
        raise _refused("text", CELL_TOO_LONG, line=number)
    if not stated and is_phenotype(symbol, _stated(symbol, written)):
        written, stated = "", written  # a phenotype in the column of the diplotype
    call = OutsideCall(
        gene=symbol,
        diplotype=None if names.is_missing(written) else written,
        phenotype=_stated(symbol, stated),
        activity_score=names.stated_activity(score),
        line=number,
    )
    return checked(_spelt(call) if call.diplotype is not None else call)


def _symbol(gene: str) -> str:
    return gene.upper() if gene.upper() in GENES else gene


def _stated(gene: str, text: str) -> str | None:
    plain = text.replace(gene, "")
    return names.stated_phenotype(names.stated_markers(plain) if gene.startswith("HLA-") else plain)


def _spelt(call: OutsideCall) -> OutsideCall:
    """The diplotype in our spelling, with a warning for each change of meaning."""
    written = call.diplotype or ""
    if len(written) > names.MAX_CHARACTERS:
        raise _refused("diplotype", TOO_MANY, line=call.line, result=written[:80])
    strands = names.strands(call.gene, written)
    if len(strands) > 2:  # noqa: PLR2004 - a person carries two alleles
        raise _refused("diplotype", TOO_MANY, line=call.line, result=written[:80])
    read = [_allele(call, strand) for strand in strands]
    warnings = [
        Sentence(SUB_ALLELE, {"gene": call.gene, "written": old, "read": new})
        for old, new in zip(strands, read, strict=True)
        if old != new
    ]
    return replace(call, diplotype="/".join(read), warnings=tuple(warnings))


def _allele(call: OutsideCall, strand: str) -> str:
    if call.gene == "CYP2D6":
        return names.without_sub_allele(strand)
    if call.gene.startswith("HLA-"):
        if not strand.startswith("*"):
            raise _refused("diplotype", NOT_HLA, line=call.line, gene=call.gene, result=strand[:80])
        return names.two_fields(strand)
    return strand
