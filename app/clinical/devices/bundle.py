"""Several files in one zip: read together where they are of one kind, and said where not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from app.clinical.devices.archive import BROKEN_READS, MOST_LOOKED_INTO, Archive, Member
from app.clinical.devices.importing import Source
from app.clinical.devices.layout import Format
from app.clinical.devices.opening import SAMPLE_BYTES, refused
from app.clinical.devices.reading import DeviceFileError, Reading
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

ANOTHER_EXPORT = N_(
    "This zip file holds another export as well, “%(file)s”, which we did not read: it may be"
    " another person's, or an older one of yours. To add it, please send it on its own."
)
NOTHING_INSIDE = N_(
    "There is no health export in this zip file. If it holds CSV files, please unpack it and"
    " choose one of them."
)

# What rows of a file are counted under that none of the formats knows.
UNKNOWN_FILE = "file"
FIRST_LINE = 1

Opened = Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Bundle:
    """Files of one format, one after the other; `others` are said and `unknown` counted."""

    files: tuple[tuple[str, Source], ...]
    others: tuple[str, ...] = ()
    unknown: int = 0

    @property
    def format(self) -> Format:
        """The format they share."""
        return self.files[0][1].format

    def readings(self, tally: Tally) -> Iterator[Reading]:
        """Every reading of every file; a problem says in which of them it is."""
        for name in self.others:
            tally.problem(FIRST_LINE, Sentence(ANOTHER_EXPORT, {"file": name}))
        for _ in range(self.unknown):
            tally.pass_over(UNKNOWN_FILE)
        for name, source in self.files:
            tally.file = name if len(self.files) > 1 else ""
            yield from source.readings(tally)
        tally.file = ""


def health(archive: Archive, export: Callable[[Opened], Source]) -> Bundle | None:
    """The largest Apple Health export of a zip: a later one holds what an earlier one held.

    Two are never read together, for nothing says that they are of one person.
    """
    found = archive.health()
    if not found:
        return None
    main = found[0]
    different = [one for one in found[1:] if one.content != main.content]
    return Bundle(
        ((main.name, export(lambda: archive.open(main))),), tuple(one.name for one in different)
    )


def tables(archive: Archive, recognise: Callable[[Opened, bytes, str], Source]) -> Bundle:
    """Every table of a zip that is of the commonest known format among them."""
    known: list[tuple[Member, Source]] = []
    members = archive.tables()
    unknown = len(members[MOST_LOOKED_INTO:])
    for member in members[:MOST_LOOKED_INTO]:
        try:
            known.append((member, _recognised(archive, member, recognise)))
        except (DeviceFileError, *BROKEN_READS):
            unknown += 1
    if not known:
        raise refused(NOTHING_INSIDE)
    key = Counter(source.format.key for _, source in known).most_common(1)[0][0]
    same = [(member.name, source) for member, source in known if source.format.key == key]
    others = [member.name for member, source in known if source.format.key != key]
    return Bundle(tuple(same), tuple(others), unknown)


def _recognised(
    archive: Archive, member: Member, recognise: Callable[[Opened, bytes, str], Source]
) -> Source:
    with archive.open(member) as file:
        sample = file.read(SAMPLE_BYTES)
    return recognise(lambda: archive.open(member), sample, member.name)
