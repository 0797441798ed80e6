"""Through a long document, past what is damaged in it."""

from __future__ import annotations

import re

from app.clinical.devices.apple_records import Records
from app.clinical.devices.markup import Damaged, Parser
from app.clinical.devices.opening import CUT_SHORT
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

DAMAGED = N_("The file is damaged here, so this entry was left out.")

OPENING = b"<HealthData>"
# Where reading can begin anew: the entries of an export stand beside each other.
ENTRY = re.compile(rb"<(?:Record|Workout|Correlation|ActivitySummary)[\s>]")
LONGEST_ENTRY_NAME = 20
# A damaged export has a few bad letters; a hostile one must not make us begin for ever.
MOST_BEGINNINGS = 1_000
# Encodings in which an entry can be looked for among the bytes.
PLAIN = {"utf-8", "us-ascii", "iso-8859-1", "windows-1252"}


class Walk:
    """Feeds the pieces of a document to parsers: a new one after each damaged entry."""

    def __init__(self, records: Records, tally: Tally) -> None:
        self._records, self._tally = records, tally
        self._parser = Parser(records.start, records.end)
        records.line = self._line
        self._fed = 0  # to this parser
        self._line_before = 0
        self._beginnings = 0
        self._looking: bytes | None = None  # the end of a piece in which no entry began
        self._over = False

    def _line(self) -> int:
        return self._line_before + self._parser.line

    def feed(self, data: bytes) -> None:
        """Take the next piece; an empty one is the end of the file."""
        last = not data
        if self._looking is not None:
            data = self._begin_in(self._looking + data, 0)
            if not data:
                return
        while not self._over:
            try:
                self._parser.feed(data, last=last)
            except Damaged:
                data = self._past_damage(data, last=last)
                if not data:
                    return
            else:
                self._fed += len(data)
                return

    def _past_damage(self, data: bytes, *, last: bool) -> bytes:
        """What is left of a piece from the next entry on."""
        at = self._parser.damaged_at - self._fed
        encoding = (self._parser.encoding or "utf-8").lower()
        self._beginnings += 1
        if last or encoding not in PLAIN or self._beginnings > MOST_BEGINNINGS:
            self._tally.problem(self._line(), Sentence(CUT_SHORT))
            self._over = True
            return b""
        self._tally.problem(self._line(), Sentence(DAMAGED))
        self._line_before += self._parser.line - 1
        # Never the same entry again.
        return self._begin_in(data, max(at, len(OPENING) + 1 - self._fed, 0))

    def _begin_in(self, data: bytes, place: int) -> bytes:
        found = ENTRY.search(data, place)
        if found is None:
            keep = data[-LONGEST_ENTRY_NAME:]
            self._line_before += data.count(b"\n", place, len(data) - len(keep))
            self._looking = keep
            return b""
        self._line_before += data.count(b"\n", place, found.start())
        self._looking = None
        self._parser = Parser(self._records.start, self._records.end, self._parser.encoding)
        self._records.begin_anew()
        self._parser.feed(OPENING)
        self._fed = len(OPENING)
        return data[found.start() :]
