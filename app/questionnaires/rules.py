"""Pure rules of answering: a response's life, what is still open, and how answers are spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.clinical import N_, Sentence
from app.clinical.questionnaires import Answer, Answers, Form, Item

# An answer in a person's own words; it is stored sealed, apart from the coded ones.
WORDS = frozenset({"string", "text"})
YES, NO = "true", "false"
DAYS_OF_A_WEEK = "d/wk"
OF_SEVEN = N_("on %(count)s of 7 days")
# What the questionnaire's units are called after the number one.
ONE = {"minutes a day": N_("minute a day"), "hours": N_("hour")}
PREGNANT = "pregnant"
# Whole years in which a pregnancy is likely enough to ask everybody about it.
MAY_BE_PREGNANT = range(12, 56)


class ResponseStatus(StrEnum):
    """The life of a QuestionnaireResponse, in FHIR's own codes."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    AMENDED = "amended"


SENT = (ResponseStatus.COMPLETED, ResponseStatus.AMENDED)


class Step(StrEnum):
    """What may happen to a response."""

    SAVE = "save"
    SEND = "send"


# A response that was sent never changes: no step leads away from it.
STEPS: Mapping[tuple[ResponseStatus, Step], ResponseStatus] = {
    (ResponseStatus.IN_PROGRESS, Step.SAVE): ResponseStatus.IN_PROGRESS,
    (ResponseStatus.IN_PROGRESS, Step.SEND): ResponseStatus.COMPLETED,
}


@dataclass(frozen=True, slots=True)
class Part:
    """How far one part of the form has come: how often it was saved, and whether it is whole."""

    saves: int = 0
    done: bool = False


NEW = Part()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has answered so far and not sent; version 0 is not written yet."""

    version: int = 0
    answers: Answers = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)

    def part(self, link: str) -> Part:
        """How far one part has come."""
        return self.parts.get(link, NEW)

    def is_done(self, link: str) -> bool:
        """Whether a part was gone through to its end in this draft."""
        return self.part(link).done


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it is read back: the question in short, and what was said."""

    link: str
    question: Sentence
    answer: Sentence | str | bool | None
    unit: Sentence | None = None


@dataclass(frozen=True, slots=True)
class GivenPart:
    """One part with all that was answered in it."""

    link: str
    heading: Sentence
    given: tuple[Given, ...]


def asks_about_pregnancy(age: int) -> bool:
    """Whether a person of this age is asked; whom nobody asks counts as not pregnant."""
    return age in MAY_BE_PREGNANT


def next_part(form: Form, link: str) -> str | None:
    """The part after this one; None after the last."""
    links = [part.link_id for part in form.parts]
    following = links[links.index(link) + 1 :]
    return following[0] if following else None


def first_open(form: Form, draft: Draft) -> str | None:
    """The first part that is not done; None when all are."""
    return next((part.link_id for part in form.parts if not draft.is_done(part.link_id)), None)


def parts_done(form: Form, draft: Draft) -> int:
    """How many parts of the form are done."""
    return sum(draft.is_done(part.link_id) for part in form.parts)


def can_be_sent(form: Form, draft: Draft) -> bool:
    """Whether every part was gone through and nothing required is open."""
    return first_open(form, draft) is None and not form.problems(draft.answers)


def newly_shown(form: Form, part: str, answers: Answers, shown: set[str]) -> list[str]:
    """The questions of a part that an answer brought up and that were not on the page."""
    enabled = form.enabled(answers)
    links = [question.link_id for question in form.questions(part)]
    return [link for link in links if link in enabled and link not in shown]


def posted(form: Form, part: str, answers: Answers) -> dict[str, str]:
    """Answers as the text that a form field would send: the way back from `Form.read`."""
    fields: dict[str, str] = {}
    for item in form.questions(part):
        value = bare(answers.get(item.link_id))
        match value:
            case None:
                continue
            case bool():
                fields[item.link_id] = YES if value else NO
            case {"value": number, "code": unit}:
                fields[item.link_id] = plain_number(number)
                fields[item.unit_field] = str(unit)
            case {"code": code}:
                fields[item.link_id] = str(code)
            case int() | float():
                fields[item.link_id] = plain_number(value)
            case _:
                fields[item.link_id] = str(value)
    return fields


def bare(answer: Answer | None) -> Any:
    """The value inside an answer; None without one."""
    return next(iter(answer.values()), None) if answer else None


def plain_number(value: float) -> str:
    """170 rather than 170.0, 7.5 as it is."""
    return str(int(value)) if value == int(value) else str(value)


def read_back(form: Form, answers: Answers) -> tuple[GivenPart, ...]:
    """Every shown question with its answer, part by part; an open question answers None."""
    shown = form.enabled(answers)
    return tuple(
        GivenPart(part.link_id, part.text, tuple(_given(part, answers, shown)))
        for part in form.parts
    )


def _given(part: Item, answers: Answers, shown: set[str]) -> Iterator[Given]:
    for item in part.questions:
        if item.link_id in shown:
            answer, unit = _spoken(item, bare(answers.get(item.link_id)))
            yield Given(item.link_id, item.short, answer, unit)


def _spoken(item: Item, value: Any) -> tuple[Sentence | str | bool | None, Sentence | None]:
    match value:
        case None | bool():
            return value, None
        case {"value": number, "unit": unit}:
            return plain_number(number), Sentence(str(unit))
        case {"code": code}:
            option = item.option(str(code))
            return option.label if option else str(value.get("display", code)), None
        case int() | float():
            return _counted(item, value)
        case _:
            return str(value), None


def _counted(item: Item, value: float) -> tuple[Sentence | str, Sentence | None]:
    """A number with its unit, said without the plural of one."""
    number, unit = plain_number(value), item.units[0] if item.units else None
    if unit is None:
        return number, None
    if unit.code == DAYS_OF_A_WEEK:
        return Sentence(OF_SEVEN, {"count": number}), None
    return number, Sentence(ONE.get(unit.label, unit.label) if value == 1 else unit.label)


def split(form: Form, answers: Answers) -> tuple[dict[str, Answer], dict[str, str]]:
    """Answers apart: the coded and numeric ones, and those in the person's own words."""
    words = {item.link_id for item in form.questions() if item.type in WORDS}
    coded = {link: answer for link, answer in answers.items() if link not in words}
    written = {link: str(bare(answer)) for link, answer in answers.items() if link in words}
    return coded, written


def joined(coded: Answers, written: Mapping[str, str]) -> dict[str, Answer]:
    """The way back from `split`."""
    return {**coded, **{link: {"valueString": text} for link, text in written.items()}}
