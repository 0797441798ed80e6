"""A rule made of a condition, its exclusions and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import groupby

from app.clinical.guidelines.answers import Answer, merged
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.known import ASK_TEAM, IN_PREGNANCY
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import (
    Audience,
    Cost,
    Found,
    Gap,
    Kind,
    Outcome,
    Reason,
    Rule,
    Urgency,
    Wording,
)
from app.clinical.sentences import N_, Sentence, Value

Condition = Callable[[Person], Answer]


@dataclass(frozen=True)
class Guideline:
    """Where a rule comes from, and how its text was checked."""

    source: str
    url: str
    version: str
    verified: str


@dataclass(frozen=True)
class Exclusion:
    """To whom a rule does not speak."""

    said: Sentence
    holds: Condition


@dataclass(frozen=True)
class Case:
    """What differs for some of the people a rule speaks to."""

    holds: Condition
    urgency: Urgency | None = None
    grade: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Text:
    """The words of a rule. The why is said from `reason` and the person's own facts."""

    title: str
    reason: str
    action: str
    detail: str
    note: str
    start: str = N_("At your next visit.")
    change: str = N_("A new result, a new illness, or a plan to become pregnant.")


def told(key: str, said: str) -> Exclusion:
    """Not for someone of whom this was said; silence is no reason."""
    return Exclusion(Sentence(said), lambda person: person.said(key))


PREGNANCY = Exclusion(IN_PREGNANCY, lambda person: person.pregnant)


@dataclass(frozen=True)
class Decision:
    """The condition first, then the exclusions; nobody is asked for what could not matter."""

    text: Text
    applies: Condition
    exclusions: tuple[Exclusion, ...]
    cases: tuple[Case, ...]

    def __call__(self, profile: Profile, today: date) -> Outcome:
        """What the rule says about this person on this day."""
        person = Person(profile, today)
        answer = self.applies(person)
        if answer.true is False:
            return None
        for exclusion in self.exclusions:
            held = exclusion.holds(person)
            if held.true:
                return Gap("outside", exclusion.said, Sentence(ASK_TEAM), (), held.facts)
        if answer.true is None:
            return undecided(person, answer)
        return _found(person, answer.facts, self.text, self.cases)


def rule(  # noqa: PLR0913 - a rule has this many parts, and each is named where it is made
    guideline: Guideline,
    name: str,
    text: Text,
    applies: Condition,
    *,
    grade: str,
    cost: Cost,
    urgency: Urgency = "routine",
    kind: Kind = "recommend",
    audience: Audience = "clinician",
    exclusions: tuple[Exclusion, ...] = (),
    cases: tuple[Case, ...] = (),
) -> Rule:
    """A rule that proposes where `applies` is a yes and no exclusion holds."""
    return Rule(
        id=name,
        version=guideline.version,
        title=Sentence(text.title),
        source=guideline.source,
        url=guideline.url,
        grade=grade,
        kind=kind,
        audience=audience,
        urgency=urgency,
        cost=cost,
        reason=Sentence(text.reason),
        note=Sentence(text.note),
        verified=guideline.verified,
        exclusions=tuple(each.said for each in exclusions),
        decide=Decision(text, applies, exclusions, cases),
    )


STILL_NEEDED = N_("To tell whether this is for you we still need: %(what)s.")
TOO_OLD = N_("To tell whether this is for you we need a newer answer about: %(what)s.")
UNCLEAR = N_("What we know does not tell whether this is for you. It depends on: %(what)s.")
SUPPLY = N_("Please tell your care team, or ask them how it can be found out.")
NOT_A_MEDICINE = N_("We do not know which medicine this is: %(names)s.")
AND_SO = N_("%(first)s %(then)s")
AND = N_("%(before)s; %(last)s")
# Of a long list of strange names, enough to begin with.
MOST_NAMED = 5


def undecided(person: Person, answer: Answer) -> Gap:
    """Cannot tell: which facts would decide, and whether they are absent, old or unclear."""
    week = person.home_week
    if answer.needs == ("blood-pressure",) and isinstance(week, Gap):
        return replace(week, evidence=merged(answer.facts, week.evidence))
    unclear = tuple(fact for key in answer.needs if (fact := person.fresh(key)) is not None)
    old = tuple(fact for key in answer.needs if (fact := person.profile.latest(key)) is not None)
    what: dict[str, Value] = {"what": joined(Sentence(KEYS[key].name) for key in answer.needs)}
    reason: Reason = "not enough" if unclear else "old" if old else "absent"
    said = Sentence({"not enough": UNCLEAR, "old": TOO_OLD}.get(reason, STILL_NEEDED), what)
    if "medicines" in answer.needs and (strange := _not_known(person)):
        said = Sentence(AND_SO, {"first": strange, "then": said})
    supply = Sentence(ASK_TEAM if unclear else SUPPLY)
    return Gap(reason, said, supply, answer.needs, merged(answer.facts, old))


def _not_known(person: Person) -> Sentence | None:
    """Which words of the list of medicines do not tell what is taken, if any."""
    _fact, names = person.medicines
    words = (*names.unknown, *names.vague)[:MOST_NAMED]
    return Sentence(NOT_A_MEDICINE, {"names": ", ".join(words)}) if words else None


def _found(person: Person, facts: tuple[Fact, ...], text: Text, cases: tuple[Case, ...]) -> Found:
    held = next((case for case in cases if case.holds(person).true), None)
    detail = held.detail if held is not None and held.detail else text.detail
    wording = Wording(
        action=Sentence(text.action),
        detail=Sentence(detail),
        why=why(text.reason, facts),
        start=Sentence(text.start),
        change=Sentence(text.change),
    )
    if held is None:
        return Found(wording, facts)
    return Found(wording, facts, held.urgency, held.grade)


BECAUSE = N_("%(reason)s For you this rests on: %(facts)s.")
LASTING = N_("%(label)s: %(shown)s")
DATED = N_("%(label)s: %(shown)s (%(day)s)")
COUNTED = N_("%(label)s: %(count)s times, the last time %(shown)s (%(day)s)")


def why(reason: str, facts: tuple[Fact, ...]) -> Sentence:
    """The reason, followed by this person's own facts and their days."""
    ordered = sorted(facts, key=lambda fact: (fact.key, *fact.order))
    told = joined(_told(tuple(group)) for _key, group in groupby(ordered, lambda fact: fact.key))
    return Sentence(BECAUSE, {"reason": Sentence(reason), "facts": told})


def _told(facts: tuple[Fact, ...]) -> Sentence:
    last = facts[-1]
    kind = KEYS.get(last.key)
    if len(facts) == 1 and kind is not None and kind.lasts is None:
        return Sentence(LASTING, {"label": last.label, "shown": last.shown})
    values: dict[str, Value] = {"label": last.label, "shown": last.shown, "day": last.day}
    if len(facts) == 1:
        return Sentence(DATED, values)
    return Sentence(COUNTED, {**values, "count": len(facts)})


def joined(parts: Iterable[Sentence]) -> Sentence:
    """Several sentences as one list; at least one is expected."""
    return reduce(lambda before, last: Sentence(AND, {"before": before, "last": last}), parts)
