"""The rule that holds reported genes against the list of medicines: PGX-01."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from app.clinical.errors import ClinicalInputError
from app.clinical.guidelines.answers import NO, YES, Answer
from app.clinical.guidelines.build import Text, joined, rule, undecided, why
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.naming import Names
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Wording
from app.clinical.guidelines.sources import CPIC
from app.clinical.guidelines.strengths import RANKS
from app.clinical.sentences import N_, Sentence

if TYPE_CHECKING:
    from app.clinical.pharmacogenomics import Drug, Guidance

GRAVEST = "avoid/alternative"
ACTED_ON = frozenset({GRAVEST, "dose-change"})
UNGRADED = "CPIC strong/moderate/optional"

TEXT = Text(
    title=N_("Your genes and a medicine you take"),
    reason=N_("Your genes change how a medicine on your list works in you."),
    action=N_("Call your care team to ask whether your medicine suits your genes"),
    detail=N_("%(advice)s Do not stop or change a medicine on your own."),
    note=N_(
        "CPIC guideline for a reported phenotype and a listed medicine: see category, strength and"
        " version. A flag only; the list of medicines is never changed."
    ),
    start=N_("Within the next days."),
    change=N_("Another medicine, or a new laboratory report about your genes."),
)

OPEN = N_(
    "Whether %(drug)s suits your genes cannot be told: your %(gene)s result is not clear or can"
    " be read only in part."
)
CLARIFY = N_("Please ask your care team or the laboratory to clarify this result.")


@dataclass
class _Advised:
    """What the guidelines say about a list of medicines for the reported genes."""

    concerned: bool = False  # whether a medicine has a guideline at all
    acted_on: list[Guidance] = field(default_factory=list)
    unclear: dict[tuple[str, str], None] = field(default_factory=dict)  # medicine and gene


def _guided(substances: Iterable[str], genotypes: dict[str, str]) -> _Advised:
    """What the guidelines advise to do, and which results they cannot read."""
    # The tables are large, so they load when a list of medicines is first looked at.
    from app.clinical.pharmacogenomics import drugs

    said = _Advised()
    for name in sorted(substances):
        try:
            drug = drugs.known(name)
        except ClinicalInputError:
            continue  # Most medicines have no guideline.
        said.concerned = True
        _add(said, drug, {gene: genotypes[gene] for gene in drug.genes if gene in genotypes})
    return said


def _add(said: _Advised, drug: Drug, reported: dict[str, str]) -> None:
    """One medicine: what to do, or else which of its genes to clarify."""
    from app.clinical.pharmacogenomics import drug_guidance

    unreadable: set[str] = set()
    try:
        found = drug_guidance(drug.name, reported)
    except ClinicalInputError:
        unreadable = {gene for gene, text in reported.items() if not _is_readable(gene, text)}
        read = {gene: text for gene, text in reported.items() if gene not in unreadable}
        found = drug_guidance(drug.name, read)
    if found and found[0].category in ACTED_ON:
        said.acted_on.append(found[0])
        return
    open_still = {gene for one in found for gene in one.unclear}
    said.unclear |= {(drug.name, gene): None for gene in sorted(open_still | unreadable)}


def _is_readable(gene: str, text: str) -> bool:
    from app.clinical.pharmacogenomics.readings import readings

    try:
        readings({gene: text})
    except ClinicalInputError:
        return False
    return True


def _matches(person: Person) -> tuple[Answer, _Advised]:
    genes = person.profile.every("genotype")
    listed, names = person.medicines
    if listed is None:
        return Answer(None, genes, ("medicines",)), _Advised()
    reported = {
        str(fact.value[0]).strip().upper(): str(fact.value[1])
        for fact in genes
        if isinstance(fact.value, tuple)
    }
    told = _guided(names.substances, reported)
    if told.acted_on:
        return replace(YES, facts=(*_reports(genes), listed)), told
    if told.unclear:
        return Answer(None, (*_reports(genes), listed), ("genotype",)), told
    if told.concerned and not genes:
        return Answer(None, (listed,), ("genotype",)), told
    if names.unknown or _hangs_on_which(names, reported):
        return Answer(None, (listed,), ("medicines",)), told
    return NO, told


def _hangs_on_which(names: Names, reported: dict[str, str]) -> bool:
    """Whether a class is named in place of a medicine, and the genes matter for some of it."""
    told = _guided({each for members in names.classes for each in members}, reported)
    return bool(told.acted_on or told.unclear or (told.concerned and not reported))


def _reports(genes: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The newest report about each gene."""
    newest = {fact.value[0]: fact for fact in genes if isinstance(fact.value, tuple)}
    return tuple(newest.values())


def _open(told: _Advised) -> list[Sentence]:
    return [Sentence(OPEN, {"drug": drug, "gene": gene}) for drug, gene in told.unclear]


def _unclear(told: _Advised, answer: Answer) -> Gap:
    """Which result of which gene would have to be clarified."""
    supply = Sentence(CLARIFY)
    return Gap("not enough", joined(_open(told)), supply, answer.needs, answer.facts)


def _decide(profile: Profile, today: date) -> Outcome:
    """PGX-01: a reported genotype whose CPIC guideline asks to act on a listed medicine."""
    person = Person(profile, today)
    answer, told = _matches(person)
    if answer.true is False:
        return None
    if answer.true is None:
        return _unclear(told, answer) if told.unclear else undecided(person, answer)
    advised = told.acted_on
    advice = joined([*(one.advice for one in advised), *_open(told)])
    wording = Wording(
        action=Sentence(TEXT.action),
        detail=Sentence(TEXT.detail, {"advice": advice}),
        why=why(TEXT.reason, answer.facts),
        start=Sentence(TEXT.start),
        change=Sentence(TEXT.change),
    )
    grave = any(one.category == GRAVEST for one in advised)
    grades = [f"CPIC {one.strength.title()}" for one in advised]
    known = [grade for grade in grades if grade in RANKS]
    grade = min(known, key=lambda each: RANKS[each], default=UNGRADED)
    return Found(wording, answer.facts, "now" if grave else None, grade)


def _unasked(_person: Person) -> Answer:
    return NO


PGX_01 = replace(
    rule(
        CPIC,
        "PGX-01",
        TEXT,
        _unasked,
        grade=UNGRADED,
        cost="low",
        urgency="soon",
        kind="safety",
    ),
    decide=_decide,
)
