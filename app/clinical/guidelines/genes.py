"""The rule that holds reported genes against the list of medicines: PGX-01."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from app.clinical.errors import ClinicalInputError
from app.clinical.guidelines.answers import NO, YES, Answer
from app.clinical.guidelines.build import Text, joined, rule, undecided, why
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Outcome, Wording
from app.clinical.guidelines.sources import CPIC
from app.clinical.guidelines.strengths import RANKS
from app.clinical.sentences import N_, Sentence

if TYPE_CHECKING:
    from app.clinical.pharmacogenomics import Guidance

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


def _guided(names: Iterable[str], genotypes: dict[str, str]) -> tuple[bool, list[Guidance]]:
    """Whether a medicine has a guideline at all, and what the guidelines advise to do."""
    # The tables are large, so they load when a list of medicines is first looked at.
    from app.clinical.pharmacogenomics import drug_guidance

    concerned, advised = False, []
    for name in sorted(names):
        # "Clopidogrel 75 mg" is looked up by its first word when the whole is no name.
        for spelt in dict.fromkeys((name, *name.split()[:1])):
            try:
                found = drug_guidance(spelt, genotypes)
            except ClinicalInputError:
                continue  # Most medicines have no guideline.
            concerned = True
            advised += [one for one in found[:1] if one.category in ACTED_ON]
            break
    return concerned, advised


def _matches(person: Person) -> tuple[Answer, list[Guidance]]:
    genes = person.profile.every("genotype")
    listed = person.fresh("medicines")
    if listed is None or not isinstance(listed.value, tuple):
        return Answer(None, genes, ("medicines",)), []
    reported = {fact.value[0]: fact.value[1] for fact in genes if isinstance(fact.value, tuple)}
    concerned, advised = _guided(listed.value, reported)
    if advised:
        return replace(YES, facts=(*_reports(genes), listed)), advised
    if concerned and not genes:
        return Answer(None, (listed,), ("genotype",)), []
    return NO, []


def _reports(genes: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The newest report about each gene."""
    newest = {fact.value[0]: fact for fact in genes if isinstance(fact.value, tuple)}
    return tuple(newest.values())


def _decide(profile: Profile, today: date) -> Outcome:
    """PGX-01: a reported genotype whose CPIC guideline asks to act on a listed medicine."""
    person = Person(profile, today)
    answer, advised = _matches(person)
    if answer.true is False:
        return None
    if answer.true is None:
        return undecided(person, answer)
    advice = joined(one.advice for one in advised)
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
