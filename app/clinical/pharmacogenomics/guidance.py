"""What a guideline says about a medicine for a person's results.

Only ever a flag for a clinician: nothing here changes a list of medicines. The advice is
condensed from the CPIC guidelines (recommendations.csv) and told in our own words; each
flag keeps the version of the data it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import drugs, meanings, wording
from app.clinical.pharmacogenomics.drugs import Category, Drug, Line
from app.clinical.pharmacogenomics.meanings import NO_RESULT
from app.clinical.pharmacogenomics.names import INDETERMINATE
from app.clinical.pharmacogenomics.readings import Genotypes, Key, Reading, readings
from app.clinical.sentences import N_, Sentence

URGENCY: dict[str, int] = {"avoid/alternative": 0, "dose-change": 1, "standard/other": 2}
NO_RECOMMENDATION = "No recommendation"
GENERAL = "general"
# What some published reports write where the guideline names no population.
NO_POPULATION = frozenset({"", "n/a", "none"})

UNKNOWN = frozenset({INDETERMINATE, NO_RESULT})

NOT_A_POPULATION = N_("For %(drug)s please choose one of these: %(known)s.")


@dataclass(frozen=True)
class Guidance:
    """A flag: what the guideline says, how strongly, why, and on which data."""

    drug: str
    population: str
    category: Category
    strength: str
    reason: Sentence
    advice: Sentence
    results: tuple[tuple[str, str], ...]  # gene and what is known of it
    unclear: tuple[str, ...]  # genes that were reported, but not so that it can be told
    conflicts: tuple[Sentence, ...]  # where the report contradicts itself
    warnings: tuple[Sentence, ...]  # what in the report is not known or was read otherwise
    source: str
    version: str

    @property
    def meant_for(self) -> Sentence:
        """The population in plain words."""
        return Sentence(wording.POPULATIONS[self.population])


def drug_guidance(drug: str, genotypes: Genotypes, population: str = GENERAL) -> list[Guidance]:
    """What the guideline says about a medicine, the gravest first.

    `genotypes` maps genes to a diplotype or phenotype, to a mapping with "diplotype",
    "phenotypes" and "activity_score", or to an `OutsideCall`; a list of calls does as well.
    Nothing known about any of the medicine's genes gives an empty list; part of it known
    still warns. A gene without a result is answered by the guideline's own rows for "No
    Result"; where those advise and its rows for an unclear result do not, a warning says so.
    Where a result contradicts itself, each reading is answered.

    `population` is one of the guideline's own, such as "NVI" or "pediatrics". Where the
    guideline has no general advice, "general" gives that for each of its populations.
    Raises `ClinicalInputError` for a medicine or population that is not in the table.
    """
    row = drugs.known(drug)
    lines = _chosen(row, population)
    known = readings(genotypes)
    keys = {gene: _usable(gene, known.get(gene), lines) for gene in row.genes}
    own = {
        gene: known[gene] for gene in row.genes if gene in known and _asked(known[gene], keys[gene])
    }
    if not own:
        return []
    shown = {gene: _shown(own.get(gene), keys[gene]) for gene in row.genes}
    asked = frozenset(
        (gene, words) for line in lines for gene, cell in line.when.items() for words in cell.words
    )
    told = _Told(row, own, shown, _silent_if_unclear(lines, keys, shown), asked)
    found = [told.flag(line) for line in lines if _matches(line, keys)]
    answers = list(dict.fromkeys(found)) or [told.silence()]
    return sorted(answers, key=lambda each: URGENCY[each.category])


def populations(drug: str) -> tuple[str, ...]:
    """The populations a medicine's guideline tells apart."""
    return tuple(dict.fromkeys(line.population for line in drugs.lines()[drugs.known(drug).name]))


def _chosen(row: Drug, population: str) -> tuple[Line, ...]:
    lines = drugs.lines()[row.name]
    wanted = " ".join(str(population).split()).casefold()
    wanted = GENERAL if wanted in NO_POPULATION else wanted
    found = tuple(line for line in lines if line.population.casefold() == wanted)
    if found:
        return found
    if wanted == GENERAL:
        return lines
    known = ", ".join(populations(row.name))
    sentence = Sentence(NOT_A_POPULATION, {"drug": row.name, "known": known})
    raise ClinicalInputError("population", sentence, row.source)


def _usable(gene: str, reading: Reading | None, lines: tuple[Line, ...]) -> frozenset[Key]:
    """The keys that this table knows; none of them known is as good as no result."""
    cells = [line.when[gene] for line in lines if gene in line.when]
    if reading is not None:
        known = frozenset(key for key in reading.keys if any(cell.holds(key) for cell in cells))
        if known:
            return known
    return frozenset({NO_RESULT.casefold()})


def _asked(reading: Reading, usable: frozenset[Key]) -> bool:
    """Whether a result bears on the medicine: *57:01 says nothing where *58:01 is asked."""
    others = all(str(key).endswith((" positive", " negative")) for key in reading.keys)
    return not others or NO_RESULT.casefold() not in usable


