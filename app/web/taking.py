"""What a person takes with them: every room says what it has of their record, chapter by chapter.

Filled by registration, as boards are, so that the room that packs it knows none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.clinical import fhir
from app.kernel.actor import STAFF, Actor, Role

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a record: as a FHIR R4 resource, and as a person reads it.

    What has no heading is for programs alone.
    """

    resource: dict[str, Any]
    heading: str = ""
    at: datetime | None = None
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one room has of a record. `entries` are found while they are read, and read once."""

    key: str
    heading: str
    entries: Iterable[Entry]


Provider = Callable[..., Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    heading: object
    order: int
    provider: Provider


def made_id(owner: UUID, *parts: object) -> str:
    """An id for what has none of its own: the same whenever it is asked for (RFC 9562, 5.5)."""
    return str(uuid5(owner, "/".join(str(one) for one in parts)))


def somebody(name: str, role: Role | None) -> fhir.Part:
    """A reference to who wrote or looked, as FHIR tells those who treat from others.

    `role` is None where nobody knows it any more: only the clinic's own people leave it.
    """
    return fhir.named(name, "Practitioner" if role is None or role in STAFF else "RelatedPerson")


class Takeaway:
    """A record that many rooms fill."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def chapter(self, key: str, heading: object, *, order: int) -> Callable[[Provider], Provider]:
        """Register `provider(actor, patient)`: what that patient may read, and nothing else."""

        def register(provider: Provider) -> Provider:
            self._places[key] = _Place(key, heading, order, provider)
            return provider

        return register

    def headings(self) -> list[str]:
        """What the chapters are called, in their order."""
        return [str(one.heading) for one in self._in_order()]

    def chapters(self, actor: Actor, patient: object) -> Iterator[Chapter]:
        """Every chapter in its order; none is asked for before it is read."""
        for one in self._in_order():
            yield Chapter(one.key, str(one.heading), one.provider(actor, patient))

    def _in_order(self) -> list[_Place]:
        return sorted(self._places.values(), key=lambda one: one.order)


RECORD = Takeaway()
