"""Forms for keeping a genetic report: from a laboratory's file, or typed."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import ValidationError

from app.clinical import ClinicalInputError
from app.clinical.pharmacogenomics import GENES, OutsideCall
from app.genes import rules
from app.genes.rules import Source
from app.kernel import clock
from app.web import times
from app.web.fields import LONGEST_LINE, Blank, Day, LongWords, Needed, PortalForm, Words, at_most
from app.web.i18n import gettext as _
from app.web.speech import say

NO_LABORATORY = _l("Please write the name of the laboratory.")
NO_DAY = _l("Please enter the day of the report, such as 31 March 2025.")
NO_FILE = _l("Please choose the file of the laboratory.")
NO_REASON = _l("Please say why it is a mistake. The patient reads it.")
HALF = _l("Please give both: the gene, and what was found.")
NO_ROW = _l("Please enter at least one gene with what was found.")
ROWS = 6
CHOICES = [SelectChoice("", _l("Choose a gene")), *(SelectChoice(one, one) for one in GENES)]


class Upload(FileField):
    """A file, held in memory alone. What it is said to be is not heeded; it is looked at."""

    data: bytes | None
    filename: str

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the file up where the form was sent; a form that is shown again has none."""
        self.process_errors, self.errors = [], ()
        sent = request.files.get(self.name)
        self.data = sent.read() if sent is not None else None
        self.filename = (sent.filename or "") if sent is not None else ""


class ReportForm(PortalForm):
    """From which laboratory, and of which day."""

    laboratory = Words(
        _l("Laboratory"),
        [Needed(NO_LABORATORY), Blank(NO_LABORATORY), at_most(rules.LONGEST_LABORATORY)],
    )
    reported_on = Day(_l("Day of the report"), [Needed(NO_DAY)], said=NO_DAY)

    def validate_reported_on(self, field: Day) -> None:
        """Refuse days on which no such report was written."""
        today = times.local(clock.now()).date()
        if field.data is not None and not rules.EARLIEST <= field.data <= today:
            raise ValidationError(
                _(
                    "Please enter a day between %(first)s and today.",
                    first=times.day(rules.EARLIEST),
                )
            )


class FileForm(ReportForm):
    """A report as the laboratory's file holds it."""

    file = Upload(_l("The laboratory's file"))
    source = Source.TABLE
    calls: list[OutsideCall]

    def validate_file(self, field: Upload) -> None:
        """Read the file, or say beside the field why it cannot be taken."""
        if not field.data:
            raise ValidationError(str(NO_FILE))
        try:
            self.source, self.calls = rules.read_file(field.data, field.filename)
        except ClinicalInputError as error:
            raise ValidationError(say(error.sentence)) from error


class HandForm(ReportForm):
    """A report that is typed: a few genes, each with what was found. `form_class` adds them."""

    source = Source.BY_HAND

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each gene."""
        return [(self[f"gene{one}"], self[f"found{one}"]) for one in range(1, ROWS + 1)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Say beside each row what is wrong with it."""
        fine = super().validate(extra_validators)
        self.calls: list[OutsideCall] = []
        typed = [(gene, found) for gene, found in self.rows if gene.data or found.data]
        if not typed:
            self.rows[0][0].errors = [NO_ROW]
        seen: set[str] = set()
        for gene, found in typed:
            if gene.data in seen:
                gene.errors = [_("You gave %(gene)s twice.", gene=gene.data)]
            else:
                self._read(gene, found)
            seen |= {gene.data} if gene.data else set()
        return bool(fine) and not any(one.errors for row in self.rows for one in row)

    def _read(self, gene: Any, found: Any) -> None:
        if not (gene.data and found.data):
            (found if gene.data else gene).errors = [HALF]
            return
        try:
            self.calls.append(rules.by_hand(gene.data, found.data))
        except ClinicalInputError as error:
            found.errors = [say(error.sentence)]


def _typed() -> type[HandForm]:
    fields: dict[str, Any] = {}
    for one in range(1, ROWS + 1):
        fields[f"gene{one}"] = SelectField(
            _l("Gene %(number)s", number=one), choices=CHOICES, validate_choice=False
        )
        fields[f"found{one}"] = Words(
            _l("What was found in gene %(number)s", number=one), [at_most(LONGEST_LINE)]
        )
    return type("TypedForm", (HandForm,), fields)


TypedForm = _typed()


class MistakeForm(PortalForm):
    """Why a report is a mistake."""

    reason = LongWords(
        _l("Why is it a mistake?"),
        [Needed(NO_REASON), Blank(NO_REASON), at_most(rules.LONGEST_REASON)],
    )
