"""Results as laboratories send them, and whether their columns agree with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import diplotypes, names
from app.clinical.pharmacogenomics.names import INDETERMINATE, NOT_APPLICABLE
from app.clinical.pharmacogenomics.tables import GENES, STEPS
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
TOO_MANY = N_("Line %(line)s: “%(result)s” names more than two alleles.")
NOT_HLA = N_("Line %(line)s: “%(result)s” is not an allele of %(gene)s.")

UNKNOWN_GENE = N_("We have no table for %(gene)s, so nothing is said about it.")
UNKNOWN_ALLELE = N_("We do not know the %(gene)s allele %(allele)s; it counts as not determined.")
SUB_ALLELE = N_("%(gene)s %(written)s is read as %(read)s.")
ONE_ALLELE = N_("Only one %(gene)s allele is given; the other one is not known.")
ONE_HLA_ALLELE = N_(
    "Only one %(gene)s allele is given, so no marker can be ruled out. Please ask the"
    " laboratory for the other copy."
)
UNREADABLE_SCORE = N_("“%(score)s” is not an activity score of %(gene)s.")
NO_SCORES = N_("%(gene)s has no activity score, so %(score)s is not used.")
UNCHECKED = N_("The phenotype %(stated)s of %(gene)s cannot be checked against %(result)s.")
PHENOTYPE_CONFLICT = N_(
    "%(gene)s %(result)s means %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)
SCORE_CONFLICT = N_(
    "%(gene)s %(result)s has the activity score %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)
COLUMNS_CONFLICT = N_(
    "The activity score %(score)s of %(gene)s means %(derived)s, but the report says %(stated)s."
    " Please ask the laboratory."
)

REPEATED = N_(
    "%(gene)s is reported more than once with different results: %(results)s."
    " Please ask the laboratory."
)
# A person has one result of a gene; a few are enough to see that they differ.
MOST_TOLD = 4
# More lines than this are of many people, whose results may differ.
ONE_PERSON = 1_000


@dataclass(frozen=True)
class OutsideCall:
    """One gene's result as reported. What was not reported is None.

    `warnings` say what was read differently from how it was written or is not known,
    `conflicts` where the columns contradict each other: both are for a person to see.
    """

    gene: str
    diplotype: str | None = None
    phenotype: str | None = None
    activity_score: str | None = None
    line: int = 0
    warnings: tuple[Sentence, ...] = ()
    conflicts: tuple[Sentence, ...] = ()
    version: str = ""


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
    lines = text.removeprefix("\N{BYTE ORDER MARK}").split("\n")
    if len(lines) > MAX_LINES:
        raise ClinicalInputError("text", Sentence(TOO_LONG, {"most": MAX_LINES}), FORMAT)
    calls = [
        _call(line, number)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    return repeats_flagged(calls) if len(calls) <= ONE_PERSON else calls


def repeats_flagged(calls: list[OutsideCall]) -> list[OutsideCall]:
    """The calls, each of a gene whose results differ with the conflict it is part of.

    Of CYP2D6 several lines are usual: its copies are hard to count, so callers differ.
    """
    written: dict[str, dict[str, None]] = defaultdict(dict)
    for call in calls:
        if call.diplotype is not None and call.gene in GENES and call.gene != "CYP2D6":
            written[call.gene][call.diplotype] = None
    told = {gene: _repeated(gene, list(each)) for gene, each in written.items() if len(each) > 1}
    return [_flagged(call, told.get(call.gene)) for call in calls] if told else calls


def _flagged(call: OutsideCall, conflict: Sentence | None) -> OutsideCall:
    if conflict is None or conflict in call.conflicts:
        return call
    return replace(call, conflicts=(*call.conflicts, conflict))


def _repeated(gene: str, written: list[str]) -> Sentence | None:
    known: dict[str, None] = {}
    for each in written:
        found = diplotypes.phenotype(gene, each)
        # One HLA allele on a line is one copy, and may be part of what another line says.
        if found.diplotype and (found.allele2 is not None or not gene.startswith("HLA-")):
            known[found.diplotype] = None
        if len(known) == MOST_TOLD:
            break
    if len(known) < 2:  # noqa: PLR2004 - two results, to differ
        return None
    return Sentence(REPEATED, {"gene": gene, "results": ", ".join(known)})


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
    call = OutsideCall(
        gene=symbol,
        diplotype=None if names.is_missing(written) else written,
        phenotype=_stated(symbol, stated),
        activity_score=names.normalise_activity(score),
        line=number,
    )
    return checked(_spelt(call) if call.diplotype is not None else call)


def _symbol(gene: str) -> str:
    return gene.upper() if gene.upper() in GENES else gene


def _stated(gene: str, text: str) -> str | None:
    return names.normalise_phenotype(text.replace(gene, ""))


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


def checked(call: OutsideCall) -> OutsideCall:
    """The call with what is doubtful in it, and where its columns disagree."""
    if call.gene not in GENES:
        unknown = Sentence(UNKNOWN_GENE, {"gene": call.gene})
        return replace(call, warnings=(*call.warnings, unknown))
    warnings = (*call.warnings, *_doubts(call))
    return replace(call, warnings=warnings, conflicts=tuple(_conflicts(call)))


def _doubts(call: OutsideCall) -> Iterator[Sentence]:
    gene = GENES[call.gene]
    if call.activity_score not in (None, NOT_APPLICABLE):
        values = {"gene": call.gene, "score": str(call.activity_score)}
        if not gene.scored:
            yield Sentence(NO_SCORES, values)
        elif names.lower_bound(str(call.activity_score)) is None:
            yield Sentence(UNREADABLE_SCORE, values)
    if call.diplotype is None:
        return
    found = diplotypes.phenotype(call.gene, call.diplotype)
    for allele in diplotypes.unknown_alleles(found):
        yield Sentence(UNKNOWN_ALLELE, {"gene": call.gene, "allele": allele})
    if found.allele2 is None and 1 not in gene.copies:
        one = ONE_HLA_ALLELE if call.gene.startswith("HLA-") else ONE_ALLELE
        yield Sentence(one, {"gene": call.gene})
    if call.phenotype not in (None, INDETERMINATE) and found.phenotype == INDETERMINATE:
        values = {"gene": call.gene, "stated": str(call.phenotype), "result": call.diplotype}
        yield Sentence(UNCHECKED, values)


def _conflicts(call: OutsideCall) -> Iterator[Sentence]:
    stated, score = call.phenotype, call.activity_score
    by_score = meaning(call.gene, score)
    if stated is not None and by_score is not None and not _same(stated, by_score):
        values = {"gene": call.gene, "score": str(score), "derived": by_score, "stated": stated}
        yield Sentence(COLUMNS_CONFLICT, values)
    if call.diplotype is None:
        return
    found = diplotypes.phenotype(call.gene, call.diplotype)
    told: dict[str, Value] = {"gene": call.gene, "result": call.diplotype}
    if _denies(found, stated):
        values = {"derived": found.phenotype, "stated": str(stated)}
        yield Sentence(PHENOTYPE_CONFLICT, {**told, **values})
    if _differs(found.activity_score, score) and by_score is not None:
        values = {"derived": str(found.activity_score), "stated": str(score)}
        yield Sentence(SCORE_CONFLICT, {**told, **values})


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _denies(found: diplotypes.Phenotype, stated: str | None) -> bool:
    if stated is None or found.phenotype == INDETERMINATE:
        return False
    if found.gene.startswith("HLA-"):
        return any(_opposite(stated, each) for each in found.phenotypes)
    return not _same(stated, found.phenotype)


def _opposite(stated: str, found: str) -> bool:
    """Whether "*57:01 negative" stands where *57:01 was found, or the other way round."""
    allele, _, status = found.rpartition(" ")
    other = "negative" if status == "positive" else "positive"
    return f"{allele} {other}" in stated


def _differs(derived: str | None, stated: str | None) -> bool:
    if derived in (None, NOT_APPLICABLE) or stated in (None, NOT_APPLICABLE):
        return False
    return derived != stated


def meaning(gene: str, score: str | None) -> str | None:
    """The phenotype that a stated activity score stands for, where it stands for one."""
    if score is None or gene not in GENES or not GENES[gene].scored:
        return None
    value = names.lower_bound(score)
    if value is None:
        return None
    # ">2" begins above 2; in steps of a quarter that is the next step.
    above = score.startswith(">")
    at_least = above or score.startswith(names.AT_LEAST)
    return diplotypes.band(gene, int(value * STEPS) + above, at_least=at_least)
