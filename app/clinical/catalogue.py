"""Everything this library states, with its source, as one page: docs/medicine.md.

python -m app.clinical.catalogue > docs/medicine.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from app.clinical import baselines, guidelines, measures, pharmacogenomics, scores
from app.clinical.baselines.methods import METHODS
from app.clinical.guidelines import naming
from app.clinical.measures import Measure
from app.clinical.scores import Score

INTRODUCTION = """\
# The medicine

Each score, measure, rule, screening topic, gene, medicine and method that `app/clinical/`
knows, with where it comes from. `make docs` writes this page from the library's own tables,
and a test compares the two. Every threshold is a default for a draft that a clinician
reviews.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(
        [INTRODUCTION, *_scores(), *_measures(), *_rules(), *_genes(), *_methods(), *_variation()]
    )


def _scores() -> Iterator[str]:
    yield "## Scores and risks\n"
    yield "`calculate(name, **inputs)`. Input outside its range is refused, never clamped.\n"
    for score in scores.SCORES.values():
        yield from _score(score)
    yield "### Left out\n"
    rows = {row.name: row for row in scores.ABSENT.values()}
    yield _table(
        ("score", "why", "whose"),
        ((one.title, str(one.reason), one.source) for one in rows.values()),
    )


def _score(score: Score) -> Iterator[str]:
    yield f"### {score.name}: {score.title}\n"
    if score.formula:
        yield f"{score.formula}\n"
    if score.note:
        yield f"{score.note}\n"
    yield f"Source: {score.source}. Licence: {score.licence}.\n"
    yield _table(
        ("input", "permitted", "source of the range"),
        ((f"`{one.key}`", one.permitted, one.source) for one in score.inputs),
    )
    yield _table(
        ("output", "what it is"), ((f"`{key}`", said) for key, said in score.outputs.items())
    )


def _measures() -> Iterator[str]:
    yield "## Measures\n"
    yield (
        "LOINC codes with a question mark are from working knowledge: check them against a"
        " release. LOINC is free to use under its licence, copyright Regenstrief Institute.\n"
    )
    yield _table(
        (
            "measure",
            "LOINC",
            "units",
            "accepted",
            "reference or goal",
            "levels to act on",
            "source",
        ),
        (_measure(one) for one in measures.MEASURES.values()),
    )


def _measure(one: Measure) -> tuple[str, ...]:
    codes = ", ".join(code.loinc if code.verified else f"{code.loinc}?" for code in one.codes)
    accepted = "; ".join(
        f"{part.label} {part.hard.low} to {part.hard.high}" for part in one.components
    )
    levels = "; ".join(f"{alert.key} ({alert.level}): {alert.guideline}" for alert in one.alerts)
    return (
        f"`{one.key}`: {one.label}",
        codes,
        ", ".join(f"`{choice.unit}`" for choice in one.choices),
        accepted,
        f"{one.reference.text} ({one.reference.guideline})",
        levels,
        one.source,
    )


def _rules() -> Iterator[str]:
    yield "## Guideline rules\n"
    yield _table(
        ("rule", "version", "grade", "urgency", "says", "source", "read how"),
        (
            (
                one.id,
                one.version,
                one.grade,
                one.urgency,
                f"{one.title}. {one.reason}",
                f"[{one.source}]({one.url})" if one.url else one.source,
                one.verified,
            )
            for one in guidelines.RULES.values()
        ),
    )
    yield "## Screening topics\n"
    yield _table(
        ("topic", "what", "inputs", "source"),
        (
            (one.id, str(one.title), ", ".join(f"`{name}`" for name in one.inputs), one.source)
            for one in guidelines.TOPICS.values()
        ),
    )


def _genes() -> Iterator[str]:
    yield "## Genes\n"
    yield _table(
        ("gene", "what", "phenotype by", "alleles", "source", "version"),
        (
            (one.symbol, one.title, one.method, str(one.alleles), one.source, one.version)
            for one in pharmacogenomics.GENES.values()
        ),
    )
    yield from _names()
    yield "## Medicines\n"
    yield _table(
        ("medicine", "genes", "level A", "source", "version"),
        (
            (one.name, ", ".join(one.genes), ", ".join(one.level_a), one.source, one.version)
            for one in pharmacogenomics.DRUGS.values()
        ),
    )


def _names() -> Iterator[str]:
    yield "## Names of medicines\n"
    yield (
        "How the rules read a list of medicines: brand names, other names and classes, beside"
        " the substances' own names and the stems that international names end in.\n"
    )
    yield _table(("names", "read as", "source"), naming.brands())


def _methods() -> Iterator[str]:
    yield "## A person's own normal\n"
    rows = METHODS.values()
    yield _table(("method", "what", "source"), ((one.key, one.title, one.source) for one in rows))


def _variation() -> Iterator[str]:
    yield "## How much results vary\n"
    yield "Coefficients of variation in percent of the typical value.\n"
    yield _table(
        (
            "measure",
            "typical",
            "analytical",
            "within a person",
            "between people",
            "source",
            "read how",
        ),
        (
            (
                f"`{one.key}`",
                f"{one.typical} `{one.unit}`",
                *(str(figure) for figure in (one.cva, one.cvi, one.cvg)),
                one.source,
                one.verified,
            )
            for one in baselines.VARIATION.values()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    """One line of a table; a bar or a line break inside a cell would tear it apart."""
    plain = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(plain) + " |"


if __name__ == "__main__":
    sys.stdout.write(page())
