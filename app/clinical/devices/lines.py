"""Rows of a text table, one bad line costing no more than itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import IO
from unicodedata import normalize

# Far longer than any row of an export, and within what the csv module takes.
MAX_CHARACTERS = 64 * 1024
# A note may be written on several lines; a quote that never closes must not eat the file.
MOST_CONTINUED = 20

Row = tuple[int, list[str]]


def rows(text: IO[str], delimiter: str, width: int = 0) -> Iterator[Row]:
    """Each row with the number of the line it begins on, blank lines left out.

    `width` is the number of columns of the heading: a line with that many columns is a row of
    its own even where the line before it opened a quotation and did not close it.
    """
    lines = _Lines(text)
    while (line := lines.next()) is not None:
        number = lines.number
        if not line.strip():
            continue
        if line.count('"') % 2:
            line = _whole(line, lines, delimiter, width)
        yield number, split(line, delimiter, width)


def split(line: str, delimiter: str, width: int = 0) -> list[str]:
    """The cells of one line, without the blanks around them."""
    if line.count('"') % 2:
        cells = line.replace('"', "").split(delimiter)
    else:
        cells = _quoted(line, delimiter)
    if len(cells) == 1 and width > 1 and delimiter in cells[0]:
        # A spreadsheet program has put the whole row between quotes.
        cells = _quoted(cells[0], delimiter)
    return [cell.strip() for cell in cells]


def _quoted(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


class _Lines:
    """Lines with their numbers, which can be looked at before they are taken."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._ahead: deque[str] = deque()
        self.number = 0

    def next(self) -> str | None:
        line = self._ahead.popleft() if self._ahead else self._read()
        self.number += line is not None
        return line

    def peek(self, place: int) -> str | None:
        while len(self._ahead) <= place:
            line = self._read()
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[place]

    def take(self, count: int) -> None:
        for _ in range(count):
            self.next()

    def _read(self) -> str | None:
        line = self._text.readline(MAX_CHARACTERS)
        if len(line) < MAX_CHARACTERS or line.endswith("\n"):
            line = line if line.isascii() else normalize("NFC", line)  # a Mac takes ü apart
            return line.rstrip("\r\n").replace("\x00", "") if line else None
        while rest := self._text.readline(MAX_CHARACTERS):
            if rest.endswith("\n"):
                break
        return line.replace('"', "")  # Cut off: a bad row, and only this one.


def _whole(line: str, lines: _Lines, delimiter: str, width: int) -> str:
    """The line with those that continue its quotation, or the line alone."""
    parts = [line]
    for place in range(MOST_CONTINUED):
        following = lines.peek(place)
        if following is None:
            return line
        parts.append(following)
        if following.count('"') % 2:
            whole = "\n".join(parts)
            if width and len(split(whole, delimiter)) > width:
                return line
            lines.take(place + 1)
            return whole
        if width > 1 and len(split(following, delimiter)) >= width:
            return line
    return line
