"""A form a person answers, read from a FHIR R4 Questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.clinical.questionnaires import loader, reading, response
from app.clinical.questionnaires.enabling import Visibility
from app.clinical.questionnaires.item import Answer, Answers, Item, value_of
from app.clinical.sentences import Sentence

if TYPE_CHECKING:
    from app.clinical.guidelines.facts import Fact


@dataclass(frozen=True)
class Read:
    """What was posted: all answers so far, and what is wrong, by linkId."""

    answers: dict[str, Answer]
    problems: dict[str, Sentence]

    @property
    def ok(self) -> bool:
        """Whether the person may go on."""
        return not self.problems


@dataclass(frozen=True)
class Form:
    """A questionnaire ready to ask. Everything here is pure."""

    id: str
    url: str
    version: str
    title: Sentence
    description: Sentence
    items: tuple[Item, ...]

    @property
    def parts(self) -> tuple[Item, ...]:
        """The top-level groups, one page each."""
        return tuple(item for item in self.items if item.type == "group")

    @property
    def canonical(self) -> str:
        """What a QuestionnaireResponse names as its questionnaire."""
        return f"{self.url}|{self.version}"

    def walk(self) -> Iterator[Item]:
        """Every item, in order."""
        for item in self.items:
            yield from item.walk()

    def item(self, link_id: str) -> Item:
        """One item; `KeyError` when the form has none of that name."""
        for item in self.walk():
            if item.link_id == link_id:
                return item
        raise KeyError(link_id)

    def questions(self, part: str | None = None) -> tuple[Item, ...]:
        """The questions of one part, or of the whole form."""
        tops = self.items if part is None else (self.item(part),)
        return tuple(question for top in tops for question in top.questions)

    def without(self, link_id: str) -> Form:
        """The form for a person whom one question does not concern; all else stays as it is."""
        return replace(self, items=_without(self.items, link_id))

    def enabled(self, answers: Answers) -> set[str]:
        """The linkIds to show, given the answers so far."""
        return Visibility(self.items, answers).enabled()

    def kept(self, answers: Answers) -> dict[str, Answer]:
        """Only the answers to questions of this form that are shown."""
        shown = self.enabled(answers)
        links = [question.link_id for question in self.questions()]
        return {link: answers[link] for link in links if link in answers and link in shown}

    def read(
        self, posted: Mapping[str, str], part: str | None = None, earlier: Answers | None = None
    ) -> Read:
        """Read posted text (linkId -> text; `Item.unit_field` -> unit) over earlier answers.

        With `part`, only that part is read and checked; what was answered elsewhere stays.
        """
        answers = dict(earlier or {})
        unread: dict[str, Sentence] = {}
        for question in self.questions(part):
            answers.pop(question.link_id, None)
            match reading.read(question, posted):
                case Sentence() as refusal:
                    unread[question.link_id] = refusal
                case None:
                    pass
                case answer:
                    answers[question.link_id] = answer
        shown = self.enabled(answers)
        unread = {link: said for link, said in unread.items() if link in shown}
        return Read(self.kept(answers), {**self.problems(answers, part), **unread})

    def problems(self, answers: Answers, part: str | None = None) -> dict[str, Sentence]:
        """What still stands in the way, by linkId, for what is shown."""
        shown = self.enabled(answers)
        found = {
            question.link_id: reading.problem(question, answers.get(question.link_id))
            for question in self.questions(part)
            if question.link_id in shown
        }
        return {link: said for link, said in found.items() if said is not None}

    def score(self, answers: Answers) -> dict[str, int | None]:
        """The points of each group that has them; `None` while a shown question is open.

        `score(answers)["alcohol"]` is the AUDIT-C total, `["salt"]` the salt habit points.
        """
        shown = self.enabled(answers)
        return {
            group.link_id: _total(group, answers, shown)
            for group in self.walk()
            if group.type == "group" and any(_scored(item) for item in group.items)
        }

    def facts(self, answers: Answers, authored: datetime, source_id: str) -> tuple[Fact, ...]:
        """The answers as facts for the guideline rules."""
        from app.clinical.questionnaires import stated

        return stated.facts(self.questions(), self.kept(answers), authored, source_id)

    def observations(self, answers: Answers, authored: datetime) -> list[dict[str, Any]]:
        """FHIR Observations of the items marked for it; the caller adds the subject."""
        kept = self.kept(answers)
        return response.observations(self.items, kept, self.score(kept), authored)

    def to_response(self, answers: Answers, authored: datetime) -> dict[str, Any]:
        """A FHIR R4 QuestionnaireResponse of what is shown; the caller adds the subject."""
        return response.to_response(self.canonical, self.items, self.kept(answers), authored)

    def from_response(self, stored: Mapping[str, Any]) -> dict[str, Answer]:
        """The answers in a QuestionnaireResponse."""
        return self.kept(response.answers(stored))


def load(questionnaire: Mapping[str, Any]) -> Form:
    """Read a FHIR R4 Questionnaire; raises `FormError` naming every problem found."""
    return Form(
        id=str(questionnaire.get("id", "")),
        url=str(questionnaire.get("url", "")),
        version=str(questionnaire.get("version", "")),
        title=Sentence(str(questionnaire.get("title", ""))),
        description=Sentence(str(questionnaire.get("description", ""))),
        items=loader.items(questionnaire),
    )


def _without(items: tuple[Item, ...], link_id: str) -> tuple[Item, ...]:
    return tuple(
        replace(item, items=_without(item.items, link_id))
        for item in items
        if item.link_id != link_id
    )


def _scored(item: Item) -> bool:
    return any(option.points is not None for option in item.options)


def _total(group: Item, answers: Answers, shown: set[str]) -> int | None:
    total = Decimal(0)
    for item in group.items:
        if not _scored(item) or item.link_id not in shown:
            continue
        value = value_of(answers.get(item.link_id))
        option = item.option(str(value.get("code"))) if isinstance(value, Mapping) else None
        if option is None or option.points is None:
            return None
        total += option.points
    return int(total)
