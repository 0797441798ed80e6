"""How one maker lays out a text table: what each format says about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clinical.devices.reading import Reading
from app.clinical.sentences import Sentence

Cells = Sequence[str]
Moment = Callable[[str], datetime]

# What exports write where there is nothing to write.
BLANK = {"", "-", "--", "\N{EN DASH}"}


@dataclass(frozen=True, slots=True)
class Row:
    """What one row held: readings, or the sort of row that carries none."""

    readings: tuple[Reading, ...] = ()
    passed: str = ""
    subtype: tuple[str, str] | None = None


class Layout(ABC):
    """The columns of one file, found from its heading.

    `usual_order` is how dates are written where the heading's language is spoken, if one way.
    """

    usual_order: str | None = None

    @abstractmethod
    def date_text(self, cells: Cells) -> str:
        """The cell, or the cells joined, that say when."""

    @abstractmethod
    def read(self, cells: Cells, moment: Moment) -> Row:
        """The readings of a row; raises `RowRefused` where it cannot be read."""

    def written_on(self, preamble: Sequence[Cells]) -> str:
        """The date on which the file says it was made, if it says so."""
        return ""


@dataclass(frozen=True)
class Format:
    """One kind of export: its key, what people call it, and where its shape is known from.

    `recognise` gives the layout when a row is this format's heading.
    """

    key: str
    title: Sentence
    source: str
    recognise: Callable[[Cells], Layout | None] | None = None


def cell(cells: Cells, place: int | None) -> str:
    """The cell at a place; nothing where the row is shorter or the column absent."""
    return cells[place] if place is not None and 0 <= place < len(cells) else ""


def find(heading: Cells, words: Sequence[str]) -> int | None:
    """The first column whose heading begins with one of these words."""
    for place, name in enumerate(heading):
        if name.casefold().startswith(tuple(words)):
            return place
    return None


def places(heading: Cells, roles: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Role -> column, for those whose heading begins with one of the role's words."""
    found = {role: find(heading, words) for role, words in roles.items()}
    return {role: place for role, place in found.items() if place is not None}
