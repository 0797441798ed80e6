"""Whether several lines about one gene agree with each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from app.clinical.pharmacogenomics import diplotypes, names
from app.clinical.pharmacogenomics.names import INDETERMINATE, NOT_APPLICABLE
from app.clinical.pharmacogenomics.results import OutsideCall, meaning
from app.clinical.pharmacogenomics.tables import GENES
from app.clinical.sentences import N_, Sentence

REPEATED = N_(
    "%(gene)s is reported more than once with different results: %(results)s."
    " Please ask the laboratory."
)
# A person has one result of a gene; a few are enough to see that they differ.
MOST_TOLD = 4


@dataclass
class _Said:
    """What the lines about one gene say: as diplotypes, phenotypes and scores.

    The phenotypes and scores of lines without a diplotype are kept apart, as `bare`.
    """

    diplotypes: dict[str, None] = field(default_factory=dict)
    phenotypes: set[str] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    bare: dict[str, None] = field(default_factory=dict)
    bare_phenotypes: set[str] = field(default_factory=set)
    bare_scores: set[str] = field(default_factory=set)


def repeats_flagged(calls: list[OutsideCall]) -> list[OutsideCall]:
    """The calls, each of a gene whose results differ with the conflict it is part of.

    A phenotype or score on a line of its own is compared with the other lines as well.
    Of CYP2D6 several diplotypes are usual: its copies are hard to count, so callers differ.
    They are a conflict only where they lead to different phenotypes or scores.
    """
    lines: dict[str, dict[OutsideCall, None]] = defaultdict(dict)
    for call in calls:
        if call.gene in GENES:
            # The same words on another line say nothing new.
            lines[call.gene][replace(call, line=0)] = None
    told = {gene: _conflict(gene, list(each)) for gene, each in lines.items() if len(each) > 1}
    return [_flagged(call, told.get(call.gene)) for call in calls] if told else calls


def _flagged(call: OutsideCall, conflict: Sentence | None) -> OutsideCall:
    if conflict is None or conflict in call.conflicts:
        return call
    return replace(call, conflicts=(*call.conflicts, conflict))


def _conflict(gene: str, calls: list[OutsideCall]) -> Sentence | None:
    said = _Said()
    for call in calls:
        _add(said, call)
    differ = _markers_differ(said) if gene.startswith("HLA-") else _words_differ(said)
    told = max(len(said.phenotypes), len(said.scores)) if gene == "CYP2D6" else len(said.diplotypes)
    if not differ and told < 2:  # noqa: PLR2004 - two, to differ
        return None
    results = [*said.diplotypes, *said.bare][:MOST_TOLD]
    return Sentence(REPEATED, {"gene": gene, "results": ", ".join(results)})


def _add(said: _Said, call: OutsideCall) -> None:
    found = None if call.diplotype is None else diplotypes.phenotype(call.gene, call.diplotype)
    words, score = _words(call, found), _score(call, found)
    if found is None:
        said.bare.update(dict.fromkeys(each for each in (call.phenotype, score) if each))
        said.bare_phenotypes |= words
        said.bare_scores |= {score} if score else set()
        return
    # One HLA allele on a line is one copy, and may be part of what another line says.
    if found.diplotype and (found.allele2 is not None or not call.gene.startswith("HLA-")):
        said.diplotypes[found.diplotype] = None
    said.phenotypes |= words
    said.scores |= {score} if score else set()


def _words(call: OutsideCall, found: diplotypes.Phenotype | None) -> set[str]:
    """The phenotypes a line states, or that follow from what it states."""
    derived = found.phenotypes if found is not None else (meaning(call.gene, call.activity_score),)
    known = {each.casefold() for each in derived if each not in (None, INDETERMINATE)}
    stated = call.phenotype.casefold().split(", ") if call.phenotype is not None else []
    return known or set(stated) - {INDETERMINATE.casefold()}


def _score(call: OutsideCall, found: diplotypes.Phenotype | None) -> str | None:
    derived = found.activity_score if found is not None else None
    score = call.activity_score if derived in (None, NOT_APPLICABLE) else derived
    if score is None or not GENES[call.gene].scored or names.lower_bound(score) is None:
        return None
    return score


def _words_differ(said: _Said) -> bool:
    """Whether a line without a diplotype says what no other line does."""
    return _apart(said.bare_phenotypes, said.phenotypes) or _apart(said.bare_scores, said.scores)


def _apart(bare: set[str], whole: set[str]) -> bool:
    return len(bare) > 1 or bool(bare and whole and not bare <= whole)


def _markers_differ(said: _Said) -> bool:
    """Whether one line finds a marker that another one excludes."""
    words = said.phenotypes | said.bare_phenotypes
    negative = {each.removesuffix(" negative") for each in words if each.endswith(" negative")}
    return any(each.removesuffix(" positive") in negative for each in words)
