"""Forms for entering readings, made from the table of measures."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Optional

from app.clinical import measures
from app.clinical.measures import Measure
from app.kernel import clock
from app.kernel.actor import Actor
from app.results import operations, queries, rules
from app.results.rules import Entry, Examined, Which
from app.web import times
from app.web.fields import LongWords, PortalForm, Words, at_most
from app.web.i18n import gettext as _
from app.web.speech import say

LONGEST_NOTE = 500
UNITS_OF = 10  # So many readings say which unit a person uses.
WHICH = [
    SelectChoice(Which.FIRST.value, _l("The first one, before the clocks went back")),
    SelectChoice(Which.SECOND.value, _l("The second one, after the clocks went back")),
]


class EmptyForm(PortalForm):
    """A form with nothing but its button."""


class EntryForm(PortalForm):
    """One reading of one measure; `form_class` adds a field for each of its numbers."""

    measure: ClassVar[Measure]
    zone: str
    patient_id: UUID
    asks_which = False

    day = Words(_l("Day"))
    clock = Words(_l("Time"))
    which = RadioField(_l("Which one was it?"), choices=WHICH, validate_choice=False)
    note = LongWords(_l("Note for your care team"), [Optional(), at_most(LONGEST_NOTE)])
    sure = BooleanField(_l("Yes, the number is right"))
    asked = HiddenField()

    def entry(self) -> Entry:
        """What was typed, by the names that the table of measures knows."""
        data = self.data
        return Entry(
            measure=self.measure,
            numbers={part.key: data[part.key] or "" for part in self.measure.components},
            unit=data["unit"] or "",
            context=data.get("context") or None,
            day=data["day"] or "",
            clock=data["clock"] or "",
            which=data["which"] or "",
        )

    def sure_of(self) -> str:
        """The token of the numbers that were said yes to; nothing while the box is empty."""
        return str(self.asked.data or "") if self.sure.data else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Say what is wrong beside each field, or ask about numbers that look like a slip."""
        fine = super().validate(extra_validators)
        found = operations.examine(self.patient_id, self.entry(), self.zone)
        for name, sentence in found.problems.items():
            field = self._fields[name]
            field.errors = [*field.errors, say(sentence)]
        self.asks_which = "which" in found.problems or bool(self.which.data)
        return self._is_sure(found) and bool(fine) and not found.problems

    def _is_sure(self, found: Examined) -> bool:
        if not found.questions:
            self.sure.data, self.asked.data = False, ""
            return True
        spoken = say(self.measure.spoken(found.checked.values, self.entry().unit))
        self.sure.label.text = _("Yes, %(reading)s is right", reading=spoken)
        if self.sure_of() == found.token:
            return True
        self.sure.data, self.asked.data = False, found.token
        self.sure.errors = [say(question.sentence) for question in found.questions]
        return False


def entry_form(actor: Actor, patient_id: UUID, key: str) -> EntryForm:
    """The form for one measure, set to now and to the unit of most recent readings."""
    made = form_class(key)(data=_beginning(patient_id, key))
    made.zone, made.patient_id = actor.zone, patient_id
    return made


def _beginning(patient_id: UUID, key: str) -> dict[str, str]:
    recent = queries.recent(patient_id, (key,), UNITS_OF)[key]
    now = times.local(clock.now())
    return {
        "day": f"{now:%Y-%m-%d}",
        "clock": f"{now:%H:%M}",
        "unit": rules.unit_of(measures.get(key), [one.unit for one in recent]),
    }


@cache
def form_class(key: str) -> type[EntryForm]:
    """A form class with a field for each number of a measure, its unit and its circumstance."""
    measure = measures.get(key)
    units = [SelectChoice(one.unit, _l(one.label)) for one in measure.choices]
    fields: dict[str, Any] = {part.key: Words(_l(part.label.text)) for part in measure.components}
    fields["unit"] = SelectField(_l("Unit"), choices=units, validate_choice=False)
    if measure.contexts:
        options = [SelectChoice(one.key, _l(one.label.text)) for one in measure.contexts]
        fields["context"] = RadioField(_l("When was it?"), choices=options, validate_choice=False)
    return type("EntryForm", (EntryForm,), {**fields, "measure": measure})
