"""Apple Health: one long XML document, alone or in a zip, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from app.clinical.devices.apple_records import Records
from app.clinical.devices.archive import BROKEN_READS
from app.clinical.devices.layout import Format
from app.clinical.devices.markup import Attributes, Damaged, Parser
from app.clinical.devices.opening import NOT_AN_EXPORT, SAMPLE_BYTES, refused
from app.clinical.devices.reading import Reading
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

CUT_SHORT = N_(
    "The file is damaged or ends too early here. What comes before this line was read; to get"
    " the rest, please export the file again."
)

ROOT = "HealthData"
# Enough to meet everything the document type declares, and a small hostile file whole.
PROBED_BYTES = 4 * SAMPLE_BYTES

FORMAT = Format(
    "apple-health",
    Sentence(N_("Apple Health")),
    "The document type at the head of genuine exports; dogsheep/healthkit-to-sqlite"
    " tests/export.xml (Apache-2.0)",
)


@dataclass(frozen=True)
class Export:
    """An Apple Health export; `open` gives the document from its start."""

    open: Callable[[], IO[bytes]]
    format: Format = FORMAT

    def probe(self) -> None:
        """Refuse at once what the beginning of the file already shows."""
        met: list[str] = []

        def start(name: str, _: Attributes) -> None:
            if not met:
                met.append(name)

        parser = Parser(start, lambda _: None)
        with self.open() as stream:
            try:
                parser.feed(stream.read(PROBED_BYTES))
            except (Damaged, *BROKEN_READS) as error:
                if not met:
                    raise refused(NOT_AN_EXPORT) from error
        if met and met[0] != ROOT:
            raise refused(NOT_AN_EXPORT)

    def readings(self, tally: Tally) -> Iterator[Reading]:
        """Every home measurement of the export, in its order."""
        records = Records(tally)
        parser = Parser(records.start, records.end)
        records.line = lambda: parser.line
        with self.open() as stream:
            more = True
            while more:
                try:
                    data = stream.read(SAMPLE_BYTES)
                    more = bool(data)
                    parser.feed(data, last=not more)
                except (Damaged, *BROKEN_READS):
                    more = False
                    tally.problem(parser.line, Sentence(CUT_SHORT))
                yield from records.gathered()
        yield from records.unrepeated()
