"""What a line rests on, said in short for the patient and one by one for the clinician."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from flask import url_for

from app.clinical import Sentence, measures
from app.plans.rules.lines import Evidence, Question
from app.web import times
from app.web.i18n import gettext as _
from app.web.speech import say

HOME_TESTS = frozenset({"blood-pressure", "glucose", "weight"})


@dataclass(frozen=True, slots=True)
class Way:
    """Where the patient can supply what is missing."""

    label: str
    href: str


def in_short(evidence: Iterable[Evidence]) -> list[str]:
    """One phrase for each kind of fact: what, how many, from which days."""
    ordered = sorted(evidence, key=lambda one: (one.key, one.when))
    return [_phrase(list(group)) for _key, group in groupby(ordered, key=lambda one: one.key)]


def _phrase(group: list[Evidence]) -> str:
    first, last = group[0], group[-1]
    label = say(first.label)
    if len(group) == 1:
        return str(
            _(
                "%(label)s: %(value)s, %(day)s",
                label=label,
                value=say(first.shown),
                day=times.day(first.when.date()),
            )
        )
    return str(
        _(
            "%(label)s: %(count)s readings, %(first)s to %(last)s",
            label=label,
            count=len(group),
            first=times.day(first.when.date()),
            last=times.day(last.when.date()),
        )
    )


def in_plain_words(strength: Sentence) -> str:
    """How sure a guideline is, without the class that it is called by."""
    return say(strength).partition(" (")[0]


def source_of(one: Evidence, patient_id: UUID) -> str:
    """The page where staff find this fact in its place."""
    if one.source == "answer":
        return url_for("questionnaires.answers", answered=UUID(one.source_id))
    if one.source == "observation":
        return url_for("results.of_patient", patient=patient_id, measure=one.key)
    return url_for("care.chart", patient=patient_id)


def ways(question: Question) -> list[Way]:
    """The patient's own pages that settle a question."""
    found = [
        Way(
            _("Enter: %(measure)s", measure=say(measures.get(key).label).lower()),
            url_for(f"results.enter_{key.replace('-', '_')}"),
        )
        for key in question.needs
        if key in HOME_TESTS
    ]
    if any(key not in HOME_TESTS and key != "birth-date" for key in question.needs):
        found.append(Way(_("Answer the questions"), url_for("questionnaires.overview")))
    return found
