"""One pass over a text table: heading, order of the dates, rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import IO

from app.clinical.devices import limits, lines, times
from app.clinical.devices.archive import BROKEN_READS
from app.clinical.devices.layout import Format, Layout
from app.clinical.devices.opening import (
    CUT_SHORT,
    NOT_AN_EXPORT,
    WEB_PAGE,
    encoding_of,
    refused,
    text_of,
)
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

NO_SUCH_COLUMNS = N_(
    "We did not find the columns you named in the first lines of this file. Please check them."
)
TOO_MANY_CELLS = N_(
    "This line has more columns than the heading. Perhaps a comma stands inside a number or a note."
)

# Makers put a few lines about the person and the report above the heading.
HEADING_WITHIN = 30
DELIMITERS = ",\t;"
# So many numbers of one line may hold a comma; far more blank cells are a program's padding.
MOST_SLIPS = 4


@dataclass(frozen=True)
class Table:
    """A recognised table: its format, where the heading stands, and how to read a row."""

    open: Callable[[], IO[bytes]]
    format: Format
    layout: Layout
    encoding: str
    delimiter: str
    heading: int
    width: int
    order: str | None
    made: datetime | None = None

    def readings(self, tally: Tally) -> Iterator[Reading]:
        """Every reading of the file, in the file's order."""
        moment = partial(times.read, order=self.order)
        usual = 0
        for number, cells in _rows_below(self, tally):
            try:
                # Some makers end each line with a comma, and so does the first one then.
                usual = usual or max(self.width, len(cells))
                self._straight(cells, usual)
                row = self.layout.read(cells, moment)
                limits.check(row.readings, self.made)
            except RowRefused as refusal:
                tally.refuse(number, refusal)
                continue
            if row.passed:
                tally.pass_over(row.passed)
                continue
            if row.subtype:
                tally.note_subtype(*row.subtype)
            yield from tally.take(row.readings)

    def _straight(self, cells: list[str], usual: int) -> None:
        """Refuse a row in which a comma inside a number moved the cells after it."""
        if usual < len(cells) <= usual + MOST_SLIPS or any(cells[self.width :]):
            raise RowRefused(Sentence(TOO_MANY_CELLS))


def _rows_below(table: Table, tally: Tally | None = None) -> Iterator[lines.Row]:
    """The rows under the heading, as far as the file can be read."""
    number = 0
    try:
        with text_of(table.open, table.encoding) as text:
            for number, cells in lines.rows(text, table.delimiter, table.width):
                if number > table.heading:
                    yield number, cells
    except BROKEN_READS:
        if tally is not None:
            tally.problem(number + 1, Sentence(CUT_SHORT))


def recognised(
    opened: Callable[[], IO[bytes]],
    sample: bytes,
    formats: Sequence[Format],
    order: str | None,
    received: datetime | None = None,
) -> Table:
    """The table a text file holds; refuses a file that is none of the formats.

    `opened` gives the file from its start, each time it is called.
    """
    encoding = encoding_of(sample)
    if sample.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype html", b"<html")):
        raise refused(WEB_PAGE)
    with text_of(opened, encoding) as text:
        top = list(islice(iter(lambda: text.readline(lines.MAX_CHARACTERS), ""), HEADING_WITHIN))
    for delimiter in DELIMITERS:
        above = list(lines.rows(io.StringIO("".join(top)), delimiter))
        for place, (number, cells) in enumerate(above):
            for form in formats:
                layout = form.recognise(cells) if form.recognise else None
                if layout is not None:
                    preamble = [earlier for _, earlier in above[:place]]
                    found = Table(
                        opened, form, layout, encoding, delimiter, number, len(cells), order
                    )
                    found = replace(found, made=received)
                    return _dated(found, layout.written_on(preamble))
    asked = all(form.key == "columns" for form in formats)
    raise refused(NO_SUCH_COLUMNS if asked else NOT_AN_EXPORT)


def _dated(table: Table, written_on: str) -> Table:
    """The same table, once it is known when it was made and whether dates begin with the day."""
    order = table.order
    if order is None:
        texts = (table.layout.date_text(cells) for _, cells in _rows_below(table))
        order = times.order_of(written_on, texts, table.layout.usual_order)
    try:
        made = limits.earlier(table.made, times.read(written_on, order))
    except RowRefused:
        made = table.made
    return replace(table, order=order, made=made)
