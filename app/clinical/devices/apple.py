"""Apple Health: one long XML document, alone or in a zip, streamed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import IO, Any

from app.clinical.devices.apple_records import Records
from app.clinical.devices.apple_walk import Walk
from app.clinical.devices.archive import BROKEN_READS
from app.clinical.devices.layout import Format
from app.clinical.devices.markup import ENTITIES, Attributes, Damaged, Parser
from app.clinical.devices.opening import NOT_AN_EXPORT, SAMPLE_BYTES, refused
from app.clinical.devices.reading import Reading
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

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
    received: datetime | None = None
    untyped: bool = False
    format: Format = FORMAT

    def probed(self) -> Export:
        """The same export, once its beginning has shown nothing to refuse."""
        first = self._first_element()
        if first is None and not self.untyped:
            return replace(self, open=partial(_without_type, self.open), untyped=True).probed()
        if first != ROOT:
            raise refused(NOT_AN_EXPORT)
        return self

    def _first_element(self) -> str | None:
        met: list[str] = []

        def start(name: str, _: Attributes) -> None:
            if not met:
                met.append(name)

        parser = Parser(start, lambda _: None)
        with self.open() as stream, suppress(Damaged, *BROKEN_READS):
            parser.feed(stream.read(PROBED_BYTES))
        return met[0] if met else None

    def readings(self, tally: Tally) -> Iterator[Reading]:
        """Every home measurement of the export, in its order but for waiting pressures."""
        records = Records(tally, self.received)
        walk = Walk(records, tally)
        with self.open() as stream:
            more = True
            while more:
                try:
                    data = stream.read(SAMPLE_BYTES)
                except BROKEN_READS:
                    data = b""
                more = bool(data)
                walk.feed(data)
                yield from records.gathered()
        yield from records.unrepeated()


def _without_type(opened: Callable[[], IO[bytes]]) -> IO[bytes]:
    """The document without its document type, lines kept.

    The exports of one whole year (iOS 16) have a damaged document type. Nothing in it is
    needed; that it defines no entity is seen here, since no parser will see it.
    """
    stream = opened()
    head = stream.read(PROBED_BYTES)
    begin = head.find(b"<!DOCTYPE")
    end = head.find(b"<HealthData", begin)
    if 0 <= begin < end:
        kind = head[begin:end]
        if b"ENTITY" in kind or b"SYSTEM" in kind or b"PUBLIC" in kind:
            raise refused(ENTITIES)
        head = head[:begin] + b"\n" * kind.count(b"\n") + head[end:]
    return io.BufferedReader(_Joined(head, stream), SAMPLE_BYTES)


class _Joined(io.RawIOBase):
    """Bytes already read, and the rest of their stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        """Reading is all it does."""
        return True

    def readinto(self, buffer: Any) -> int:
        """First the one, then the other."""
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream beneath as well."""
        self._rest.close()
        super().close()
