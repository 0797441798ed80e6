"""One measurement out of a device's file, and one row that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import Sentence

NOTHING: Mapping[str, str] = MappingProxyType({})


class DeviceFileError(ClinicalInputError):
    """A file that cannot be read at all: `sentence` says why and what to do."""


class RowRefused(Exception):
    """One row cannot be read; `read` turns this into a `Problem` and goes on."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class OrderUnknown(RowRefused):
    """The row's date has two meanings and nothing in the file says which."""


class Reading(NamedTuple):
    """One number a device measured. A named tuple: a file may hold ten million of them.

    `text` is the number as the file has it, `value` the same as a decimal in `unit` (UCUM);
    `unit_text` is the file's own word for the unit. `value` is None when the device wrote
    only "Low" or "High"; `censored` then says which. `taken_at` carries the zone of its own
    row, or none at all: then it is the device's local time and `local` is true.
    """

    measure: str
    component: str
    kind: str  # The file's own name for this sort of record: egv, historic, HeartRate.
    text: str
    value: Decimal | None
    unit: str
    unit_text: str
    taken_at: datetime
    ended_at: datetime | None = None
    device: str = ""
    censored: str | None = None
    context: str | None = None
    mark: str = ""  # What the device itself numbers its readings by, where it does.
    details: Mapping[str, str] = NOTHING

    @property
    def local(self) -> bool:
        """Whether the time is the device's own, with no zone beside it."""
        return self.taken_at.tzinfo is None

    @property
    def identity(self) -> str:
        """The same for the same measurement in every file, so that a second import adds none.

        Made of what was measured, when (in UTC where the zone is known), by what, and the
        number; not of its place in the file nor of how the number was spelt.
        """
        moment = self.taken_at if self.local else self.taken_at.astimezone(UTC)
        number = self.censored if self.value is None else f"{self.value.normalize():f}"
        parts = (
            self.measure,
            self.component,
            self.kind,
            moment.isoformat(),
            str(number),
            self.unit,
            " ".join(self.device.split()),
            self.mark,
            self.context if self.measure == "sleep" else "",
        )
        return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Problem:
    """A row that was left out: the line it begins on, and a sentence for the person."""

    row: int
    sentence: Sentence


def blood_pressures(readings: Iterable[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Upper and lower numbers brought together: same moment, same device.

    Holds only those whose partner has not come yet.
    """
    waiting: dict[tuple[datetime, str], Reading] = {}
    for reading in readings:
        if reading.measure != "blood-pressure":
            continue
        key = (reading.taken_at, reading.device)
        other = waiting.get(key)
        if other is None or other.component == reading.component:
            waiting[key] = reading
            continue
        del waiting[key]
        pair = (reading, other) if reading.component == "systolic" else (other, reading)
        yield pair
