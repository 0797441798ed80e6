"""Dexcom Clarity: 13 or 14 columns, one row an event, local time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.clinical.devices import amounts
from app.clinical.devices.layout import Cells, Format, Layout, Moment, Row, cell, places
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.sentences import N_, Sentence

NO_EVENT = N_("This row does not say what it is, so it was left out.")

# Beginnings of the headings. German and Spanish from public importers (cgm-benchmark
# loaders, cgmpy); the others from working knowledge.
ROLES = {
    "time": (
        "timestamp (",
        "zeitstempel (",
        "marca temporal (",
        "horodat",
        "data e ora (",
        "tijdstempel (",
        "carimbo",
    ),
    "event": ("event type", "ereignistyp", "ereignisart", "tipo de evento", "type d", "tipo di"),
    "subtype": ("event subtype", "ereignisuntertyp", "ereignis-untertyp", "subtipo"),
    "info": ("device info", "geräteinfo", "información del dispositivo"),
    "source": ("source device", "quellgerät", "id. del dispositivo", "id del dispositivo"),
    "glucose": (
        "glucose value (",
        "glukosewert (",
        "nivel de glucosa (",
        "valeur du glucose (",
        "taux de glucose (",
        "valore del glucosio (",
        "glucosewaarde (",
    ),
    "mark": ("transmitter time", "transmitterzeit", "tiempo del transmisor"),
}
READ = {
    "egv": "egv",
    "egw": "egv",
    "niveles estimados de glucosa": "egv",
    "calibration": "calibration",
    "kalibrierung": "calibration",
    "calibración": "calibration",
    "calibrage": "calibration",
}
# A sensor's own estimate, and a drop of blood that corrects it.
MEASURES = {"egv": "glucose-sensor", "calibration": "glucose"}
NEEDED = {"time", "event", "glucose"}


@dataclass(frozen=True)
class Clarity(Layout):
    """The columns of a Clarity export and the unit its glucose heading names."""

    columns: Mapping[str, int]
    unit: str
    unit_text: str

    def date_text(self, cells: Cells) -> str:
        """The timestamp."""
        return cell(cells, self.columns["time"])

    def read(self, cells: Cells, moment: Moment) -> Row:
        """An estimate or a calibration; every other event is only counted."""
        event = cell(cells, self.columns["event"])
        kind = READ.get(event.casefold())
        subtype = cell(cells, self.columns.get("subtype"))
        if not event:
            raise RowRefused(Sentence(NO_EVENT))
        if kind is None:
            return Row(passed=event.casefold())
        reading = self._reading(kind, cells, moment(self.date_text(cells)))
        return Row((reading,), subtype=(kind, subtype) if subtype else None)

    def _reading(self, kind: str, cells: Cells, taken_at: datetime) -> Reading:
        text = cell(cells, self.columns["glucose"])
        word = amounts.censored(text)
        value: Decimal | None = None if word else amounts.number(text, decimal_comma=True)
        return Reading(
            MEASURES[kind],
            "value",
            kind,
            text,
            value,
            self.unit,
            self.unit_text,
            taken_at,
            device=cell(cells, self.columns.get("source")),
            censored=word,
            context=kind,
            mark=cell(cells, self.columns.get("mark")),
        )


def recognise(heading: Cells) -> Clarity | None:
    """A heading with a timestamp, an event type and a glucose value with its unit."""
    columns = places(heading, ROLES)
    if not columns.keys() >= NEEDED:
        return None
    name = heading[columns["glucose"]]
    unit = amounts.glucose_unit(name)
    return Clarity(columns, unit, name[name.find("(") + 1 :].rstrip(")")) if unit else None


FORMAT = Format(
    "dexcom-clarity",
    Sentence(N_("Dexcom Clarity")),
    "Real export in cran/cgmanalysis 3.1.1 (CC0), inst/extdata/De-identified/Dexcom.txt;"
    " German and Spanish headings as public importers read them",
    recognise,
)
