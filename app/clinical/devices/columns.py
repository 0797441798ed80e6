"""A table whose columns somebody has told us, and the two makers that amount to one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.clinical.devices import amounts, limits
from app.clinical.devices.layout import (
    BLANK,
    Cells,
    Format,
    Layout,
    Moment,
    Row,
    cell,
    find,
    places,
)
from app.clinical.devices.reading import NOTHING, Reading, RowRefused
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence


@dataclass(frozen=True)
class Column:
    """One column of numbers: its heading, what it measures, and the UCUM unit."""

    heading: str
    measure: str
    unit: str
    component: str = "value"


@dataclass(frozen=True)
class Columns:
    """The map of a table: heading of the date (and of the time, where apart) and numbers."""

    taken_at: str
    values: tuple[Column, ...]
    time: str | None = None
    device: str | None = None
    context: str | None = None

    def recognise(self, heading: Cells) -> Layout | None:
        """The layout, when a row holds every heading named here."""
        named = [name.strip().casefold() for name in heading]
        wanted = (self.taken_at, self.time, self.device, self.context)
        asked = [name for name in wanted if name is not None]
        asked += [column.heading for column in self.values]
        if not all(name.strip().casefold() in named for name in asked):
            return None

        def place(name: str | None) -> int | None:
            return None if name is None else named.index(name.strip().casefold())

        return Table(
            named.index(self.taken_at.strip().casefold()),
            place(self.time),
            tuple((named.index(one.heading.strip().casefold()), one) for one in self.values),
            place(self.device),
            place(self.context),
        )


@dataclass(frozen=True)
class Table(Layout):
    """A table with its columns found. A row is read whole or not at all."""

    date: int
    time: int | None
    values: tuple[tuple[int, Column], ...]
    device: int | None = None
    context: int | None = None
    notes: int | None = None
    zone: int | None = None

    def date_text(self, cells: Cells) -> str:
        """Date and time, joined where they are apart."""
        return f"{cell(cells, self.date)} {cell(cells, self.time)}".strip()

    def read(self, cells: Cells, moment: Moment) -> Row:
        """One reading for each column that is filled."""
        filled = [(cell(cells, place), column) for place, column in self.values]
        filled = [(text, column) for text, column in filled if text not in BLANK]
        if not filled:
            raise RowRefused(Sentence(amounts.NO_NUMBER))
        taken_at = zoned(moment(self.date_text(cells)), cell(cells, self.zone))
        note = cell(cells, self.notes)
        details = NOTHING if note in BLANK else {"notes": note}
        readings = []
        for text, column in filled:
            word = amounts.censored(text)
            readings.append(
                Reading(
                    column.measure,
                    column.component,
                    column.measure if column.component == "value" else column.component,
                    text,
                    None if word else _number(text, column),
                    column.unit,
                    column.heading.partition("(")[2].rstrip(")") or column.unit,
                    taken_at,
                    device=cell(cells, self.device),
                    censored=word,
                    context=cell(cells, self.context) or None,
                    details=details,
                )
            )
        return Row(tuple(readings))


def zoned(moment: datetime, name: str) -> datetime:
    """The moment in the zone its row names, as Europe/Berlin; without one as it stands."""
    if not name or moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return moment


def _number(text: str, column: Column) -> Decimal:
    """The number of a cell; a height in inches may be written in feet and inches."""
    feet = FEET.fullmatch(text) if column.unit == "[in_i]" else None
    if feet:
        return Decimal(feet[1]) * 12 + Decimal(feet[2])
    return amounts.number_between(text, *limits.span(column.measure, column.component, column.unit))


SYSTOLIC = ("systolic", "systolisch", "systolique", "sistólica", "sistolica", "sys(", "sys (")
DIASTOLIC = ("diastolic", "diastolisch", "diastolique", "diastólica", "diastolica", "dia(", "dia (")
SHORT = {"sys": "systolic", "dia": "diastolic"}
DATE = ("date", "datum", "fecha", "data", "measurement date", "messdatum", "meetdatum")
PULSE = (
    "pulse", "puls", "pouls", "pulso", "polso", "hartslag", "heart rate", "herzfrequenz",
    "fréquence cardiaque", "frecuencia cardíaca", "frequenza cardiaca",
)  # fmt: skip
ZONE = ("time zone", "timezone", "zeitzone", "fuseau", "zona horaria", "fuso", "tijdzone")
OMRON = {
    "date": DATE,
    "time": ("time", "zeit", "uhrzeit", "heure", "hora", "ora", "tijd"),
    "systolic": SYSTOLIC,
    "diastolic": DIASTOLIC,
    "pulse": PULSE,
    "device": ("device",),
    "notes": ("notes", "notizen", "remarques", "notas", "note"),
}
UNITS = {
    "mmhg": "mm[Hg]",
    "kpa": "kPa",
    "bpm": "/min",
    "kg": "kg",
    "lb": "[lb_av]",
    "lbs": "[lb_av]",
    "m": "m",
    "cm": "cm",
    "in": "[in_i]",
    "%": "%",
}


def _unit(name: str, otherwise: str | None = None) -> str | None:
    """The unit in a heading's brackets."""
    inside = name.partition("(")[2].rstrip(") ").casefold()
    return UNITS.get(inside, otherwise if not inside else None)


