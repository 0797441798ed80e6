"""Forms made from a questionnaire: one part a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Optional

from app.clinical.questionnaires import Answers, Form, Item, lifestyle
from app.clinical.questionnaires.item import Condition
from app.questionnaires import rules
from app.questionnaires.rules import Draft
from app.web.fields import LongWords, PortalForm, Words
from app.web.speech import say

# Names of questions come from a file; the prefix keeps them apart from a form's own names.
PREFIX = "q-"
LONGEST_COUNT = 9
CHOSEN = frozenset({"choice", "boolean"})
YES_NO = [SelectChoice(rules.YES, _l("Yes")), SelectChoice(rules.NO, _l("No"))]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page: a heading, a text, or a question with its field."""

    item: Item
    field: Field | None
    unit: Field | None
    shown: bool
    when: list[dict[str, Any]] | None


class PartForm(PortalForm):
    """One part of the questionnaire; its fields are added by `form_class`."""

    saves = HiddenField()
    shown = HiddenField()
    link: ClassVar[str]
    questionnaire: Form
    earlier: Answers

    def given(self) -> dict[str, str]:
        """What was typed, by the names that the questionnaire knows."""
        return {
            name.removeprefix(PREFIX): str(field.data)
            for name, field in self._fields.items()
            if name.startswith(PREFIX) and field.data is not None
        }

    def seen(self) -> set[str]:
        """The questions that the page showed."""
        return set(str(self.shown.data or "").split())

    def saves_seen(self) -> int:
        """How often the part had been saved when the page was opened; -1 for nonsense."""
        return _count(self.saves)

    def validate(self, extra_validators: Any = None) -> bool:
        """Say what is wrong with each answer that was on the page."""
        fine = super().validate(extra_validators)
        found = self.questionnaire.read(self.given(), self.link, self.earlier)
        new = rules.newly_shown(self.questionnaire, self.link, found.answers, self.seen())
        problems = {link: said for link, said in found.problems.items() if link not in new}
        for link, sentence in problems.items():
            field = self._fields[PREFIX + link]
            field.errors = [*field.errors, say(sentence)]
        return bool(fine) and not problems

    def blocks(self) -> list[Block]:
        """The page in order, with what is shown for the answers typed so far."""
        found = self.questionnaire.read(self.given(), self.link, self.earlier)
        enabled = self.questionnaire.enabled(found.answers)
        part = self.questionnaire.item(self.link)
        here = {question.link_id for question in part.questions}
        self.shown.data = " ".join(sorted(here & enabled))
        helps = {child.link_id for item in part.walk() for child in item.items if item.help}
        return [
            self._block(item, enabled, here)
            for item in part.walk()
            if item is not part and item.link_id not in helps
        ]

    def _block(self, item: Item, enabled: set[str], here: set[str]) -> Block:
        return Block(
            item,
            self._fields.get(PREFIX + item.link_id),
            self._fields.get(PREFIX + item.unit_field),
            item.link_id in enabled,
            _when(item, here),
        )


def part_form(form: Form, link: str, draft: Draft) -> PartForm:
    """One part of the questionnaire as this person is asked, filled with what the draft holds."""
    filled = {PREFIX + name: text for name, text in rules.posted(form, link, draft.answers).items()}
    made = form_class(link)(data={**filled, "saves": draft.part(link).saves})
    made.questionnaire, made.earlier = form, draft.answers
    return made


class SendForm(PortalForm):
    """Sends the draft that was looked over, as it was when it was looked over."""

    version = HiddenField()

    def version_seen(self) -> int:
        """The version that the page showed; -1 for nonsense."""
        return _count(self.version)


def _count(field: Field) -> int:
    text = str(field.data or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_COUNT else -1


@cache
def form_class(link: str) -> type[PartForm]:
    """A form class with a field for each question of a part."""
    form = lifestyle()
    fields = {
        PREFIX + name: field for item in form.item(link).questions for name, field in _fields(item)
    }
    return type("PartForm", (PartForm,), {**fields, "link": link})


def _fields(item: Item) -> Iterator[tuple[str, Any]]:
    label = _l(item.text.text)
    rules_of_field = [] if item.required else [Optional()]
    if item.type in CHOSEN:
        options = [SelectChoice(one.code, _l(one.display)) for one in item.options] or YES_NO
        yield (
            item.link_id,
            RadioField(label, rules_of_field, choices=options, validate_choice=False),
        )
    elif item.type == "text":
        yield item.link_id, LongWords(label, rules_of_field)
    else:
        yield item.link_id, Words(label, rules_of_field)
    if item.type == "quantity":
        units = [SelectChoice(unit.code, _l(unit.label)) for unit in item.units]
        yield item.unit_field, SelectField(_l("Unit"), choices=units, validate_choice=False)


def _when(item: Item, here: set[str]) -> list[dict[str, Any]] | None:
    """The conditions that a script may ask on this page; None when it depends on other pages."""
    if not item.conditions or any(one.question not in here for one in item.conditions):
        return None
    return [
        {"question": PREFIX + one.question, "operator": one.operator, "expected": _plain(one)}
        for one in item.conditions
    ]


def _plain(condition: Condition) -> Any:
    expected = condition.expected
    return expected.get("code") if isinstance(expected, Mapping) else expected
