"""One zip of a whole record, put together in memory: nothing of it ever lies on the disk.

What is held is packed already, and entries are read, written and let go one by one, so that the
memory it takes follows the size of the file and not that of the record.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import IO, Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from flask import current_app

from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel import clock
from app.kernel.actor import Actor
from app.records.pages import access_log
from app.web import i18n
from app.web.taking import RECORD, Chapter, Entry

RECORD_FILE, PAGE_FILE = "record.json", "record.html"
SEEN_TABLE, SEEN_FILE = "seen.csv", "seen.json"
PIECE = 64 * 1024


class Pressed:
    """Text that waits its turn: a zip is written one file after the other."""

    def __init__(self) -> None:
        self._press = zlib.compressobj()
        self._held = bytearray()

    def write(self, text: str) -> None:
        """Add to it."""
        self._held += self._press.compress(text.encode())

    def pieces(self) -> Iterator[bytes]:
        """All of it, in order; it takes nothing more afterwards."""
        self._held += self._press.flush()
        opened = zlib.decompressobj()
        for start in range(0, len(self._held), PIECE):
            yield opened.decompress(self._held[start : start + PIECE])
        yield opened.flush()


class Bundle:
    """A FHIR R4 Bundle (collection) that is written resource by resource, each one once."""

    def __init__(self, file: IO[bytes], moment: str) -> None:
        self._file = file
        self._known: set[str] = set()
        head = json.dumps(
            {
                "resourceType": "Bundle",
                "id": str(uuid4()),
                "type": "collection",
                "timestamp": moment,
            }
        )
        self._write(head.removesuffix("}"))

    def add(self, resource: fhir.Resource) -> None:
        """Write one resource; a second one under its address is left out."""
        address = resource.get("url") or fhir.urn(resource["id"])
        if address in self._known:
            return
        self._write(",\n" if self._known else ', "entry": [\n')
        self._known.add(address)
        entry = {"fullUrl": address, "resource": resource}
        self._write(json.dumps(entry, ensure_ascii=False, allow_nan=False))

    def close(self) -> None:
        """End it."""
        self._write("\n]}\n" if self._known else "}\n")

    def passing(self, chapters: Iterable[Chapter]) -> Iterator[Chapter]:
        """The same chapters; whatever of them is read is written here as well."""
        for one in chapters:
            yield Chapter(one.key, one.heading, self._passing(one.entries))

    def _passing(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for one in entries:
            self.add(one.resource)
            if one.heading:
                yield one

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def pack(actor: Actor, patient: PatientView) -> bytes:
    """The record of this patient, who asks for it, as they may read it."""
    held, now = BytesIO(), clock.now()
    with ZipFile(held, "w") as archive:
        page = Pressed()
        with _file(archive, RECORD_FILE, actor, now) as file, _bundle(file, actor, now) as bundle:
            for piece in _page(bundle.passing(RECORD.chapters(actor, patient)), now):
                page.write(piece)
        with _file(archive, PAGE_FILE, actor, now) as file:
            file.writelines(page.pieces())
        with _file(archive, SEEN_TABLE, actor, now) as file:
            file.writelines(access_log.table(patient))
        with _file(archive, SEEN_FILE, actor, now) as file, _bundle(file, actor, now) as bundle:
            for event in access_log.events(patient):
                bundle.add(event)
    return held.getvalue()


def _page(chapters: Iterator[Chapter], now: datetime) -> Iterator[str]:
    template = current_app.jinja_env.get_template("records/taken.html")
    shown: dict[str, Any] = {
        "chapters": chapters,
        "made_at": now,
        "language": i18n.language(),
        "text_direction": i18n.text_direction(),
    }
    return template.generate(**shown)


@contextmanager
def _bundle(file: IO[bytes], actor: Actor, now: datetime) -> Iterator[Bundle]:
    bundle = Bundle(file, fhir.instant(now, actor.zone))
    yield bundle
    bundle.close()


def _file(archive: ZipFile, name: str, actor: Actor, now: datetime) -> IO[bytes]:
    there = now.astimezone(ZoneInfo(actor.zone))
    # A zip knows years from 1980 and even seconds, and no zone: the person's own clock it is.
    one = ZipInfo(name, there.timetuple()[:6])
    one.compress_type = ZIP_DEFLATED
    return archive.open(one, "w")