def recognise_omron(heading: Cells) -> Table | None:
    """The mailed report, date and time apart, or OMRON connect, the zone beside the date.

    The unit stands in the brackets of the pressures; the second of them may leave it out.
    """
    names = [SHORT.get(name.casefold(), name) for name in heading]
    zone = find(names, ZONE)
    if zone is not None:
        names[zone] = ""  # no time of day, though it begins like one
    found = places(names, OMRON)
    if not found.keys() >= {"date", "systolic", "diastolic"} or not (
        "time" in found or zone is not None
    ):
        return None
    otherwise = None if zone is None else "mm[Hg]"
    unit = _unit(names[found["systolic"]], otherwise)
    if unit is None or unit != _unit(names[found["diastolic"]], otherwise):
        return None
    columns = _pressures(names, found, unit)
    device, notes = found.get("device"), found.get("notes")
    return Table(found["date"], found.get("time"), columns, device, notes=notes, zone=zone)


def _pressures(
    heading: Cells, found: Mapping[str, int], unit: str
) -> tuple[tuple[int, Column], ...]:
    columns = [
        (found[part], Column(heading[found[part]], "blood-pressure", unit, part))
        for part in ("systolic", "diastolic")
    ]
    if "pulse" in found:
        columns.append((found["pulse"], Column(heading[found["pulse"]], "heart-rate", "/min")))
    return tuple(columns)


# Heading -> measure; the unit stands in the heading's brackets, else it is the second figure.
WITHINGS = (
    (("weight", "gewicht", "poids", "peso"), "weight", "kg"),
    (("height", "größe", "taille", "altura", "altezza"), "height", "m"),
)
FAT = ("fat mass", "fettmasse", "masse grasse", "masa grasa")
# 5' 10.0''
FEET = re.compile(r"(\d)'\s*(\d{1,2}(?:\.\d+)?)(?:''|\")?", re.ASCII)
COMMENTS = ("comments", "kommentare", "commentaires", "comentarios", "commenti")


def recognise_withings(heading: Cells) -> Table | None:
    """bp.csv, weight.csv or height.csv: the date first, beside it comments or masses."""
    notes = find(heading, COMMENTS)
    if not heading or not heading[0].casefold().startswith(DATE):
        return None
    found = places(heading, OMRON)
    if found.keys() >= {"systolic", "diastolic"}:
        unit = _unit(heading[found["systolic"]], None if notes is None else "mm[Hg]")
        if unit is None:
            return None
        return Table(0, None, _pressures(heading, found, unit), notes=notes)
    if notes is None and find(heading, FAT) is None:
        return None
    for words, measure, otherwise in WITHINGS:
        place = find(heading, words)
        unit = None if place is None else _unit(heading[place], otherwise)
        if place is not None and unit is not None:
            column = Column(heading[place], measure, unit)
            return Table(0, None, ((place, column),), notes=notes)
    return None


OMRON_FORMAT = Format(
    "omron",
    Sentence(N_("Omron report by e-mail, or OMRON connect")),
    "Headings and rows shown by public importers of these reports, English and German, and of"
    " OMRON connect; headings in other languages from working knowledge",
    recognise_omron,
)
WITHINGS_FORMAT = Format(
    "withings",
    Sentence(N_("Withings")),
    "Headings of bp.csv, weight.csv, height.csv, sleep.csv and the raw series as public importers"
    " read them; headings in other languages from working knowledge",
    recognise_withings,
)
UNKNOWN_COLUMN = N_("We know no measure %(measure)s in %(unit)s for the column %(column)s.")
TABLE_OF_MEASURES = "The table of measures, app.clinical.measures"
COLUMNS_FORMAT = Format(
    "columns",
    Sentence(N_("A table with columns you name")),
    "The person says which column is which",
)


def of(columns: Columns) -> Format:
    """The format of a table whose columns somebody has named.

    Raises `ClinicalInputError` for a measure, a part of it or a unit that we do not know.
    """
    for column in columns.values:
        if limits.span(column.measure, column.component, column.unit) == limits.NO_LIMITS:
            named = {"column": column.heading, "measure": column.measure, "unit": column.unit}
            raise ClinicalInputError("columns", Sentence(UNKNOWN_COLUMN, named), TABLE_OF_MEASURES)
    return replace(COLUMNS_FORMAT, recognise=columns.recognise)
