"""FHIR R4's small parts, of which every resource is made (hl7.org/fhir/R4/datatypes.html)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

Resource = dict[str, Any]
Part = dict[str, Any]

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TERMS = "http://terminology.hl7.org/CodeSystem"


def urn(number: UUID | str) -> str:
    """The address of a resource inside one Bundle."""
    return f"urn:uuid:{number}"


def patient(number: UUID) -> Part:
    """A reference to the patient whose record it is."""
    return {"reference": urn(number), "type": "Patient"}


def named(name: str, kind: str = "Practitioner") -> Part:
    """A reference to somebody by their name, with no more known of them."""
    return {"type": kind, "display": name}


def coding(system: str, code: str, display: str = "") -> Part:
    """A code of a system; `display` in that system's own words, where they are sure."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(text: str, *codes: Part) -> Part:
    """Something that has codes, words, or both."""
    return ({"coding": list(codes)} if codes else {}) | ({"text": text} if text else {})


def texts(words: Iterable[str]) -> list[Part]:
    """Concepts or notes of words alone; empty words are none (FHIR knows no empty string)."""
    return [{"text": one} for one in words if one]


def moment(at: datetime, zone: str) -> str:
    """A dateTime or instant on the clock of `zone`, to the second, with its offset."""
    return _there(at, zone).isoformat(timespec="seconds")


def instant(at: datetime, zone: str) -> str:
    """The same to the millisecond, for what is written down by a machine."""
    return _there(at, zone).isoformat(timespec="milliseconds")


def period(start: datetime | None, end: datetime | None, zone: str) -> Part:
    """A span of time, of which either end may be open."""
    ends = (("start", start), ("end", end))
    return {name: moment(at, zone) for name, at in ends if at is not None}


def given(**parts: Any) -> Resource:
    """These parts without the empty ones: FHIR has neither null nor empty lists."""
    return {name: one for name, one in parts.items() if one not in (None, "", [], {})}


def _there(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment in a record needs its zone")
    return at.astimezone(ZoneInfo(zone))