def _matches(line: Line, keys: Mapping[str, frozenset[Key]]) -> bool:
    return all(any(cell.holds(key) for key in keys[gene]) for gene, cell in line.when.items())


def _silent_if_unclear(
    lines: tuple[Line, ...], keys: Mapping[str, frozenset[Key]], shown: Mapping[str, str]
) -> frozenset[tuple[str, str]]:
    """Untested genes whose unclear result would leave a population without advice."""
    found = set()
    for gene in (gene for gene, words in shown.items() if words == NO_RESULT):
        unclear = {**keys, gene: frozenset({INDETERMINATE.casefold()})}
        found |= {
            (gene, line.population)
            for line in lines
            if line.strength == NO_RECOMMENDATION and _matches(line, unclear)
        }
    return frozenset(found)


def _shown(reading: Reading | None, keys: frozenset[Key]) -> str:
    """What to say of a gene: of an HLA gene, only the allele this medicine asks about."""
    if reading is None:
        return NO_RESULT
    if not reading.gene.startswith("HLA-"):
        return reading.shown
    told = sorted(key for key in keys if isinstance(key, str) and key != NO_RESULT.casefold())
    return ", ".join(told) or INDETERMINATE


def _is_open(words: str) -> bool:
    """Whether one of the things shown of a gene is that it cannot be told."""
    return not UNKNOWN.isdisjoint(words.split(", "))


@dataclass(frozen=True)
class _Told:
    """A medicine with what is known of its genes, ready to answer."""

    drug: Drug
    own: Mapping[str, Reading]
    shown: Mapping[str, str]
    silent: frozenset[tuple[str, str]]  # gene and population: see `_silent_if_unclear`
    asked: frozenset[tuple[str, str]]  # gene and words that some line names

    def flag(self, line: Line) -> Guidance:
        """The answer of one line."""
        unknown = [gene for gene, words in self.shown.items() if words in UNKNOWN]
        code = self._usual(unknown) if line.advice == "usual" else line.advice
        told = wording.advice(code, self.drug.name, line.amount)
        # Also where the guideline rates the usual dose highly without the missing result.
        doubted = [
            gene for gene in unknown if gene in line.when and line.category == "standard/other"
        ]
        return self._answer(line.population, line.category, line.strength, told, doubted)

    def _usual(self, unknown: list[str]) -> str:
        """How the usual dose is spoken of: never as safe where a result speaks against it."""
        if any(one.halves for one in self.own.values()):
            return "usual-against"
        if any(gene.startswith("HLA-") for gene in unknown if gene in self.own):
            return "usual-unread"
        return "usual-unsure" if unknown else "usual"

    def silence(self) -> Guidance:
        """A result the guideline does not speak of is answered so, never as normal."""
        told = wording.advice("no-data", self.drug.name, "")
        doubted = [gene for gene, words in self.shown.items() if words in UNKNOWN]
        return self._answer(GENERAL, "standard/other", NO_RECOMMENDATION, told, doubted)

    def _answer(
        self,
        population: str,
        category: Category,
        strength: str,
        told: Sentence,
        doubted: list[str],
    ) -> Guidance:
        findings = [self._finding(gene, words) for gene, words in self.shown.items()]
        name = self.drug.name
        doubts = [wording.unknown(gene, name) for gene in doubted]
        if strength != NO_RECOMMENDATION:
            untested = [gene for gene in self.shown if (gene, population) in self.silent]
            doubts += [wording.tested_alone(gene, name) for gene in untested]
        return Guidance(
            drug=self.drug.name,
            population=population,
            category=category,
            strength=strength,
            reason=wording.reason(findings, told),
            advice=told,
            results=tuple(self.shown.items()),
            unclear=tuple(gene for gene in self.own if _is_open(self.shown[gene])),
            conflicts=tuple(each for one in self.own.values() for each in one.conflicts),
            warnings=(*self._warnings(), *doubts),
            source=self.drug.source,
            version=self.drug.version,
        )

    def _warnings(self) -> Iterator[Sentence]:
        """What is doubtful in the report, and what it leaves open."""
        name = self.drug.name
        for one in self.own.values():
            yield from one.warnings
        for gene, one in self.own.items():
            yield from wording.of_diplotypes(gene, one.diplotypes, name)
            if self._half(gene) is None:
                yield from (half.said for half in one.halves)
            for written, marker in one.markers:
                if (gene, f"{marker} positive") in self.asked:
                    yield wording.may_be(gene, written, marker, name)

    def _finding(self, gene: str, words: str) -> Sentence:
        """What a gene's result says; of a half known one, the half that is known."""
        return self._half(gene) or meanings.meaning(gene, words)

    def _half(self, gene: str) -> Sentence | None:
        """The one known allele that departs from normal, where the result is unclear."""
        halves = self.own[gene].halves if gene in self.own else ()
        return halves[0].said if len(halves) == 1 and self.shown[gene] in UNKNOWN else None
